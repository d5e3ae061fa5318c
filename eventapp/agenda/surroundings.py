"""What stands around a session in its programme: before, after, at the same hour, and where else its speakers are."""

from collections.abc import Sequence
from dataclasses import dataclass

from eventapp.agenda.models import Session, Speaker
from eventapp.agenda.programme import Day


@dataclass(frozen=True)
class Surroundings:
    session: Session
    previous: Session | None
    following: Session | None
    parallel: Sequence[Session]
    elsewhere: dict[int, list[Session]]  # by speaker id


def surroundings(days: Sequence[Day], slug: str) -> Surroundings | None:
    """Of the session of this slug; None when the programme has none."""
    sessions = [session for day in days for session in day.sessions]
    place = next((place for place, session in enumerate(sessions) if session.slug == slug), None)
    if place is None:
        return None
    session = sessions[place]
    return Surroundings(
        session,
        sessions[place - 1] if place else None,
        sessions[place + 1] if place + 1 < len(sessions) else None,
        [
            other
            for other in sessions
            if other is not session and other.cancelled_at is None and other.overlaps(session)
        ],
        {one.speaker_id: others_with(one.speaker, sessions, session) for one in session.appearances},
    )


def others_with(speaker: Speaker, sessions: Sequence[Session], but: Session | None = None) -> list[Session]:
    return [s for s in sessions if s is not but and any(one.speaker_id == speaker.id for one in s.appearances)]
