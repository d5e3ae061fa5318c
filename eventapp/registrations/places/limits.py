"""How many places are taken and left: always counted from the rows, never kept in a column.

A place is taken by a confirmed registration and by an open offer. Both counts read indexes only.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from eventapp.database import UtcDateTime
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.network.models import Structure
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.places.models import StructureAllowance


def _counted(what: str, which: ColumnElement[bool]) -> Any:
    """How many, by category; reads an index alone."""
    deadline = func.min(Registration.offer_until) if what == "offered" else null()
    columns = literal(what), Registration.category_id, func.count(), type_coerce(deadline, UtcDateTime())
    of_event = Registration.event_id == bindparam("event_id")
    return select(*columns).where(of_event, which).group_by(Registration.category_id)


HOLDS_A_PLACE = or_(Registration.status == Status.CONFIRMED, Registration.offer_until.is_not(None))

# Written once: building a question costs more than asking it, and every registration asks these.
COUNTS = union_all(
    _counted("confirmed", Registration.status == Status.CONFIRMED),
    _counted("offered", Registration.offer_until.is_not(None)),
    _counted("waiting", Registration.status == Status.WAITING),
    select(literal("allowances"), null(), func.count(), null()).where(
        StructureAllowance.event_id == bindparam("event_id")
    ),
)


@dataclass
class Places:
    """What is left under a lock; `take` keeps the figures true while places are given out one by one."""

    event: Event
    taken: Counter[int | None]
    waiting: int = 0  # those without an open offer
    next_deadline: datetime | None = None  # of the open offers
    allowances: int | None = None  # when they were counted

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

    def is_full_for(self, registration: Registration) -> bool:
        """The event or the person's category; their structure is asked of the database."""
        return self.is_full or (registration.category is not None and registration.category.id in self.full_categories)

    @property
    def left_for_anyone(self) -> int | None:
        """Also full when every category has its own share and all shares are taken."""
        shares = [c.capacity - self.taken[c.id] if c.capacity is not None else None for c in self.event.categories]
        if not shares or None in shares:
            return self.left
        in_shares = sum(max(0, share) for share in shares if share is not None)
        return in_shares if self.left is None else min(self.left, in_shares)

    @property
    def limit_structures(self) -> bool:
        return self.event.per_structure is not None or self.allowances != 0

    def take(self, category_id: int | None) -> None:
        self.taken[category_id] += 1


def places(event: Event) -> Places:
    """Nothing is counted where nothing is limited; elsewhere the cost is that of the limits, not of the queue."""
    limits = (event.capacity, event.per_structure, *(category.capacity for category in event.categories))
    if all(limit is None for limit in limits):
        return Places(event, Counter())
    found = Places(event, Counter())
    for what, category_id, count, deadline in db.session.execute(COUNTS, {"event_id": event.id}):
        if what == "allowances":
            found.allowances = count
            continue
        if what == "waiting":
            found.waiting += count
            continue
        found.taken[category_id] += count
        if what == "offered":
            found.waiting -= count
            found.next_deadline = min(filter(None, (found.next_deadline, deadline)), default=None)
    return found


@dataclass(frozen=True)
class Share:
    """The places of one structure; `most` is None without limit."""

    held: int
    most: int | None

    @property
    def is_full(self) -> bool:
        return self.most is not None and self.held >= self.most


# Written once, as above. An exception of the structure's own counts instead of the event's number.
SHARE = select(
    select(func.count())
    .where(
        Registration.event_id == bindparam("event_id"),
        Registration.structure_id == bindparam("structure_id"),
        HOLDS_A_PLACE,
    )
    .scalar_subquery(),
    select(StructureAllowance.places)
    .where(
        StructureAllowance.event_id == bindparam("event_id"),
        StructureAllowance.structure_id == bindparam("structure_id"),
    )
    .scalar_subquery(),
)


def structures_are_released(event: Event, now: datetime) -> bool:
    """From this instant on, what structures did not take is for anyone: neither number counts any more."""
    return event.per_structure_until is not None and now >= event.per_structure_until


def limits_structures(event: Event, now: datetime) -> bool:
    """Whether any structure has a number of places at this instant."""
    if structures_are_released(event, now):
        return False
    any_allowance = select(exists().where(StructureAllowance.event_id == event.id))
    return event.per_structure is not None or bool(db.session.scalar(any_allowance))


def structure_share(event: Event, structure: Structure, *, now: datetime) -> Share:
    """What this structure has, offers included, of what it may have now."""
    held, allowed = db.session.execute(SHARE, {"event_id": event.id, "structure_id": structure.id}).one()
    if structures_are_released(event, now):
        return Share(held, None)
    return Share(held, event.per_structure if allowed is None else allowed)


def is_structure_full(event: Event, structure: Structure | None, *, now: datetime) -> bool:
    if structure is None or structures_are_released(event, now):
        return False
    return structure_share(event, structure, now=now).is_full


def structure_is_full(event: Event, *, now: datetime) -> ColumnElement[bool]:
    """For a row of Registration: its structure already holds all the places it may have. Never NULL."""
    if structures_are_released(event, now):
        return false()
    most = _allowed(event)
    has_none = or_(Registration.structure_id.is_(None), most.is_(None))
    return case((has_none, false()), else_=held_by_structure(event) >= most)


def held_by_structure(event: Event) -> ColumnElement[int]:
    """For a row of Registration: the places that its structure has, offers included."""
    other = aliased(Registration)
    of_structure = other.event_id == event.id, other.structure_id == Registration.structure_id
    holds = or_(other.status == Status.CONFIRMED, other.offer_until.is_not(None))
    return select(func.count()).where(*of_structure, holds).scalar_subquery()


def _allowed(event: Event) -> ColumnElement[int | None]:
    """For a row of Registration."""
    of_structure = StructureAllowance.structure_id == Registration.structure_id
    own = select(StructureAllowance.places).where(StructureAllowance.event_id == event.id, of_structure)
    return func.coalesce(own.scalar_subquery(), literal(event.per_structure, Integer))
