"""How many seats of each session are taken and left, counted from the rows like the places of the event.

A seat is taken by whoever holds it, and by an open offer of it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, select
from sqlalchemy.orm import aliased

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.network.models import Structure
from eventapp.registrations.models import Booking, Registration, Status


def bookable_sessions(event: Event) -> list[Session]:
    return list(db.session.scalars(Session.bookable(event)))


@dataclass(frozen=True)
class SessionPlaces:
    left: int | None
    waiting: int
    by_wishes: bool = False  # granted later, all at once: see wish_slots.shown_places

    @property
    def is_full(self) -> bool:
        return self.left is not None and self.left <= 0


def session_places(event: Event) -> dict[int, SessionPlaces]:
    """Of every session that can be booked, by session id. Whoever waits for the event itself counts as waiting."""
    without_seat = _bookings(Booking.confirmed_at.is_(None)) - _offered()
    rows = db.session.execute(_bookable(event, Session.capacity, _only_if_limited(_taken()), without_seat))
    return {
        key: SessionPlaces(None if capacity is None else max(0, capacity - taken), queue)
        for key, capacity, taken, queue in rows
    }


def only_chosen(registration: Registration) -> set[int]:
    """The sessions with seats left that somebody who waits for the event itself chose: the event is all they wait
    for."""
    if not registration.is_waiting:
        return set()
    places = session_places(registration.event)
    chosen = {booking.session_id for booking in registration.live_bookings}
    return {key for key in chosen if key in places and not places[key].is_full}


def seats_for_newcomer(event: Event, sessions: Collection[int]) -> set[int]:
    """Of these sessions, those with a seat that nobody with a place at the event waits for."""
    rows = db.session.execute(SEATS, {"event_id": event.id, "sessions": sessions})
    return {key for key, seats, is_awaited in rows if (seats is None or seats > 0) and not is_awaited}


def session_seats_left(event: Event) -> dict[int, int | None]:
    """Of the sessions in which somebody with a place at the event waits for a seat: the others need no counting.
    None without limit; zero or fewer means that nobody may be given a seat."""
    left = _bookable(event, Session.capacity - _only_if_limited(_taken())).where(_awaited().exists())
    return dict(db.session.execute(left).all())


def seats_taken(session: Session, *which: ColumnElement[bool]) -> int:
    """Held, or kept for an answer; `which`: of these registrations."""
    taken = (
        select(func.count())
        .select_from(Booking)
        .join(Registration, Booking.registration_id == Registration.id)
        .where(
            Booking.session_id == session.id,
            Booking.released_at.is_(None),
            Booking.confirmed_at.is_not(None) | Booking.offer_until.is_not(None),
            *which,
        )
    )
    return db.session.scalar(taken) or 0


def seats_of_structure(session: Session, structure: Structure) -> int:
    """Taken in this session by people of this structure."""
    return seats_taken(session, Registration.structure_id == structure.id)


def session_positions(registration: Registration) -> dict[int, int]:
    """By session id: 1 for the first of those who wait for a seat of it without an offer. Those who wait for the event
    as well keep their rank and are counted: a position never goes up."""
    if not any(booking.is_waiting and not booking.has_offer for booking in registration.live_bookings):
        return {}
    ahead = aliased(Booking)
    before = select(func.count()).where(
        ahead.session_id == Booking.session_id,
        ahead.released_at.is_(None),
        ahead.confirmed_at.is_(None),
        ahead.offer_until.is_(None),
        ahead.id < Booking.id,
    )
    waited_for = select(Booking.session_id, before.correlate(Booking).scalar_subquery() + 1).where(
        Booking.registration_id == registration.id,
        Booking.event_id == registration.event_id,
        Booking.released_at.is_(None),
        Booking.confirmed_at.is_(None),
        Booking.offer_until.is_(None),
    )
    return dict(db.session.execute(waited_for).all())


def _awaited() -> Any:
    """The bookings without a seat or an offer of one, of people with a place at the event, in a row of Session."""
    return (
        select(Booking.id)
        .join(Registration, Booking.registration_id == Registration.id)
        .where(
            Booking.session_id == Session.id,
            Booking.released_at.is_(None),
            Booking.confirmed_at.is_(None),
            Booking.offer_until.is_(None),
            Registration.status == Status.CONFIRMED,
        )
    )


def _bookable(event: Event, *columns: Any) -> Any:
    return Session.bookable(event).with_only_columns(Session.id, *columns)


def _taken() -> Any:
    return _bookings(Booking.confirmed_at.is_not(None)) + _offered()


def _offered() -> Any:
    """From an index that holds the open offers alone."""
    open_offers = Booking.event_id == Session.event_id, Booking.offer_until.is_not(None)
    return _count(*open_offers, Booking.session_id == Session.id)


def _bookings(which: ColumnElement[bool]) -> Any:
    """How many live ones, in a row of Session."""
    return _count(Booking.session_id == Session.id, Booking.released_at.is_(None), which)


def _count(*which: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(Booking).where(*which).correlate(Session).scalar_subquery()


def _only_if_limited(count: Any) -> Any:
    return case((Session.capacity.is_not(None), count))


# Written once: building a question costs more than asking it, and every registration asks this one.
SEATS = select(Session.id, Session.capacity - _only_if_limited(_taken()), _awaited().exists()).where(
    Session.event_id == bindparam("event_id"), Session.id.in_(bindparam("sessions", expanding=True))
)
