"""A seat of a full session, given by hand to somebody who sits elsewhere at that hour: the desk says what it takes."""

from datetime import UTC, datetime, timedelta

import pytest

from eventapp.accounts import passwords
from eventapp.accounts.models import Role
from eventapp.agenda.models import BookingMode
from eventapp.registrations.models import Booking
from tests.browser.hands import Hands
from tests.factories import make_event, make_organisation, make_person, make_registration, make_session, make_user, save

ADDRESS, PASSWORD = "organisatrice@sgar.example", "une-phrase-longue-a-retenir"
WAYS = ("mouse", "no-javascript", "keyboard")


def seed():
    organisation = make_organisation(name="SGAR Hauts-de-France")
    passwords.choose(make_user(organisation, Role.ORGANISER, email=ADDRESS, name="Jeanne Martin"), PASSWORD)
    starts = datetime.now(UTC) + timedelta(days=40)
    facts = {"starts_at": starts, "ends_at": starts + timedelta(hours=8), "published_at": starts - timedelta(days=60)}
    for way in WAYS:
        event = make_event(organisation, slug=way, title=f"Rencontre {way}", **facts)
        hour = {"starts_at": starts, "ends_at": starts + timedelta(hours=1), "booking": BookingMode.OPTIONAL}
        held, full = (make_session(event, title=title, capacity=n, **hour) for title, n in (("Aidants", 9), ("Bus", 0)))
        person = make_registration(event, make_person(first_name="Zoé", last_name="Caron"))
        booking = {"event_id": event.id, "registration": person, "created_at": starts - timedelta(days=50)}
        save(Booking(session=held, confirmed_at=booking["created_at"], **booking))
        save(Booking(session=full, **booking))


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed, environ={"EVENTAPP_DEMO": "1"})


def test_a_seat_is_given_for_another(hands: Hands, request):
    hands.open("/gestion/")
    hands.write("Adresse électronique", ADDRESS)
    hands.write("Mot de passe", PASSWORD)
    hands.press("Se connecter")
    hands.open(f"/gestion/evenements/{request.node.callspec.id}/inscriptions")
    hands.follow("CARON Zoé")
    hands.follow("Donner une place dans «\u00a0Bus\u00a0»")
    hands.write("Motif", "Elle conduit le bus")
    hands.press("Donner la place")
    hands.sees("Zoé CARON tient «\u00a0Aidants\u00a0» à la même heure\u00a0: cochez ce qui est rendu.")
    hands.tick("Aidants")
    hands.tick("Donner la place au-delà des limites")
    hands.press("Donner la place")
    hands.sees("Zoé CARON a sa place.")
    hands.sees("Place de «\u00a0Bus\u00a0» attribuée à Zoé CARON, qui rend «\u00a0Aidants\u00a0», par l’équipe")
