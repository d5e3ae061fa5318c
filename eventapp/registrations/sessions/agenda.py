"""What a person attends, as calendar rows, and the public address that each entry may show."""

from eventapp.agenda.models import BookingMode, Session
from eventapp.calendars.entries import Row
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.links import absolute
from eventapp.outbox.letters import once
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.wishes.wish_slots import disclosed


def rows(registration: Registration) -> list[Row]:
    """Sessions open to all and those booked, cancelled ones included; the event itself when it has no sessions.

    What the person gave up is left out; a seat lost because the session or the whole registration was cancelled
    stays, for calendars to withdraw.
    """
    event = registration.event
    sessions = programme(event)
    if not sessions:
        return [event]
    known = disclosed(event, registration.bookings)
    booked = {booking.session_id for booking in known if _was_kept(booking, registration)}
    return [session for session in sessions if session.booking is BookingMode.NONE or session.id in booked]


def programme(event: Event) -> list[Session]:
    """Of the many letters that leave together, the first one reads it."""
    return once(("programme", event.id), lambda: list(db.session.scalars(Session.of(event))))


def public_url(row: Row) -> str:
    """Never a personal link: teams share calendars."""
    if isinstance(row, Event):
        return absolute("events.page", slug=row.slug)
    return absolute("agenda.session", slug=row.event.slug, session_slug=row.slug)


def _was_kept(booking: Booking, registration: Registration) -> bool:
    if booking.confirmed_at is None:
        return False
    if booking.released_at is None:
        return True
    ends = (registration.cancelled_at, booking.session.cancelled_at)
    return any(end is not None and booking.released_at >= end for end in ends)
