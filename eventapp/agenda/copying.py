"""Sessions held again: one workshop several times, or all of half a day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from eventapp.accounts.models import User
from eventapp.agenda.editing import FACTS, Cast, add_session
from eventapp.agenda.models import Appearance, Room, Session, Speaker
from eventapp.events.models import Event

NOON = time(13)
HALVES = {"matin": "matin", "apres-midi": "après-midi"}

Half = tuple[date, str]


def repeated(
    session: Session, starts_at: datetime, room: Room | None, *, count: int = 1, pause: int = 0
) -> Iterator[Session]:
    """As many times as asked, one after the other."""
    lasts = session.ends_at - session.starts_at
    for number in range(1, count + 1):
        yield _copy(session, starts_at, room, number)
        starts_at += lasts + timedelta(minutes=pause)


def halves(event: Event, sessions: Iterable[Session]) -> dict[Half, list[Session]]:
    """What takes place each morning and afternoon, by day and half; a morning ends where something begins at 13 h."""
    found: dict[Half, list[Session]] = {}
    for session in sorted(sessions, key=lambda s: (s.starts_at, s.ends_at, s.slug)):
        local = session.starts_at.astimezone(event.zone)
        if session.cancelled_at is None:
            found.setdefault((local.date(), "matin" if local.time() < NOON else "apres-midi"), []).append(session)
    return found


def held_again(sessions: Sequence[Session], starts_at: datetime) -> Iterator[Session]:
    """All of them, the first one at that hour, the others as long after it as they are now."""
    for number, session in enumerate(sessions, start=1):
        yield _copy(session, starts_at + (session.starts_at - sessions[0].starts_at), session.room, number)


def add_all(
    event: Event,
    proposals: Iterable[Session],
    rooms: Mapping[str, Room],
    speakers: Mapping[str, Speaker],
    *,
    now: datetime,
    by: User | None,
) -> list[Session]:
    """`proposals`: unknown to the database; their rooms and speakers are found by slug, or left out."""
    added = []
    for session in proposals:
        facts = {name: getattr(session, name) for name in FACTS}
        facts["room"] = rooms.get(session.room.slug) if session.room is not None else None
        known = [a for a in session.appearances if a.speaker.slug in speakers]
        cast = [Cast(speakers[a.speaker.slug], a.role, a.note) for a in known]
        added.append(add_session(event, now=now, by=by, cast=cast, **facts))
    return added


def _copy(session: Session, starts_at: datetime, room: Room | None, number: int) -> Session:
    facts = {name: getattr(session, name) for name in FACTS if name not in ("room", "starts_at", "ends_at")}
    copy = Session(
        id=-number, event_id=session.event_id, event=session.event, slug=f"nouvelle-{number}",
        room=room, room_id=room and room.id,
        starts_at=starts_at, ends_at=starts_at + (session.ends_at - session.starts_at), **facts,
    )  # fmt: skip
    copy.appearances = [
        Appearance(speaker=a.speaker, speaker_id=a.speaker_id, role=a.role, note=a.note, position=a.position)
        for a in session.appearances
    ]
    return copy
