"""While an event takes wishes, the sessions of some slots are ranked, and nobody is given a seat in them.

Ranked are the slots in which everyone can attend one session only; other sessions are booked as ever.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, exists, select

from eventapp.agenda.models import Session
from eventapp.agenda.programme import BookingSlot, booking_slots, has_booking_slots
from eventapp.events.models import Event, SessionChoice
from eventapp.extensions import db
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.sessions.session_places import SessionPlaces, session_places
from eventapp.registrations.wishes.models import Wish

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


def books_sessions(event: Event) -> bool:
    """Whether some session is chosen otherwise than by ranking it."""
    if not takes_wishes(event):
        return has_booking_slots(event)
    return any(not is_ranked(slot) for slot in booking_slots(event))


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
    if not takes_wishes(registration.event):
        return []
    sessions = [wish.session for wish in db.session.scalars(wishes_of(registration))]
    return rankings(registration.event, sessions)
