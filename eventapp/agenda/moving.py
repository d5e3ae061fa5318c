"""When and where sessions take place: one moved, all that follow shifted; the choices required follow them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from eventapp.accounts.models import User
from eventapp.agenda.editing import require_choice
from eventapp.agenda.models import Appearance, BookingMode, Session
from eventapp.errors import Refused
from eventapp.events.local_times import parse_iso, shifted, to_iso
from eventapp.events.models import Event

MOST_MINUTES = 720


class NothingFollows(Refused):
    message = "Aucune session ne commence à partir de cette heure ce jour-là."
    field = "starts"


class OtherDay(Refused):
    message = "Ce décalage ferait changer une session de jour."
    field = "minutes"


@dataclass(frozen=True)
class Move:
    session: Session
    starts_at: datetime
    ends_at: datetime


def moved(session: Session, starts_at: datetime) -> Move:
    """It lasts as long as before."""
    return Move(session, starts_at, starts_at + (session.ends_at - session.starts_at))


def following(event: Event, sessions: Iterable[Session], after: datetime, room_slug: str | None) -> list[Session]:
    """Those of the same day that take place and begin then or later; only in that room, when one is given."""
    day = after.astimezone(event.zone).date()
    return [
        session
        for session in sessions
        if session.cancelled_at is None
        and session.starts_at >= after
        and session.starts_at.astimezone(event.zone).date() == day
        and (room_slug is None or (session.room is not None and session.room.slug == room_slug))
    ]


def shift(event: Event, sessions: Sequence[Session], minutes: int) -> list[Move]:
    """By clock time; nothing leaves its day, nothing changes its length on the clock."""
    if not sessions:
        raise NothingFollows
    delta = timedelta(minutes=minutes)
    moves = [Move(s, *(shifted(m, event.timezone, delta) for m in (s.starts_at, s.ends_at))) for s in sessions]
    if any(_day(event, move.starts_at) != _day(event, move.session.starts_at) for move in moves):
        raise OtherDay
    return moves


def _day(event: Event, moment: datetime) -> object:
    return moment.astimezone(event.zone).date()


def after(sessions: Iterable[Session], moves: Iterable[Move]) -> list[Session]:
    """The programme as it would be: copies unknown to the database, to look at."""
    hours = {move.session.slug: (move.starts_at, move.ends_at) for move in moves}
    return [proposed(session, *hours.get(session.slug, (session.starts_at, session.ends_at))) for session in sessions]


def proposed(session: Session, starts_at: datetime, ends_at: datetime) -> Session:
    copy = Session(
        id=session.id, event_id=session.event_id, event=session.event, slug=session.slug, title=session.title,
        kind=session.kind, booking=session.booking, capacity=session.capacity, online_url=session.online_url,
        room=session.room, room_id=session.room_id, cancelled_at=session.cancelled_at,
        starts_at=starts_at, ends_at=ends_at,
    )  # fmt: skip
    copy.appearances = [
        Appearance(speaker=a.speaker, speaker_id=a.speaker_id, role=a.role, note=a.note, position=a.position)
        for a in session.appearances
    ]
    return copy


def follow_choices(
    event: Event, sessions: Iterable[Session], before: dict[str, datetime], *, now: datetime, by: User | None
) -> None:
    """A slot in which a choice is required goes with its sessions, once none of them begins then any more."""
    bookable = [s for s in sessions if s.booking is not BookingMode.NONE and s.cancelled_at is None]
    begin = {session.starts_at for session in bookable}
    slots = []
    for slot in event.choice_required:
        instant = parse_iso(slot, event.timezone)
        gone = sorted(s.starts_at for s in bookable if before.get(s.slug) == instant)
        slots.append(slot if instant in begin or not gone else to_iso(gone[0], event.timezone))
    require_choice(event, list(dict.fromkeys(slots)), now=now, by=by)
