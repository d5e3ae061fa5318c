"""The programme as people read it: days, slots, parallel sessions; what overlaps; what may be chosen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import combinations, groupby

from sqlalchemy import bindparam

from eventapp.agenda.models import Room, Session
from eventapp.errors import Refused
from eventapp.events.local_times import parse_iso, to_iso
from eventapp.events.locks import read_once
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import french_date, french_hours

# Written once: building a question costs more than asking it.
BOOKABLE = Session.bookable_at(bindparam("event_id"))


@dataclass(frozen=True)
class Slot:
    """The sessions that begin together, in reading order."""

    starts_at: datetime
    sessions: Sequence[Session]

    @property
    def ends_at(self) -> datetime:
        return max(session.ends_at for session in self.sessions)

    @property
    def is_even(self) -> bool:
        """All end together: their length is said once."""
        return len({session.ends_at for session in self.sessions}) == 1


@dataclass(frozen=True)
class Day:
    date: date
    slots: Sequence[Slot]

    @property
    def anchor(self) -> str:
        return f"jour-{self.date.isoformat()}"

    @property
    def sessions(self) -> list[Session]:
        return [session for slot in self.slots for session in slot.sessions]


@dataclass(frozen=True)
class BookingSlot:
    """Sessions between which people choose. `exclusive`: each clashes with every other one, so at most one."""

    event: Event
    sessions: Sequence[Session]
    required: bool

    @property
    def starts_at(self) -> datetime:
        return self.sessions[0].starts_at

    @cached_property
    def key(self) -> str:
        """The local time of its beginning, as in `choice_required`: « 2027-01-14T14:00 »."""
        return to_iso(self.starts_at, self.event.timezone)

    @property
    def label(self) -> str:
        ends_at = max(session.ends_at for session in self.sessions)
        zone = self.event.timezone
        return f"{french_date(self.starts_at, zone)}, {french_hours(self.starts_at, ends_at, zone)}"

    @property
    def exclusive(self) -> bool:
        pairs = len(self.sessions) * (len(self.sessions) - 1) // 2
        return pairs > 0 and len(clashes(self.sessions)) == pairs


def programme(event: Event, sessions: Sequence[Session] | None = None) -> list[Day]:
    """By day of the event's zone. Parallel sessions follow the order of the rooms; without room, last."""
    sessions = list(db.session.scalars(Session.of(event))) if sessions is None else list(sessions)
    zone = event.zone
    sessions.sort(key=_reading_order)
    days = groupby(sessions, key=lambda session: session.starts_at.astimezone(zone).date())
    return [Day(day, _slots(held)) for day, held in days]


def clashes(sessions: Iterable[Session]) -> list[tuple[Session, Session]]:
    """The pairs that nobody can attend both."""
    return [(one, other) for one, other in combinations(sessions, 2) if one.overlaps(other)]


def booking_slots(event: Event) -> list[BookingSlot]:
    """What the registration form asks: sessions that may be booked, those that overlap taken together."""
    return slots_between(event, bookable_sessions(event), event.choice_required)


def bookable_sessions(event: Event) -> list[Session]:
    return read_once(event, "bookable sessions", lambda: db.session.scalars(BOOKABLE, {"event_id": event.id}))


def slots_between(event: Event, sessions: Iterable[Session], slots: Iterable[str]) -> list[BookingSlot]:
    """`sessions` may all be booked; `slots`: those in which everyone must choose, as in `choice_required`."""
    required = required_instants(event, slots)
    return [
        BookingSlot(event, sorted(group, key=_reading_order), any(s.starts_at in required for s in group))
        for group in _overlapping(sessions)
    ]


def has_booking_slots(event: Event) -> bool:
    """Whether the form asks anything about sessions."""
    return db.session.scalar(Session.bookable(event).with_only_columns(Session.id).limit(1)) is not None


def required_instants(event: Event, slots: Iterable[str] | None = None) -> set[datetime]:
    """The beginnings of the slots in which everyone must choose; a text that names no instant names none."""
    instants = set()
    for text in event.choice_required if slots is None else slots:
        try:
            instants.add(parse_iso(text, event.timezone))
        except Refused:
            continue
    return instants


def _overlapping(sessions: Iterable[Session]) -> list[list[Session]]:
    """Groups in order of time; a session belongs to the group in which it overlaps at least one other."""
    groups: list[list[Session]] = []
    for session in sorted(sessions, key=_reading_order):
        if groups and session.starts_at < max(other.ends_at for other in groups[-1]):
            groups[-1].append(session)
        else:
            groups.append([session])
    return groups


def _slots(sessions: Iterable[Session]) -> list[Slot]:
    return [Slot(start, list(held)) for start, held in groupby(sessions, key=lambda session: session.starts_at)]


def _reading_order(session: Session) -> tuple[datetime, bool, int, int, datetime, int]:
    room: Room | None = session.room
    rank = (True, 0, 0) if room is None else (False, room.position, room.id)
    return (session.starts_at, *rank, session.ends_at, session.id)
