"""The letters about a seat in a session: given, proposed beside another of the same hour, no longer proposed."""

from collections.abc import Sequence

from eventapp.agenda.models import Session
from eventapp.extensions import db
from eventapp.outbox.letters import Contents, NothingToSay, letter
from eventapp.outbox.models import Message
from eventapp.registrations.letters import contents_of, find_registration, over
from eventapp.registrations.models import Booking
from eventapp.registrations.sessions.choices import in_the_way


@letter("registrations/session_promoted", title="Place libérée dans une session")
def promoted_contents(
    message: Message, registration_id: int, session_ids: list[int], given_up_ids: Sequence[int] = ()
) -> Contents:
    registration = find_registration(registration_id)
    held = [b.session for b in registration.live_bookings if b.is_confirmed and b.session_id in session_ids]
    if registration.is_cancelled or not held:
        return over(message, registration, "la place dans la session n’est plus réservée")
    given_up = db.session.scalars(db.select(Session).where(Session.id.in_(given_up_ids)).order_by(Session.id)).all()
    return contents_of(message, registration, sessions=held, given_up=given_up)


@letter("registrations/session_offered", title="Place proposée dans une session")
def offered_contents(message: Message, registration_id: int, booking_id: int) -> Contents:
    booking = _find(booking_id)
    if not booking.has_offer:
        raise NothingToSay("la proposition n’est plus ouverte")
    return _about(message, registration_id, booking)


@letter("registrations/session_offer_ended", title="Place dans une session laissée sans réponse")
def offer_ended_contents(message: Message, registration_id: int, booking_id: int) -> Contents:
    return _about(message, registration_id, _find(booking_id))


def _about(message: Message, registration_id: int, booking: Booking) -> Contents:
    registration = find_registration(registration_id)
    if registration.is_cancelled:
        return over(message, registration, "l’inscription est annulée")
    held = [other.session for other in in_the_way(booking)]
    return contents_of(message, registration, booking=booking, session=booking.session, held=held)


def _find(booking_id: int) -> Booking:
    booking = db.session.get(Booking, booking_id)
    if booking is None:
        raise NothingToSay("la réservation a été effacée")
    return booking
