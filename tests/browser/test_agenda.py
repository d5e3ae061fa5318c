"""The programme in a real browser: read on every screen, written without JavaScript and by keyboard."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import expect

from eventapp.accounts.models import User
from eventapp.agenda.models import BookingMode, Kind
from eventapp.events.models import Event
from eventapp.exchange import drafting
from eventapp.extensions import db
from tests.browser.hands import event_day, go
from tests.browser.screens import each_screen, overflows, rules, tab_to
from tests.factories import make_event, make_room, make_session, make_speaker, make_user

HOUR = timedelta(hours=1)
STARTS = event_day(datetime.now(UTC)) + 8 * HOUR  # the server's clock is the machine's
AFTERNOON = STARTS + 5 * HOUR
DESK = "/gestion/evenements/rencontre"


def seed():
    event = make_event(slug="rencontre", starts_at=STARTS, ends_at=STARTS + 32 * HOUR)
    make_user(event.organisation)
    jeanne = make_speaker(event, slug="jeanne", last_name="Martin")
    rooms = [make_room(event, slug=f"salle-{n}", name=f"Salle {n}") for n in (1, 2)]
    make_session(event, jeanne, room=rooms[0], kind=Kind.PLENARY, slug="pleniere", description="Un **point**.")
    make_session(event, kind=Kind.BREAK, title="Pause", starts_at=STARTS + HOUR)
    for room in rooms:
        facts = {"kind": Kind.WORKSHOP, "booking": BookingMode.REQUIRED, "capacity": 12}
        make_session(event, room=room, starts_at=AFTERNOON, **facts)
    make_session(event, title="Visite", kind=Kind.VISIT, starts_at=STARTS + 24 * HOUR, cancelled_at=STARTS)


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed)


def sign_in(page, site):
    """The session that signing in would have given."""
    with site.app.app_context():
        user = db.session.scalars(db.select(User)).first()
        signed = SecureCookieSessionInterface().get_signing_serializer(site.app)
        value = signed.dumps({"_user_id": user.fs_uniquifier, "_fresh": True})
    page.context.add_cookies([{"name": "session", "value": value, "url": site.url}])


# What the tour's event lacks: two days, a session without room, one that is cancelled. Forms are the same everywhere.
PAGES = ["/evenements/rencontre/programme", f"{DESK}/programme"]


def test_the_programme_is_accessible_on_every_screen(site, page, axe):
    sign_in(page, site)
    for path in PAGES:
        assert page.goto(site.url + path).status == 200
        for screen in each_screen(page):
            assert axe(page, rules(screen)) == [], screen
            assert not overflows(page), screen


def test_a_session_is_written_without_javascript(site, page_without_js):
    page = page_without_js
    sign_in(page, site)
    page.goto(f"{site.url}{DESK}/programme/nouvelle-session")
    page.get_by_label("Titre").fill("Aller vers")
    page.get_by_label("Début").fill("15:00")
    page.get_by_label("Fin").fill("16:00")
    go(page.get_by_role("button", name="Ajouter des lignes"))
    last = page.get_by_role("group", name="Intervenant 6")
    last.get_by_label("Personne").select_option("jeanne")
    last.get_by_label("Précision").fill("sous réserve")

    go(page.get_by_role("button", name="Ajouter au programme"))

    assert page.get_by_text("«\u00a0Aller vers\u00a0» est au programme.").is_visible()
    with site.app.app_context():
        event = db.session.scalars(db.select(Event).where(Event.slug == "rencontre")).one()
        session = drafting.plan(event).session("aller-vers")
        assert [(a.speaker.slug, a.note) for a in session.appearances] == [("jeanne", "sous réserve")]


def test_a_wrong_hour_is_corrected_by_keyboard_from_the_summary(site, page):
    sign_in(page, site)
    page.goto(f"{site.url}{DESK}/sessions/pleniere")
    page.get_by_label("Fin").fill("08:00")
    with page.expect_navigation():
        page.get_by_role("button", name="Enregistrer la session").press("Enter")

    tab_to(page, "#erreurs a")
    page.keyboard.press("Enter")

    expect(page.locator("#ends")).to_be_focused()
    assert page.title().startswith("Erreur")
