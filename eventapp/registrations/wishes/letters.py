"""The letter that says which wishes were granted."""

from eventapp.extensions import db
from eventapp.outbox.letters import Contents, letter
from eventapp.outbox.models import Message
from eventapp.registrations.letters import contents_of, find_registration, over
from eventapp.registrations.sessions.choices import clashes_of
from eventapp.registrations.wishes.wish_slots import wishes_of


@letter("registrations/allocated", title="Souhaits attribués")
def allocated_contents(message: Message, registration_id: int) -> Contents:
    """As it is by now: `lost`, their wishes that were cancelled meanwhile, of which `empty` leave them nothing at that
    hour; what was moved to the hour of another session that they hold."""
    registration = find_registration(registration_id)
    if registration.is_cancelled:
        return over(message, registration, "l’inscription est annulée")
    wished = (wish.session for wish in db.session.scalars(wishes_of(registration)))
    lost = [one for one in wished if one.cancelled_at is not None and one.cancelled_at <= message.created_at]
    others = [booking.session for booking in registration.live_bookings]
    empty = [one for one in lost if not any(one.overlaps(other) for other in others)]
    clashes, granted = clashes_of(registration), [b for b in registration.live_bookings if b.rank is not None]
    in_two_places = [(b.session, clashes[b.session_id]) for b in granted if clashes.get(b.session_id)]
    return contents_of(message, registration, lost=lost, empty=empty, in_two_places=in_two_places)
