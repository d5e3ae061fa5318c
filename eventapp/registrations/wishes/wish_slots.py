"""While an event takes wishes, the sessions of some slots are ranked, and nobody is given a seat in them.

Ranked are the slots in which everyone can attend one session only; other sessions are booked as ever.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, exists, or_, select

from eventapp.agenda.models import Session
from eventapp.agenda.programme import BookingSlot, booking_slots, has_booking_slots
from eventapp.events.locks import read_once
from eventapp.events.models import Event, SessionChoice
from eventapp.extensions import db
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.sessions.session_places import SessionPlaces, session_places
from eventapp.registrations.wishes.models import Allocation, Wish

MOST_WISHES = 5  # in a slot


class Ranking(NamedTuple):
    slot: BookingSlot
    sessions: list[Session]


def takes_wishes(event: Event) -> bool:
    return event.session_choice is SessionChoice.WISHES and event.allocated_at is None


def closing(event: Event) -> datetime:
    """Until when people rank: the date set for it, else the end of registration; never past the event's start."""
    return min(event.wishes_close_at or event.closes_at or event.starts_at, event.starts_at)


def are_closed(event: Event, now: datetime) -> bool:
    return now >= closing(event)


def ranked_slots(event: Event) -> list[BookingSlot]:
    return [slot for slot in booking_slots(event) if is_ranked(slot)] if takes_wishes(event) else []


def is_ranked(slot: BookingSlot) -> bool:
    """Also where a change of the programme left one session, or an overlap, to those who ranked them before."""
    return takes_wishes(slot.event) and (slot.exclusive or _is_wished(slot))


def _is_wished(slot: BookingSlot) -> bool:
    wished = Wish.event_id == slot.event.id, Wish.session_id.in_([session.id for session in slot.sessions])
    live = Wish.registration.has(Registration.status != Status.CANCELLED)
    return bool(db.session.scalar(select(exists().where(*wished, live))))


def undisclosed_slots(event: Event) -> list[BookingSlot]:
    """Granted, but not announced yet: until then people see their wishes as being decided, and take no seat there."""
    decided = _decided(event)
    if decided is None:
        return []
    slots = booking_slots(event)
    return [slot for slot in slots if slot.exclusive or not decided.isdisjoint(one.id for one in slot.sessions)]


def undisclosed(event: Event) -> set[int]:
    """Their sessions, by id, with those that were cancelled or are not booked any more since."""
    in_slots = {session.id for slot in undisclosed_slots(event) for session in slot.sessions}
    return in_slots | (_decided(event) or set())


def disclosed(event: Event, bookings: Iterable[Booking]) -> list[Booking]:
    """Of these, those that their people may know of. What they booked before the wishes were granted they know, though
    a session that was granted be moved to its hour."""
    hidden, since = undisclosed(event), event.allocated_at
    return [b for b in bookings if b.session_id not in hidden or since is None or b.created_at < since]


def disclosed_bookings(registration: Registration) -> list[Booking]:
    """The live ones that their person may know of."""
    return disclosed(registration.event, registration.live_bookings)


def people_to_tell(event: Event) -> Select[Registration]:
    """Those who gave wishes, and those whom the organisers gave one of these sessions before anyone was told."""
    concerned = Registration.id.in_(select(Wish.registration_id).where(Wish.event_id == event.id))
    if event.allocated_at is None:
        return Registration.of(event).where(Registration.status != Status.CANCELLED, concerned)
    given = Booking.session_id.in_(undisclosed(event)), Booking.created_at >= event.allocated_at
    seated = select(Booking.registration_id).where(Booking.event_id == event.id, Booking.released_at.is_(None), *given)
    concerned_or_seated = or_(concerned, Registration.id.in_(seated))
    return Registration.of(event).where(Registration.status != Status.CANCELLED, concerned_or_seated)


def _decided(event: Event) -> set[int] | None:
    """The sessions that were granted or wished, while nobody is told; None when there is nothing to tell."""
    if event.session_choice is not SessionChoice.WISHES or event.allocated_at is None:
        return None
    applied = select(Allocation.figures).where(Allocation.event_id == event.id, Allocation.applied_at.is_not(None))
    unsaid = applied.where(Allocation.announced_at.is_(None))
    found = read_once(event, "applied, not announced", lambda: db.session.scalars(unsaid))
    if not found:
        return None
    wishes = select(Wish.session_id).where(Wish.event_id == event.id).distinct()
    wished = read_once(event, "wished", lambda: db.session.scalars(wishes))
    return {*wished, *(row[0] for figures in found for slot in figures["slots"] for row in slot["sessions"])}


def books_sessions(event: Event) -> bool:
    """Whether some session is chosen otherwise than by ranking it."""
    if not takes_wishes(event):
        return has_booking_slots(event)
    return any(not is_ranked(slot) for slot in booking_slots(event))


def may_choose_sessions(event: Event) -> bool:
    """The same for a person, to whom what is granted and not announced is still being decided."""
    hidden = undisclosed(event)
    return books_sessions(event) and (
        not hidden or any(hidden.isdisjoint(s.id for s in slot.sessions) for slot in booking_slots(event))
    )


def shown_places(event: Event) -> dict[int, SessionPlaces]:
    """As `session_places`, for the programme that everyone reads: what is granted by wishes is not taken meanwhile."""
    ranked = {session.id for slot in ranked_slots(event) for session in slot.sessions}
    return {key: replace(found, by_wishes=key in ranked) for key, found in session_places(event).items()}


def most_in(slot: BookingSlot) -> int:
    return min(len(slot.sessions), MOST_WISHES)


def rankings(event: Event, ranked: Collection[Session]) -> list[Ranking]:
    """These sessions in their order, slot by slot; slots without wish too."""
    return [Ranking(slot, [s for s in ranked if s in slot.sessions]) for slot in ranked_slots(event)]


def wishes_of(registration: Registration) -> Select[Wish]:
    return select(Wish).where(Wish.registration_id == registration.id).order_by(Wish.rank, Wish.id)


def ranking_of(registration: Registration) -> list[Ranking]:
    """The person's wishes, while the event takes them."""
    return _ranking(registration, ranked_slots(registration.event))


def shown_ranking_of(registration: Registration) -> list[Ranking]:
    """The same for the person, until they are told what was granted."""
    event = registration.event
    return _ranking(registration, ranked_slots(event) or undisclosed_slots(event))


def _ranking(registration: Registration, slots: list[BookingSlot]) -> list[Ranking]:
    if not slots:
        return []
    ranked = [wish.session for wish in db.session.scalars(wishes_of(registration))]
    return [Ranking(slot, [session for session in ranked if session in slot.sessions]) for slot in slots]
