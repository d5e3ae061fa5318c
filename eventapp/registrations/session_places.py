"""How many seats of each session are taken and left, counted from the rows like the places of the event."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, select

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations.models import Booking, Registration, Status


def bookable_sessions(event: Event) -> list[Session]:
    return list(db.session.scalars(Session.bookable(event)))


@dataclass(frozen=True)
class SessionPlaces:
    left: int | None
    waiting: int

    @property
    def is_full(self) -> bool:
        return self.left is not None and self.left <= 0


def session_places(event: Event) -> dict[int, SessionPlaces]:
    """Of every session that can be booked, by session id. Whoever waits for the event itself counts as waiting."""
    confirmed, waiting = _bookings(Booking.confirmed_at.is_not(None)), _bookings(Booking.confirmed_at.is_(None))
    rows = db.session.execute(_bookable(event, Session.capacity, _only_if_limited(confirmed), waiting))
    return {
        key: SessionPlaces(None if capacity is None else max(0, capacity - taken), queue)
        for key, capacity, taken, queue in rows
    }


def seats_for_newcomer(event: Event, sessions: Collection[int]) -> set[int]:
    """Of these sessions, those with a seat that nobody with a place at the event waits for."""
    rows = db.session.execute(SEATS, {"event_id": event.id, "sessions": sessions})
    return {key for key, seats, is_awaited in rows if (seats is None or seats > 0) and not is_awaited}


def session_seats_left(event: Event) -> dict[int, int | None]:
    """Of the sessions in which somebody with a place at the event waits for a seat: the others need no counting.
    None without limit; zero or fewer means that nobody may be given a seat."""
    confirmed = _bookings(Booking.confirmed_at.is_not(None))
    left = _bookable(event, Session.capacity - _only_if_limited(confirmed)).where(_awaited().exists())
    return dict(db.session.execute(left).all())


def _awaited() -> Any:
    """The bookings without a seat, of people with a place at the event, in a row of Session."""
    return (
        select(Booking.id)
        .join(Registration, Booking.registration_id == Registration.id)
        .where(
            Booking.session_id == Session.id,
            Booking.released_at.is_(None),
            Booking.confirmed_at.is_(None),
            Registration.status == Status.CONFIRMED,
        )
    )


def _bookable(event: Event, *columns: Any) -> Any:
    return Session.bookable(event).with_only_columns(Session.id, *columns)


def _bookings(which: ColumnElement[bool]) -> Any:
    """How many live ones, in a row of Session."""
    return (
        select(func.count())
        .where(Booking.session_id == Session.id, Booking.released_at.is_(None), which)
        .correlate(Session)
        .scalar_subquery()
    )


def _only_if_limited(count: Any) -> Any:
    return case((Session.capacity.is_not(None), count))


# As above: every registration asks.
SEATS = select(
    Session.id,
    Session.capacity - _only_if_limited(_bookings(Booking.confirmed_at.is_not(None))),
    _awaited().exists(),
).where(Session.event_id == bindparam("event_id"), Session.id.in_(bindparam("sessions", expanding=True)))
