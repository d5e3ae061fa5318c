"""An organiser holds an event again, begins one from a template, and loads the programmes of other programs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from eventapp.accounts import passwords
from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db
from tests.browser.hands import go
from tests.browser.screens import each_screen, overflows
from tests.factories import make_category, make_event, make_guest, make_organisation, make_room, make_session, make_user

EXPORTS = Path(__file__).parents[1] / "exchange" / "exports"
REAL = ["indico-3.3.ics", "pretalx-2026.2.ics", "pretalx-2026.2-schedule.json"]
JUNE = datetime(2027, 6, 1, 6, tzinfo=UTC)
ADDRESS = "organisatrice@sgar.example"
PASSWORD = "une-phrase-longue-a-retenir"
SLUG, OTHER = "rencontres-de-juin", "autres-rencontres-de-juin"


def seed():
    organisation = make_organisation()
    passwords.choose(make_user(organisation, email=ADDRESS), PASSWORD)
    event = make_event(
        organisation, slug=SLUG, title="Rencontres de juin", starts_at=JUNE, ends_at=JUNE + timedelta(days=3)
    )
    make_event(organisation, slug=OTHER, title="Autres", starts_at=JUNE, ends_at=JUNE + timedelta(days=3))
    make_category(event, name="Élus")
    make_session(event, room=make_room(event, name="Room 1"), title="Accueil", starts_at=JUNE)
    make_guest(event)
    make_guest(event, undeliverable_at=JUNE)
    db.session.commit()


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed)


@pytest.fixture
def desk(site, page: Page):
    page.set_default_timeout(10_000)
    page.goto(f"{site.url}/connexion")
    page.get_by_label("Adresse électronique").first.fill(ADDRESS)
    page.get_by_role("textbox", name="Mot de passe").fill(PASSWORD)
    go(page.get_by_role("button", name="Se connecter"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("événements")
    return page


def look(page, axe):
    for screen in each_screen(page):
        assert axe(page) == [], screen
        assert not overflows(page), screen


def test_an_event_is_held_again_without_its_rooms_and_with_its_guests(site, desk, axe):
    desk.goto(f"{site.url}/gestion/evenements/{SLUG}/copie")
    look(desk, axe)
    desk.get_by_label("Titre de la copie").fill("Rencontres de septembre")
    desk.get_by_label("Nouvelle date de début").fill("2027-09-14")
    desk.locator("#rooms").uncheck(force=True)
    desk.locator("#guests").check(force=True)
    go(desk.get_by_role("button", name="Créer la copie"))
    expect(desk.get_by_text("1 invité repris, pas encore invité")).to_be_visible()
    with site.app.app_context():
        copy = db.session.scalar(db.select(Event).where(Event.title == "Rencontres de septembre"))
        (session,) = db.session.scalars(Session.of(copy))
        assert (session.room, copy.local_start.isoformat()[:10]) == (None, "2027-09-14")


def test_a_template_is_kept_and_begun_from(site, desk, axe):
    desk.goto(f"{site.url}/gestion/evenements/{SLUG}/modification")
    go(desk.get_by_role("link", name="Enregistrer comme modèle"))
    look(desk, axe)
    desk.get_by_label("Nom du modèle").fill("Trois jours en juin")
    go(desk.get_by_role("button", name="Enregistrer le modèle"))
    look(desk, axe)
    go(desk.get_by_role("link", name="Trois jours en juin").first)
    look(desk, axe)
    desk.get_by_label("Titre").fill("Encore en juin")
    desk.get_by_label("Date de début").fill("2028-06-06")
    go(desk.get_by_role("button", name="Créer l’événement"))
    expect(desk.get_by_text("créé d’après le modèle")).to_be_visible()
    desk.goto(f"{site.url}/gestion/modeles")
    go(desk.get_by_role("link", name="Journée régionale"))
    desk.get_by_label("Date de début").fill("2028-10-05")
    go(desk.get_by_role("button", name="Créer l’événement"))
    go(desk.get_by_role("link", name="Programme", exact=True).first)
    expect(desk.get_by_text("Restitution des ateliers").first).to_be_visible()


@pytest.mark.parametrize("name", REAL)
def test_a_real_export_is_read_and_put_into_the_draft(site, desk, axe, name):
    desk.goto(f"{site.url}/gestion/evenements/{SLUG}/programme")
    go(desk.get_by_role("link", name="Importer un fichier"))
    look(desk, axe)
    desk.get_by_label("Fichier du programme").set_input_files(EXPORTS / name)
    go(desk.get_by_role("button", name="Lire le fichier"))
    expect(desk.get_by_role("heading", name="40 sessions trouvées")).to_be_visible()
    look(desk, axe)
    go(desk.get_by_role("button", name="Mettre dans le brouillon"))
    expect(desk.get_by_text("relisez, puis publiez")).to_be_visible()
    with site.app.app_context():
        event = db.session.scalar(db.select(Event).where(Event.slug == SLUG))
        assert len(event.draft["sessions"]) >= 41
        assert len(db.session.scalars(Session.of(event)).all()) == 1


def test_a_programme_is_imported_without_javascript(site, page_without_js):
    page = page_without_js
    page.goto(f"{site.url}/connexion")
    page.get_by_label("Adresse électronique").first.fill(ADDRESS)
    page.get_by_role("textbox", name="Mot de passe").fill(PASSWORD)
    go(page.get_by_role("button", name="Se connecter"))
    page.goto(f"{site.url}/gestion/evenements/{OTHER}/programme/import")
    page.get_by_label("Fichier du programme").set_input_files(EXPORTS / REAL[0])
    go(page.get_by_role("button", name="Lire le fichier"))
    expect(page.get_by_role("heading", name="40 sessions trouvées")).to_be_visible()
    with site.app.app_context():
        event = db.session.scalar(db.select(Event).where(Event.slug == OTHER))
        assert (event.draft, db.session.scalars(Session.of(event)).all()) == (None, [])
    go(page.get_by_role("button", name="Mettre dans le brouillon"))
    expect(page.get_by_text("relisez, puis publiez")).to_be_visible()
    expect(page.get_by_text("Session ajoutée").first).to_be_visible()
