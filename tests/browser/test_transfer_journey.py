"""A place passed on: from one person's page to the colleague's calendar, three ways of using the pages."""

from datetime import UTC, datetime, timedelta

import pytest

from eventapp.agenda.models import BookingMode
from tests.browser.hands import Hands, event_day
from tests.factories import make_event, make_question, make_session

STARTS = event_day(datetime.now(UTC)) + timedelta(hours=8)
WAYS = ("mouse", "no-javascript", "keyboard")


def seed():
    for way in WAYS:
        facts = {"starts_at": STARTS, "ends_at": STARTS + timedelta(hours=8), "capacity": 1}
        event = make_event(slug=f"relais-{way}", title=f"Relais {way}", **facts)
        make_session(event, title="Aller vers", booking=BookingMode.REQUIRED, capacity=1)
        make_question(event, label="Déjeunez-vous sur place ?", required=True)


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed, with_worker=True, environ={"EVENTAPP_DEMO": "1"})


@pytest.fixture
def way(request):
    return request.node.callspec.id


def test_a_place_goes_to_a_colleague_with_its_sessions(hands, way):
    own_page = register(hands, way)
    pass_it_on(hands, way)
    find_the_old_link_dead(hands, own_page)
    complete_from_the_mail(hands, way)
    hands.finds_mail(mailbox("Un", way), f"Place transmise\u00a0: Relais {way}")
    hands.sees("text/calendar")


def register(hands: Hands, way: str) -> str:
    hands.open(f"/evenements/relais-{way}/")
    hands.follow("S’inscrire")
    hands.write("Prénom", "Camille")
    hands.write("Nom", "Un")
    hands.write("Adresse électronique", mailbox("Un", way))
    hands.write("Structure ou organisme", "Mairie de Lille")
    hands.tick("Aller vers")
    hands.tick("Oui")
    hands.press("Envoyer mon inscription")
    hands.sees("Aller vers place réservée")
    return hands.page.url


def pass_it_on(hands: Hands, way: str) -> None:
    hands.follow("Transmettre ma place")
    hands.sees("Une personne de Mairie de Lille vient à votre place.")
    hands.write("Prénom", "Zoé")
    hands.write("Nom", "Deux")
    hands.press("Transmettre ma place")
    hands.sees("Écrivez l’adresse de votre collègue.")
    hands.write("Adresse électronique", mailbox("Deux", way))
    hands.press("Transmettre ma place")
    hands.sees("votre place est à votre collègue")


def find_the_old_link_dead(hands: Hands, own_page: str) -> None:
    answer = hands.page.goto(own_page)
    assert answer is not None
    assert answer.status == 404


def complete_from_the_mail(hands: Hands, way: str) -> None:
    """The colleague answers what was asked of the first person; a summary comes before it is written."""
    hands.finds_mail(mailbox("Deux", way), f"Une place pour vous\u00a0: Relais {way}")
    hands.sees("text/calendar")
    hands.opens_link_in_mail("/mon-inscription/")
    assert hands.page.locator(".state").get_attribute("data-state") == "confirmed"
    hands.sees("Zoé DEUX, Mairie de Lille")
    hands.sees("Aller vers place réservée")
    hands.sees("Votre inscription est à compléter")
    hands.follow("Compléter mes informations")
    hands.tick("Non")
    hands.press("Vérifier mes informations")
    hands.sees("Ce qui change")
    hands.press("Enregistrer mes informations")
    hands.sees("Vos informations sont enregistrées.")
    assert hands.page.get_by_text("Votre inscription est à compléter").count() == 0


def mailbox(name: str, way: str) -> str:
    return f"{name.lower()}.{way}@relais.example"
