"""Everything moved by the same clock time: 9 h stays 9 h on the other side of a change of clocks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from eventapp.accounts.models import User
from eventapp.agenda import editing
from eventapp.agenda.models import Session
from eventapp.errors import Refused
from eventapp.events.local_times import parse_iso, shifted, to_iso
from eventapp.events.models import Event
from eventapp.exchange.event_file import EventFile, SessionPart
from eventapp.extensions import db

MOMENTS = ("opens_at", "closes_at", "per_structure_until", "changes_until", "cancellations_until", "wishes_close_at")


def clock_time(moment: datetime, zone_of: Event | EventFile) -> datetime:
    """Naive local time in the event's zone."""
    return parse_free(to_iso(moment, zone_of.timezone))


def parse_free(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


def shift_file(file: EventFile, delta: timedelta, *, field: str | None = None) -> EventFile:
    zone, registration = file.timezone, file.registration

    def moved(moment: datetime | None) -> datetime | None:
        return None if moment is None else shifted(moment, zone, delta, field=field)

    moments: dict[str, Any] = {name: moved(getattr(registration, name)) for name in MOMENTS}
    return replace(
        file,
        starts_at=shifted(file.starts_at, zone, delta, field=field),
        ends_at=shifted(file.ends_at, zone, delta, field=field),
        registration=replace(registration, **moments),
        sessions=tuple(_shift_session(session, zone, delta, field) for session in file.sessions),
        choice_required=shift_slots(file.choice_required, zone, delta),
    )


def shift_sessions(event: Event, delta: timedelta, *, now: datetime, by: User | None, field: str | None = None) -> int:
    """After an event was moved: its sessions follow. The number of sessions moved."""
    zone = event.timezone
    slots = shift_slots(event.choice_required, zone, delta)
    sessions = list(db.session.scalars(Session.held(event)))
    for session in sessions:
        with_title = f"Session «\u00a0{session.title}\u00a0»"
        starts_at = _shifted(session.starts_at, zone, delta, field, with_title)
        ends_at = _shifted(session.ends_at, zone, delta, field, with_title)
        editing.edit_session(session, {"starts_at": starts_at, "ends_at": ends_at}, now=now, by=by)
    editing.require_choice(event, slots, now=now, by=by)
    return len(sessions)


def shift_slots(slots: Sequence[str], zone: str, delta: timedelta) -> tuple[str, ...]:
    return tuple(to_iso(shifted(parse_iso(slot, zone), zone, delta), zone) for slot in slots)


def _shift_session(session: SessionPart, zone: str, delta: timedelta, field: str | None) -> SessionPart:
    with_title = f"Session «\u00a0{session.title}\u00a0»"
    return replace(
        session,
        starts_at=_shifted(session.starts_at, zone, delta, field, with_title),
        ends_at=_shifted(session.ends_at, zone, delta, field, with_title),
    )


def _shifted(moment: datetime, zone: str, delta: timedelta, field: str | None, about: str) -> datetime:
    try:
        return shifted(moment, zone, delta)
    except Refused as refusal:
        raise Refused(f"{about}\u00a0: {refusal}", field=field) from refusal
