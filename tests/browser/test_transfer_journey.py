"""A place passed on, from one page to a colleague's calendar; asked for once it is too late; three ways of using it."""

from datetime import UTC, datetime, timedelta

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.extensions import db
from eventapp.registrations import links
from eventapp.registrations.models import Registration
from tests.browser.hands import Hands, event_day
from tests.factories import make_event, make_question, make_registration, make_session

STARTS = event_day(datetime.now(UTC)) + timedelta(hours=8)
WAYS = ("mouse", "no-javascript", "keyboard")


def seed():
    for way in WAYS:
        facts = {"starts_at": STARTS, "ends_at": STARTS + timedelta(hours=8), "capacity": 1}
        event = make_event(slug=f"relais-{way}", title=f"Relais {way}", **facts)
        make_session(event, title="Aller vers", booking=BookingMode.REQUIRED, capacity=1)
        make_question(event, label="Déjeunez-vous sur place ?", required=True)
        facts |= {"closes_at": datetime.now(UTC) - timedelta(days=1)}
        make_registration(make_event(slug=f"trop-tard-{way}", title=f"Trop tard {way}", **facts))


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


def test_what_comes_too_late_is_asked_and_taken_back(hands, way, site):
    with site.app.app_context():
        late = db.session.scalars(db.select(Registration).where(Registration.event.has(slug=f"trop-tard-{way}"))).one()
        own_page = f"/mon-inscription/{links.token(late)}"
    hands.open(own_page)
    hands.follow("Demander l’annulation")
    hands.sees("Votre demande ira à l’équipe")
    hands.tick("Annuler mon inscription")
    hands.write("Motif", "Permanence à assurer")
    hands.press("Envoyer ma demande")
    hands.sees("Votre demande part à l’équipe")
    hands.sees("Annulation attend une réponse")
    assert hands.page.locator(".state").get_attribute("data-state") == "confirmed"
    hands.confirm("Retirer ma demande Annulation")
    hands.sees("Votre demande est retirée.")


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
    hands.press("Continuer")
    hands.sees("Écrivez l’adresse de votre collègue.")
    hands.write("Adresse électronique", mailbox("Deux", way))
    hands.press("Continuer")
    hands.sees("Rien n’est encore transmis.")
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
