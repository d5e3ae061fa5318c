"""Two people rank the same workshops, one of them changes their mind; the organisers look at what it gives, give it and
say so; each reads what they got. Three ways of using the pages."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from eventapp.accounts import passwords
from eventapp.accounts.models import Role
from eventapp.agenda.models import BookingMode
from eventapp.events.models import SessionChoice
from tests.browser.hands import Hands, event_day
from tests.factories import make_event, make_organisation, make_session, make_user

ADDRESS = "organisatrice@sgar.example"
PASSWORD = "une-phrase-longue-a-retenir"
WAYS = ("mouse", "no-javascript", "keyboard")


def seed():
    organisation = make_organisation()
    passwords.choose(make_user(organisation, Role.ORGANISER, email=ADDRESS, name="Jeanne Martin"), PASSWORD)
    starts = event_day(datetime.now(UTC)) + timedelta(hours=8)
    dates = {"starts_at": starts, "ends_at": starts + timedelta(hours=8)}
    for way in WAYS:
        facts = {"title": f"Ateliers {way}", "session_choice": SessionChoice.WISHES}
        event = make_event(organisation, slug=f"souhaits-{way}", **dates, **facts)
        for title in ("Budget", "Conseil"):
            make_session(event, title=title, slug=title.lower(), booking=BookingMode.OPTIONAL, capacity=1)


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed, with_worker=True, environ={"EVENTAPP_DEMO": "1"})


@pytest.fixture
def way(request):
    return request.node.callspec.id


def test_wishes_are_given_changed_granted_and_told(hands, way):
    ranks(hands, way, "Dominique", "Budget", "Conseil")
    ranks(hands, way, "Camille", "Budget", "Conseil")
    changes_their_mind(hands)
    organisers_give_the_places(hands, way)
    for name, title in (("camille", "Conseil"), ("dominique", "Budget")):
        hands.finds_mail(mailbox(name, way), f"Vos sessions\u00a0: Ateliers {way}")
        hands.opens_link_in_mail("/mon-inscription/")
        seat = re.compile(rf"{title}\b.{{0,80}}place réservée, 1er souhait", re.DOTALL)
        expect(hands.page.get_by_role("main")).to_contain_text(seat)


def ranks(hands: Hands, way: str, name: str, first: str, second: str) -> None:
    hands.open(f"/evenements/souhaits-{way}/inscription")
    hands.write("Prénom", name)
    hands.write("Nom", "Durand")
    hands.write("Adresse électronique", mailbox(name, way))
    hands.pick("1er souhait", first)
    hands.pick("2e souhait", second)
    hands.press("Envoyer mon inscription")
    shows_wishes(hands, first, second)


def changes_their_mind(hands: Hands) -> None:
    hands.follow("Changer mes souhaits")
    hands.pick("1er souhait", "Conseil")
    hands.pick("2e souhait", "Conseil")
    hands.press("Enregistrer mes souhaits")
    hands.sees("deux fois « Conseil »")
    hands.pick("2e souhait", "Aucun")
    hands.press("Enregistrer mes souhaits")
    hands.sees("Vos souhaits sont enregistrés.")
    shows_wishes(hands, "Conseil")


def shows_wishes(hands: Hands, *titles: str) -> None:
    expect(hands.page.locator("section[aria-labelledby=wishes] li")).to_have_text(list(titles))


def mailbox(name: str, way: str) -> str:
    return f"{name.lower()}.{way}@agents.example"


def organisers_give_the_places(hands: Hands, way: str) -> None:
    hands.open("/gestion/")
    hands.write("Adresse électronique", ADDRESS)
    hands.write("Mot de passe", PASSWORD)
    hands.press("Se connecter")
    hands.open(f"/gestion/evenements/souhaits-{way}/souhaits")
    hands.sees("2 personnes ont classé ces sessions")
    hands.press("Calculer un aperçu")
    granted = hands.page.get_by_role("row").filter(has_text="1er souhait").first
    expect(granted).to_have_text(re.compile(r"1er souhait\s*2\s*100"))
    hands.press("Attribuer ces places")
    hands.sees("2 personnes recevront un courriel avec ses sessions.")
    hands.press("Annoncer l’attribution")
    hands.open(f"/gestion/evenements/souhaits-{way}/souhaits")
    hands.sees("appliqué et annoncé")
