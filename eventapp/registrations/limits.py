"""How many places are taken and left: always counted from the rows, never kept in a column.

A place is taken by a confirmed registration and by an open offer. Both counts read indexes only.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, union_all
from sqlalchemy.orm import aliased

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.events.models import Status as EventStatus
from eventapp.extensions import db
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.queue import count_waiting


@dataclass
class Places:
    """What is left under a lock; `take` keeps the figures true while places are given out one by one."""

    event: Event
    taken: Counter[int | None]

    @property
    def left(self) -> int | None:
        """Of the event as a whole; None without limit; negative when the capacity was lowered below what is taken."""
        return None if self.event.capacity is None else self.event.capacity - self.taken.total()

    @property
    def full_categories(self) -> list[int]:
        limited = ((c.id, c.capacity) for c in self.event.categories)
        return [key for key, capacity in limited if capacity is not None and self.taken[key] >= capacity]

    @property
    def is_full(self) -> bool:
        return self.left is not None and self.left <= 0

    @property
    def left_for_anyone(self) -> int | None:
        """Also full when every category has its own share and all shares are taken."""
        shares = [c.capacity - self.taken[c.id] if c.capacity is not None else None for c in self.event.categories]
        if not shares or None in shares:
            return self.left
        in_shares = sum(max(0, share) for share in shares if share is not None)
        return in_shares if self.left is None else min(self.left, in_shares)

    def take(self, category_id: int | None) -> None:
        self.taken[category_id] += 1


def places(event: Event) -> Places:
    """Nothing is counted where nothing is limited; elsewhere the cost is that of the limits, not of the queue."""
    if event.capacity is None and all(category.capacity is None for category in event.categories):
        return Places(event, Counter())
    by_category = Registration.category_id, func.count()
    confirmed = select(*by_category).where(Registration.event_id == event.id, Registration.status == Status.CONFIRMED)
    offered = select(*by_category).where(Registration.event_id == event.id, Registration.offer_until.is_not(None))
    rows = db.session.execute(
        union_all(confirmed.group_by(Registration.category_id), offered.group_by(Registration.category_id))
    )
    taken: Counter[int | None] = Counter()
    for category_id, count in rows:
        taken[category_id] += count
    return Places(event, taken)


def structure_is_full(event: Event) -> ColumnElement[bool]:
    """For a row of Registration: its structure already holds all the places it may have."""
    other = aliased(Registration)
    held = (
        select(func.count())
        .where(
            other.event_id == event.id,
            other.structure_id == Registration.structure_id,
            or_(other.status == Status.CONFIRMED, other.offer_until.is_not(None)),
        )
        .scalar_subquery()
    )
    return and_(Registration.structure_id.is_not(None), held >= event.per_structure)


OPEN_STEPS = ("open", "few", "waiting")


@dataclass(frozen=True)
class Availability:
    step: str  # upcoming, open, few, waiting, full, closed, past, cancelled
    left: int | None
    waiting: int


def availability(event: Event, *, now: datetime) -> Availability:
    left = places(event).left_for_anyone
    left = None if left is None else max(0, left)
    return Availability(_step(event, left, now), left, count_waiting(event.id))


def is_open(event: Event, *, now: datetime) -> bool:
    """Whether somebody may register, or at least wait; places are counted only where being full closes the form."""
    left = None if event.waiting_list else places(event).left_for_anyone
    return _step(event, left if left is None else max(0, left), now) in OPEN_STEPS


def _step(event: Event, left: int | None, now: datetime) -> str:
    if event.status is EventStatus.CANCELLED:
        return "cancelled"
    if event.has_ended(now):
        return "past"
    if event.registration_has_closed(now) or event.status is EventStatus.DRAFT:
        return "closed"
    if not event.registration_has_opened(now):
        return "upcoming"
    if left is None:
        return "open"
    if left == 0:
        return "waiting" if event.waiting_list else "full"
    return "few" if left * 10 < (event.capacity or 0) else "open"


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


def session_seats_left(event: Event) -> dict[int, int | None]:
    """Of the sessions in which somebody with a place at the event waits for a seat: the others need no counting.
    None without limit; zero or fewer means that nobody may be given a seat."""
    confirmed = _bookings(Booking.confirmed_at.is_not(None))
    awaited = (
        select(Booking.id)
        .join(Registration, Booking.registration_id == Registration.id)
        .where(
            Booking.session_id == Session.id,
            Booking.released_at.is_(None),
            Booking.confirmed_at.is_(None),
            Registration.status == Status.CONFIRMED,
        )
    )
    left = _bookable(event, Session.capacity - _only_if_limited(confirmed)).where(awaited.exists())
    return dict(db.session.execute(left).all())


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
