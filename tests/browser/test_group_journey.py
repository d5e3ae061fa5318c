"""A structure registers four people for three places: all of them is refused, those that fit get their own links."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Hands, event_day
from tests.factories import make_event

STARTS = event_day(datetime.now(UTC)) + timedelta(hours=8)
WAYS = ("mouse", "no-javascript", "keyboard")
NAMES = ("Un", "Deux", "Trois", "Quatre")


def seed():
    for way in WAYS:
        facts = {"starts_at": STARTS, "ends_at": STARTS + timedelta(hours=8), "capacity": 3}
        make_event(slug=f"groupe-{way}", title=f"Journée {way}", **facts)


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed, with_worker=True, environ={"EVENTAPP_DEMO": "1"})


@pytest.fixture
def way(request):
    return request.node.callspec.id


def test_a_group_too_large_gets_the_places_that_are_left(hands, way):
    hands.open(f"/evenements/groupe-{way}/")
    hands.follow("Inscrire plusieurs personnes")
    fill_in(hands, way)

    hands.tick("N’inscrire personne")
    hands.press("Inscrire le groupe")
    hands.sees("Il n’y a de place que pour 3 des 4 personnes\u00a0: rien n’est enregistré.")

    hands.tick("Inscrire les personnes pour qui il reste une place")
    hands.press("Inscrire le groupe")
    expect(hands.page.get_by_role("heading", level=1)).to_have_text("Mon groupe")
    assert hands.page.locator(".fr-badge").all_inner_texts() == ["confirmée"] * 3 + ["en attente de place"]

    hands.finds_mail(f"anne.{way}@mairie.example", f"Votre groupe\u00a0: Journée {way}")
    hands.finds_mail(mailbox("Quatre", way), f"Liste d’attente\u00a0: Journée {way}")
    hands.opens_link_in_mail("/mon-inscription/")
    hands.sees("Camille QUATRE")
    assert hands.page.locator(".state").get_attribute("data-state") == "waiting"


def fill_in(hands: Hands, way: str) -> None:
    """More people than the page has lines for at first."""
    hands.write("Prénom et nom", "Anne Roy")
    hands.write("Adresse électronique", f"anne.{way}@mairie.example", group="Qui inscrit le groupe\u00a0?")
    hands.write("Structure ou organisme", "Mairie")
    for number, name in enumerate(NAMES, 1):
        group = f"Personne {number}"
        if number == len(NAMES):
            hands.press("Ajouter des personnes")
        hands.write("Prénom", "Camille", group=group)
        hands.write("Nom", name, group=group)
        hands.write("Adresse électronique", mailbox(name, way), group=group)


def mailbox(name: str, way: str) -> str:
    return f"{name.lower()}.{way}@mairie.example"
