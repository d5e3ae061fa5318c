"""What an organiser should look at in a programme. Nothing here is refused: reality may know better."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from eventapp.agenda.models import Session, SpeakerRole
from eventapp.agenda.programme import clashes
from eventapp.events.models import Event
from eventapp.formats import french_date, french_hours, person, plural


@dataclass(frozen=True)
class Remark:
    """A sentence, and the session to open."""

    sentence: str
    session: Session


def remarks(event: Event, sessions: Iterable[Session]) -> list[Remark]:
    """For the sessions that take place, in their order."""
    held = [session for session in sessions if session.cancelled_at is None]
    found = [*_outside(event, held), *_rooms_twice(event, held), *_speakers_twice(event, held), *_too_small(held)]
    return sorted(found, key=lambda remark: (remark.session.starts_at, remark.session.id))


def _outside(event: Event, sessions: Iterable[Session]) -> list[Remark]:
    zone = event.timezone
    hours = f"{french_date(event.starts_at, zone)}, {french_hours(event.starts_at, event.ends_at, zone)}"
    return [
        Remark(f"«\u00a0{session.title}\u00a0» sort des horaires de l’événement ({hours}).", session)
        for session in sessions
        if session.starts_at < event.starts_at or session.ends_at > event.ends_at
    ]


def _rooms_twice(event: Event, sessions: Sequence[Session]) -> list[Remark]:
    placed = sorted((s for s in sessions if s.room_id is not None), key=lambda s: (s.room_id or 0, s.starts_at, s.id))
    return [
        Remark(
            f"{one.room.name if one.room else ''} accueille en même temps {_both(one, other)} ({_when(event, other)}).",
            other,
        )
        for _room, held in groupby(placed, key=lambda session: session.room_id)
        for one, other in clashes(held)
    ]


def _speakers_twice(event: Event, sessions: Sequence[Session]) -> list[Remark]:
    """A recorded video keeps nobody from being elsewhere."""
    found = []
    for one, other in clashes(sessions):
        present = {a.speaker_id for a in one.appearances if a.role is not SpeakerRole.VIDEO}
        for appearance in other.appearances:
            if appearance.speaker_id in present and appearance.role is not SpeakerRole.VIDEO:
                sentence = f"{person(appearance.speaker)} est en même temps dans {_both(one, other)}"
                found.append(Remark(f"{sentence} ({_when(event, other)}).", other))
    return found


def _too_small(sessions: Iterable[Session]) -> list[Remark]:
    return [
        Remark(
            f"«\u00a0{session.title}\u00a0» propose {plural(session.capacity or 0, 'place', 'places')}, "
            f"mais {session.room.name} en compte {session.room.capacity}.",
            session,
        )
        for session in sessions
        if session.room is not None and (session.capacity or 0) > (session.room.capacity or session.capacity or 0)
    ]


def _both(one: Session, other: Session) -> str:
    return f"«\u00a0{one.title}\u00a0» et «\u00a0{other.title}\u00a0»"


def _when(event: Event, session: Session) -> str:
    return french_hours(session.starts_at, session.ends_at, event.zone)
