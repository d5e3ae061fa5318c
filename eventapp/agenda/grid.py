"""One day as a table: rooms across, time down, each session in its place. What overlaps in one room stands in lanes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from eventapp.agenda.models import Room, Session
from eventapp.agenda.programme import Day

# Rows grow with time, by steps: ten minutes must still be read, and a long lunch need not fill the screen.
HEIGHTS = (5, 10, 15, 20, 30, 45, 60, 90)


@dataclass(frozen=True)
class Column:
    """`room`: None for what has no room while something else goes on."""

    room: Room | None
    lanes: int


@dataclass(frozen=True)
class Cell:
    """`session`: None where nothing takes place."""

    session: Session | None
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True)
class Row:
    starts_at: datetime
    ends_at: datetime
    cells: Sequence[Cell]

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at) / timedelta(minutes=1))

    @property
    def height(self) -> int:
        """Where nothing begins there is nothing to read: such a row stays low, however long."""
        height = max((step for step in HEIGHTS if step <= self.minutes), default=HEIGHTS[0])
        return height if self.begins_something else min(height, 10)

    @property
    def begins_something(self) -> bool:
        return any(cell.session is not None for cell in self.cells)


@dataclass(frozen=True)
class DayGrid:
    date: date
    anchor: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    cancelled: Sequence[Session] = ()

    @property
    def lanes(self) -> int:
        return sum(column.lanes for column in self.columns)


def grid(day: Day, rooms: Sequence[Room]) -> DayGrid:
    """All rooms, used or not: something may be moved there. What is alone and without room spans them; what is
    cancelled takes no place."""
    sessions = [session for session in day.sessions if session.cancelled_at is None]
    cancelled = [session for session in day.sessions if session.cancelled_at is not None]
    wide = [session for session in sessions if session.room is None and _is_alone(session, sessions)]
    placed = [session for session in sessions if session not in wide]
    lanes: list[list[Session]] = []
    columns = []
    for room in _across(placed, rooms):
        held = list(_lanes(s for s in placed if (s.room.slug if s.room else "") == (room.slug if room else "")))
        lanes += held or [[]]
        columns.append(Column(room, max(1, len(held))))
    rows = list(_rows(sessions, wide, lanes or [[]]))
    return DayGrid(day.date, day.anchor, columns or [Column(None, 1)], rows, cancelled)


def _across(placed: Iterable[Session], rooms: Sequence[Room]) -> list[Room | None]:
    """First what is in no room while something else goes on: a meal, most often."""
    return [*([None] if any(s.room is None for s in placed) else []), *rooms]


def _is_alone(session: Session, sessions: Iterable[Session]) -> bool:
    return not any(session.overlaps(other) for other in sessions if other is not session)


def _lanes(sessions: Iterable[Session]) -> Iterator[list[Session]]:
    """As few as needed, so that in each nothing overlaps."""
    lanes: list[list[Session]] = []
    for session in sorted(sessions, key=lambda s: (s.starts_at, s.ends_at, s.slug)):
        free = next((lane for lane in lanes if lane[-1].ends_at <= session.starts_at), None)
        if free is None:
            lanes.append([session])
        else:
            free.append(session)
    yield from lanes


def _rows(sessions: Sequence[Session], wide: Sequence[Session], lanes: Sequence[Sequence[Session]]) -> Iterator[Row]:
    times = sorted({moment for session in sessions for moment in (session.starts_at, session.ends_at)})
    places = {moment: place for place, moment in enumerate(times)}
    spanning = {place for s in wide for place in range(places[s.starts_at], places[s.ends_at])}
    columns = [_lane(lane, places, spanning) for lane in lanes]
    for place, (starts_at, ends_at) in enumerate(pairwise(times)):
        across = [
            Cell(session, places[session.ends_at] - place, len(lanes))
            for session in wide
            if session.starts_at == starts_at
        ]
        yield Row(starts_at, ends_at, across or [column[place] for column in columns if place in column])


def _lane(lane: Sequence[Session], places: dict[datetime, int], spanning: set[int]) -> dict[int, Cell]:
    """By the row in which they begin; free rows that follow each other are one cell."""
    cells = {places[s.starts_at]: Cell(s, places[s.ends_at] - places[s.starts_at]) for s in lane}
    taken = spanning | {row for place, cell in cells.items() for row in range(place, place + cell.rows)}
    free = [place for place in range(len(places) - 1) if place not in taken]
    while free:
        first, length = free[0], 1
        while first + length in free:
            length += 1
        cells[first] = Cell(None, length)
        free = free[length:]
    return cells
