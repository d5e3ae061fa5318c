"""What is going on at an instant of a programme, what comes next that day, and when this changes by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db


@dataclass(frozen=True)
class Happening:
    going_on: Sequence[Session] = ()
    following: Sequence[Session] = ()  # those that begin next, together

    def mark(self, session: Session) -> str:
        """What its place in the programme says of it."""
        if session in self.going_on:
            return "en ce moment"
        return "à suivre" if session in self.following else ""


def happening(event: Event, sessions: Iterable[Session], *, now: datetime) -> Happening:
    """Of these sessions. What begins on another day is not called next: people look at the clock, not at a calendar."""
    if event.cancelled_at is not None:
        return Happening()
    held = [session for session in sessions if session.cancelled_at is None and session.ends_at > now]
    going_on = [session for session in held if session.starts_at <= now]
    soonest = min((session.starts_at for session in held if session.starts_at > now), default=None)
    is_today = soonest is not None and soonest.astimezone(event.zone).date() == now.astimezone(event.zone).date()
    return Happening(going_on, [session for session in held if session.starts_at == soonest] if is_today else [])


def next_change(event: Event, *, now: datetime) -> datetime | None:
    """The next instant at which `happening` answers otherwise: a session begins or ends, or its day begins."""
    next_start = func.min(case((Session.starts_at > now, Session.starts_at)))
    next_end = func.min(case((Session.ends_at > now, Session.ends_at)))
    held = select(next_start, next_end).where(Session.event_id == event.id, Session.cancelled_at.is_(None))
    begins, ends = db.session.execute(held).one()
    if begins is None:
        return ends
    midnight = begins.astimezone(event.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return min(instant for instant in (midnight, begins, ends) if instant > now)
