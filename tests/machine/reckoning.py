"""Who should have a place at the event, reckoned in plain Python from the acts alone: nothing here asks the application
or its database."""

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WAITING, OFFERED, CONFIRMED, CANCELLED = "waiting", "offered", "confirmed", "cancelled"
REVOCABLE = ("person", "organiser")
HOLDING = (CONFIRMED, OFFERED)

Kind = tuple[str, int | None]
EVENT: Kind = ("event", None)


@dataclass(eq=False)
class Row:
    """One registration. `id`: the number that the database gave it."""

    email: str
    name: str
    category: int | None
    structure: int | None
    state: str = WAITING
    until: datetime | None = None
    had_place: bool = False
    ended_by: str = ""
    id: int = 0

    @property
    def is_live(self) -> bool:
        return self.state != CANCELLED

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The limits under which a place of this person counts."""
        return EVENT, ("category", self.category), ("structure", self.structure)


@dataclass
class Reckoning:
    """`rows` in the order of arrival, which is that of the queue. `limits`: None, or nothing, is without limit;
    for a structure, what all have."""

    now: datetime
    closing: datetime
    offer_hours: int | None
    waiting_list: bool
    limits: dict[Kind, int | None]
    per_structure: int | None = None
    release: datetime | None = None
    rows: list[Row] = field(default_factory=list)

    def row(self, number: int) -> Row:
        return next(row for row in self.rows if row.id == number)

    def copy(self) -> "Reckoning":
        return deepcopy(self)

    @property
    def is_closed(self) -> bool:
        return self.now >= self.closing

    def taken(self) -> Counter[Kind]:
        return Counter(kind for row in self.rows if row.state in HOLDING for kind in row.kinds)

    def most(self, kind: Kind) -> int | None:
        what, number = kind
        if what != "structure":
            return self.limits.get(kind)
        if number is None or (self.release is not None and self.now >= self.release):
            return None
        own = self.limits.get(kind)
        return self.per_structure if own is None else own

    def is_full(self, kind: Kind) -> bool:
        most = self.most(kind)
        return most is not None and self.taken()[kind] >= most

    def has_room_for(self, row: Row) -> bool:
        return not any(self.is_full(kind) for kind in row.kinds)

    def twin(self, email: str, name: str, *but: Row) -> Row | None:
        found = (row for row in self.rows if row.is_live and (row.email, row.name) == (email, name))
        return next((row for row in found if not any(row is other for other in but)), None)

    def settle(self, newcomer: Row | None = None) -> None:
        """End the offers that are over; then each in turn is given what every limit allows."""
        for row in self.rows:
            if row.state == OFFERED:
                self._settle_offer(row)
        for row in self.rows:
            if row.state == WAITING and self.has_room_for(row):
                self._give(row, at_once=row is newcomer)

    def arrive(self, row: Row, *, forced: bool = False) -> bool:
        """Whether they are registered: without a waiting list there may be nothing for them."""
        self.rows.append(row)
        self.settle(newcomer=row)
        if row.state == WAITING and forced:
            self.confirm(row)
        if row.state == WAITING and not self.waiting_list:
            self.rows.remove(row)
            return False
        return True

    def confirm(self, row: Row) -> None:
        row.state, row.until, row.had_place = CONFIRMED, None, True

    def end(self, row: Row, by: str) -> None:
        row.state, row.until, row.ended_by = CANCELLED, None, by

    def pass_on(self, row: Row, successor: Row) -> None:
        self.end(row, "transfer")
        self.rows.append(successor)
        self.confirm(successor)

    def can_restore(self, row: Row) -> bool:
        if row.ended_by not in REVOCABLE or self.twin(row.email, row.name) is not None:
            return False
        return (not row.had_place and self.waiting_list) or self.has_room_for(row)

    def restore(self, row: Row) -> None:
        row.state, row.ended_by = WAITING, ""
        if row.had_place:
            self.confirm(row)
        self.settle(newcomer=row)

    def merge(self, one: Row, other: Row, address_of: Row) -> Row | None:
        """Which of the two stays; None where somebody else has that address and name."""
        worth = {CONFIRMED: 0, OFFERED: 1, WAITING: 2}
        stays, leaves = sorted((one, other), key=lambda row: (worth[row.state], row.id))
        if self.twin(address_of.email, stays.name, one, other) is not None:
            return None
        stays.email = address_of.email
        self.end(leaves, "merge")
        self.settle()
        return stays

    def _settle_offer(self, row: Row) -> None:
        assert row.until is not None
        if row.until > self.closing > self.now:
            row.until = self.closing
        elif row.until <= self.now or row.until > self.closing:
            self.end(row, "system")

    def _give(self, row: Row, *, at_once: bool) -> None:
        if at_once or self.offer_hours is None or self.is_closed:
            self.confirm(row)
        else:
            row.state, row.until = OFFERED, min(self.now + timedelta(hours=self.offer_hours), self.closing)
