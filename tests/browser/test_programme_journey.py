"""A day is built from a model, then arranged by mouse, by key and without JavaScript; a released one as a draft."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db
from tests.browser.hands import event_day, go
from tests.browser.screens import each_screen, overflows
from tests.browser.test_agenda import sign_in
from tests.factories import make_event, make_organisation, make_room, make_session, make_user

HOUR = timedelta(hours=1)
STARTS = event_day(datetime.now(UTC)) + 8 * HOUR
DAY = (STARTS + HOUR).date().isoformat()


def seed():
    organisation = make_organisation()
    make_user(organisation)
    for slug, published in (("brouillon", None), ("public", STARTS - 900 * HOUR)):
        hours = {"starts_at": STARTS, "ends_at": STARTS + 10 * HOUR}
        event = make_event(organisation, slug=slug, published_at=published, **hours)
        rooms = [make_room(event, slug=f"salle-{n}", name=f"Salle {n}") for n in range(1, 9)]
        if published:
            make_session(event, slug="atelier", title="Atelier", room=rooms[0])


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed)


@pytest.fixture
def desk(site, page):
    sign_in(page, site)
    return f"{site.url}/gestion/evenements"


def where(site, slug, title):
    """Local hour and room of a session, as the database has them."""
    with site.app.app_context():
        event = db.session.scalars(db.select(Event).where(Event.slug == slug)).one()
        found = db.session.scalars(Session.of(event).where(Session.title == title)).first()
        return f"{found.starts_at.astimezone(event.zone):%H:%M}", found.room.slug if found.room else ""


def local(hours):
    return f"{(STARTS + hours * HOUR).astimezone(Event(timezone='Europe/Paris').zone):%H:%M}"


def test_a_day_is_built_from_a_model_and_arranged(site, page, desk):
    first = local(0)
    page.goto(f"{desk}/brouillon/programme")
    go(page.get_by_role("link", name="Ajouter une demi-journée"))
    page.get_by_label("Matinée d’ateliers").check()
    page.get_by_label("Début").fill(first)
    page.get_by_label("Ateliers en parallèle", exact=True).fill("3")
    go(page.get_by_role("button", name="Voir ce qui sera ajouté"))
    go(page.get_by_role("button", name="Ajouter au programme"))
    expect(page.get_by_text("9 sessions sont ajoutées")).to_be_visible()
    assert where(site, "brouillon", "Atelier 1") == (local(0.75), "salle-2")

    # By key: two presses are one move, said when it is done.
    page.get_by_role("link", name="Atelier 1", exact=True).focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("[data-said]")).to_contain_text("« Atelier 1 »")
    expect(page.get_by_role("link", name="Atelier 1", exact=True)).to_be_focused()
    assert where(site, "brouillon", "Atelier 1") == (local(0.75 + 10 / 60), "salle-2")
    page.keyboard.press("Control+z")
    expect(page.locator("#session-atelier-1")).to_have_attribute("data-starts", local(0.75))
    page.get_by_role("link", name="Atelier 3", exact=True).focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#session-atelier-3")).to_have_attribute("data-room", "salle-5")

    # By mouse: to another room, at the same hour.
    block, column = page.locator("#session-atelier-3"), page.locator("thead th[data-room=salle-6]")
    block.scroll_into_view_if_needed()
    held, there = block.bounding_box(), column.bounding_box()
    page.mouse.move(held["x"] + 20, held["y"] + held["height"] - 8)
    page.mouse.down()
    page.mouse.move(there["x"] + 30, held["y"] + held["height"] - 8, steps=6)
    expect(page.locator(".grid-ghost")).to_contain_text("Salle 6")
    page.mouse.up()
    expect(page.locator("#session-atelier-3")).to_have_attribute("data-room", "salle-6")
    assert where(site, "brouillon", "Atelier 3") == (local(0.75), "salle-6")


def test_the_form_moves_without_javascript(site, page_without_js):
    page = page_without_js
    sign_in(page, site)
    page.goto(f"{site.url}/gestion/evenements/public/programme")
    go(page.get_by_role("link", name="Déplacer « Atelier »"))
    page.get_by_label("Début").fill(local(3))
    page.get_by_label("Salle").select_option("salle-2")
    go(page.get_by_role("button", name="Déplacer la session"))

    expect(page.get_by_text(re.compile("Brouillon.: 1 modification non publiée"))).to_be_visible()
    assert where(site, "public", "Atelier") == (local(0), "salle-1")
    go(page.get_by_role("link", name="Relire et publier"))
    expect(page.get_by_text(re.compile("Session modifiée.: Atelier"))).to_be_visible()
    go(page.get_by_role("button", name="Publier le brouillon"))
    assert where(site, "public", "Atelier") == (local(3), "salle-2")


def test_a_refused_move_leaves_the_session_where_it_was_and_says_why(site, browser, browser_context_args):
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    sign_in(page, site)
    page.goto(f"{site.url}/gestion/evenements/public/programme")
    page.evaluate("document.querySelector('#session-atelier').dataset.seen = 'autre'")
    before = page.locator("#session-atelier").get_attribute("data-starts")

    page.get_by_role("link", name="Atelier", exact=True).focus()
    page.keyboard.press("Shift+ArrowDown")

    expect(page.locator("[data-said]")).to_contain_text("Rien n’a bougé")
    expect(page.locator("[data-said]")).to_contain_text("modifiée pendant")
    expect(page.locator("#session-atelier")).to_have_attribute("data-starts", before)
    context.close()


def test_dragging_to_an_edge_scrolls_the_page(site, browser, browser_context_args):
    context = browser.new_context(**browser_context_args | {"viewport": {"width": 1280, "height": 420}})
    page = context.new_page()
    sign_in(page, site)
    page.goto(f"{site.url}/gestion/evenements/public/programme")
    block = page.locator("#session-atelier")
    block.evaluate("block => window.scrollTo(0, block.getBoundingClientRect().top + window.scrollY - 120)")
    held, before = block.bounding_box(), page.evaluate("window.scrollY")

    page.mouse.move(held["x"] + 20, held["y"] + 10)
    page.mouse.down()
    page.mouse.move(held["x"] + 20, 415, steps=4)
    page.wait_for_function("before => window.scrollY > before + 40", arg=before)
    down = page.evaluate("window.scrollY")
    page.mouse.move(held["x"] + 20, 5, steps=4)
    page.wait_for_function("down => window.scrollY < down", arg=down)

    page.keyboard.press("Escape")
    expect(page.locator("[data-said]")).to_contain_text("Rien n’a bougé")
    context.close()


def test_eight_rooms_scroll_inside_their_frame_and_all_is_accessible(page, desk, axe):
    page.goto(f"{desk}/brouillon/programme")
    for screen in each_screen(page):
        assert axe(page) == [], screen
        assert not overflows(page), screen
