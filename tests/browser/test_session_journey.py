"""Somebody changes sessions, waits for a full one without losing their own, and chooses when its seat is free; three
ways of using the page."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from eventapp.agenda.models import BookingMode
from eventapp.clock import utcnow
from eventapp.registrations import links, seats
from tests.browser.hands import event_day
from tests.factories import make_event, make_person, make_session

STARTS = event_day(datetime.now(UTC)) + timedelta(hours=8)
WAYS = ("mouse", "no-javascript", "keyboard")
PATHS: dict[str, str] = {}


def seed():
    for way in WAYS:
        event = make_event(
            slug=f"ateliers-{way}", title=f"Ateliers {way}", starts_at=STARTS, ends_at=STARTS + timedelta(hours=8)
        )
        morning, full, _free = (
            make_session(event, title=title, slug=title.lower(), booking=BookingMode.REQUIRED, capacity=1)
            for title in ("Accueil", "Budget", "Conseil")
        )
        for name, session in (("camille", morning), ("dominique", full)):
            person = make_person(first_name=name, email=f"{name}.{way}@agents.example")
            registration = seats.register(event, person, sessions=[session], now=utcnow())
            PATHS[f"{name}-{way}"] = f"/mon-inscription/{links.token(registration)}"


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed, with_worker=True, environ={"EVENTAPP_DEMO": "1"})


@pytest.fixture
def way(request):
    return request.node.callspec.id


def test_a_full_session_is_waited_for_then_chosen(hands, way):
    hands.open(PATHS[f"camille-{way}"])
    choose(hands, "Budget")
    hands.sees("liste d’attente, 1re position")
    hands.sees("Vous pourriez n’avoir aucune des deux")
    hands.press("Garder « Accueil » et attendre")
    hands.sees("en attente, 1re position")

    hands.open(PATHS[f"dominique-{way}"])
    choose(hands, "Conseil")
    hands.sees("Budget place rendue")
    hands.press("Confirmer ces changements")
    hands.sees("Conseil place réservée")

    hands.finds_mail(f"camille.{way}@agents.example", "À vous de choisir\u00a0: Budget")
    hands.opens_link_in_mail("/mon-inscription/")
    offer = hands.page.locator("[data-session-offer-until]")
    expect(offer).to_contain_text("une place est libre dans « Budget »")
    hands.confirm("Je prends cette place dans Budget")
    hands.sees("Budget place réservée")
    expect(offer).to_have_count(0)
    expect(hands.page.get_by_role("main")).not_to_contain_text("Accueil place réservée")


def choose(hands, title: str) -> None:
    hands.follow("Changer mes sessions")
    hands.tick(title)
    hands.press("Continuer")
