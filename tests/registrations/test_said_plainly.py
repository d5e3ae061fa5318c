"""Words of the pages that a newcomer misread."""

from eventapp.agenda.models import BookingMode
from eventapp.clock import utcnow
from eventapp.registrations import links
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.self_service import requests
from eventapp.registrations.self_service.models import RequestKind
from tests.factories import NOW, make_registration, make_session, make_user, save
from tests.pages import PageClient, words
from tests.registrations.test_public_pages import coming


def test_a_session_with_seats_is_chosen_not_awaited_by_whoever_waits_for_the_event(client: PageClient) -> None:
    event = coming(capacity=0)
    session = make_session(event, title="Atelier B", booking=BookingMode.OPTIONAL, capacity=5)
    waiting = make_registration(event, status=Status.WAITING)
    save(Booking(event_id=event.id, registration=waiting, session=session, created_at=NOW))

    assert "Atelier B choisie, selon votre place à la rencontre" in words(client.page(own(waiting)).main)
    client.sign_in(make_user(event.organisation))
    assert "Atelier B" not in words(client.page(f"/gestion/evenements/{event.slug}/liste-attente").main)


def test_the_reason_of_a_cancellation_asked_for_is_no_change(client: PageClient) -> None:
    event = coming()
    registration = make_registration(event)
    requests.ask(registration, RequestKind.CANCEL, {"reason": "Malade"}, now=utcnow())
    client.sign_in(make_user(event.organisation))
    asked = words(client.page(f"/gestion/evenements/{event.slug}/demandes").main)
    assert ("Malade" in asked, "Après" in asked) == (True, False)


def test_nothing_is_promised_once_the_date_for_changes_is_past(client: PageClient) -> None:
    event = coming(changes_until=NOW)
    make_session(event, booking=BookingMode.OPTIONAL)
    assert "changer d’avis" not in words(client.page(f"{own(make_registration(event))}/sessions").main)


def own(registration: Registration) -> str:
    return f"/mon-inscription/{links.token(registration)}"
