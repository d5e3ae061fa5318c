"""Strangers register until the event is full, then wait; three ways of using the page."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Hands, event_day
from tests.factories import make_event

STARTS = event_day(datetime.now(UTC)) + timedelta(hours=8)
WAYS = ("mouse", "no-javascript", "keyboard")


def seed():
    for way in WAYS:
        facts = {"starts_at": STARTS, "ends_at": STARTS + timedelta(hours=8), "capacity": 2}
        make_event(slug=f"promotion-{way}", title=f"Journée {way}", **facts)
        make_event(slug=f"offre-{way}", title=f"Soirée {way}", offer_hours=24, **facts)
        make_event(slug=f"lien-{way}", title=f"Visite {way}", **facts)


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed, with_worker=True, environ={"EVENTAPP_DEMO": "1"})


@pytest.fixture
def way(request):
    return request.node.callspec.id


def test_strangers_register_until_it_is_full_then_wait_and_get_the_place_that_is_freed(hands, way):
    event = f"/evenements/promotion-{way}/"
    first = register(hands, event, "Un")
    register(hands, event, "Deux")
    hands.open(event)
    hands.sees("complet, liste d’attente")
    third = register(hands, event, "Trois", by="Rejoindre la liste d’attente")
    assert state(hands) == "waiting"
    hands.sees("Vous êtes en 1re position.")
    register(hands, event, "Quatre", by="Rejoindre la liste d’attente")
    hands.sees("Vous êtes en 2e position.")

    cancel(hands, first)

    hands.open(third)
    assert state(hands) == "confirmed"
    hands.finds_mail(mailbox("Trois", way), f"Une place s’est libérée\u00a0: Journée {way}")


def test_a_freed_place_is_offered_and_waits_for_the_answer(hands, way):
    event = f"/evenements/offre-{way}/"
    first = register(hands, event, "Cinq")
    register(hands, event, "Six")
    third = register(hands, event, "Sept", by="Rejoindre la liste d’attente")

    cancel(hands, first)

    hands.open(third)
    assert state(hands) == "waiting"
    hands.sees("Une place vous est proposée")
    hands.confirm("J’accepte la place")
    assert state(hands) == "confirmed"


def test_a_lost_link_comes_back_by_mail(hands, way):
    """The same answer for an address that nobody registered with."""
    event = f"/evenements/lien-{way}/"
    register(hands, event, "Huit")
    for name in ("Personne", "Huit"):
        hands.open(event)
        hands.follow("Recevoir mon lien")
        hands.write("Adresse électronique", mailbox(name, way))
        hands.press("Envoyer mon lien")
        hands.sees("Si une inscription existe à cette adresse")
    hands.finds_mail(mailbox("Huit", way), f"Votre lien personnel\u00a0: Visite {way}")
    hands.opens_link_in_mail("/mon-inscription/")
    assert state(hands) == "confirmed"


def register(hands: Hands, event: str, name: str, by: str = "") -> str:
    """The address of the person's own page, which is then open."""
    hands.open(event)
    hands.follow(by or "S’inscrire")
    hands.write("Prénom", "Camille")
    hands.write("Nom", name)
    hands.write("Adresse électronique", mailbox(name, event.strip("/").split("-", 1)[1]))
    hands.press("Envoyer mon inscription")
    expect(hands.page.get_by_role("heading", level=1)).to_have_text("Mon inscription")
    hands.sees(f"Camille {name.upper()}")
    return hands.page.url


def cancel(hands: Hands, personal: str) -> None:
    hands.open(personal)
    hands.follow("Annuler mon inscription")
    hands.tick("Annuler mon inscription")
    hands.press("Enregistrer mon choix")
    assert state(hands) == "cancelled"


def mailbox(name: str, way: str) -> str:
    return f"{name.lower()}.{way}@agents.example"


def state(hands: Hands) -> str | None:
    return hands.page.locator(".state").get_attribute("data-state")
