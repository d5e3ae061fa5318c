"""What a change of the programme does to those who booked: told once when the hour or the room changes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import aliased

from eventapp.accounts.models import User
from eventapp.agenda import editing, rooms
from eventapp.agenda.editing import Cast
from eventapp.agenda.models import Room, Session
from eventapp.agenda.moving import Move
from eventapp.errors import Refused
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations import notices
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.sessions import notices as session_notices
from eventapp.registrations.waiting.waiting_list import fill
from eventapp.registrations.wishes.wish_slots import disclosed


class SessionBooked(Refused):
    message = "Des personnes ont réservé cette session\u00a0: annulez-la, elles seront prévenues."


def edit_session(
    session: Session,
    facts: Mapping[str, Any],
    *,
    cast: Sequence[Cast] | None,
    seen: str | None,
    now: datetime,
    by: User | None,
) -> int:
    """Edit it and give out what places it gained; how many people are told that its hour or room changed."""
    hold(session.event)  # what was, too, is read under it: somebody else may just have moved it
    before = when_and_where(session)
    changed = editing.edit_session(session, facts, cast=cast, seen=seen, now=now, by=by)
    told = _holders(session) if changed & editing.CALENDAR_FACTS and session.ends_at > now else []
    for registration in told:
        if when_and_where(session) != before:
            notices.session_moved(registration, session, before, now=now)
        else:
            notices.changed(registration, now=now, is_news=True, sessions=[session])
    if changed & {"capacity", "booking", "starts_at", "ends_at"}:  # another hour may leave nothing to choose between
        fill(session.event, now=now)
    return len(told)


def move_sessions(event: Event, moves: Sequence[Move], *, now: datetime, by: User | None) -> int:
    """Several at once: whoever booked more than one of them gets one letter. How many people are told."""
    hold(event)
    changed: dict[Registration, dict[Session, dict[str, str]]] = defaultdict(dict)
    for move in moves:
        session, before = move.session, when_and_where(move.session)
        hours = {"starts_at": move.starts_at, "ends_at": move.ends_at}
        if editing.edit_session(session, hours, now=now, by=by) and session.ends_at > now:
            for registration in _holders(session):
                changed[registration][session] = before
    _tell(changed, now=now)
    fill(event, now=now)
    return len(changed)


def edit_room(room: Room, facts: Mapping[str, Any], *, seen: str | None = None, now: datetime, by: User | None) -> int:
    """How many people are told: another name is another place for the sessions that they booked there."""
    hold(room.event)
    changed: dict[Registration, dict[Session, dict[str, str]]] = defaultdict(dict)
    before = {session: when_and_where(session) for session in db.session.scalars(rooms.held_in(room))}
    if "name" in rooms.edit_room(room, facts, seen=seen, now=now, by=by):
        for session, was in before.items():
            for registration in _holders(session) if session.ends_at > now else []:
                changed[registration][session] = was
    _tell(changed, now=now)
    return len(changed)


def _tell(changed: Mapping[Registration, Mapping[Session, dict[str, str]]], *, now: datetime) -> None:
    """One letter each. `changed`: when and where each of their sessions was."""
    for registration, sessions in changed.items():
        if len(sessions) == 1:
            ((session, before),) = sessions.items()
            notices.session_moved(registration, session, before, now=now)
        else:
            session_notices.programme_changed(registration, sessions, now=now)


def remove_session(session: Session, *, now: datetime, by: User | None) -> None:
    """Refused once anyone booked it, even if they gave it up since: calendars must learn what became of it."""
    hold(session.event)
    ever = db.select(db.func.count()).where(Booking.session_id == session.id)
    if db.session.scalar(ever):
        raise SessionBooked
    editing.remove_session(session, now=now, by=by)


def booked(session: Session) -> int:
    """How many people hold it or wait for it."""
    live = db.select(db.func.count()).where(Booking.session_id == session.id, Booking.released_at.is_(None))
    return db.session.scalar(live) or 0


def to_tell(session: Session) -> int:
    """How many of them know it: the others read it when their wishes are announced."""
    return len(_holders(session))


def in_two_places(session: Session) -> int:
    """How many people hold this session and another at the same hour: nobody is dropped, each one chooses."""
    other, other_session = aliased(Booking), aliased(Session)
    holders = (
        db.select(db.func.count(Booking.registration_id.distinct()))
        .join(other, other.registration_id == Booking.registration_id)
        .join(other_session, other_session.id == other.session_id)
        .where(
            Booking.session_id == session.id,
            Booking.released_at.is_(None),
            Booking.confirmed_at.is_not(None),
            other.released_at.is_(None),
            other.confirmed_at.is_not(None),
            other.session_id != session.id,
            other_session.starts_at < session.ends_at,
            other_session.ends_at > session.starts_at,
        )
    )
    return db.session.scalar(holders) or 0


def when_and_where(session: Session) -> dict[str, str]:
    """As a letter keeps it."""
    room = session.room.name if session.room is not None else ""
    return {"starts_at": session.starts_at.isoformat(), "ends_at": session.ends_at.isoformat(), "room": room}


def _holders(session: Session) -> list[Registration]:
    """Those who know of it: the others read it when their wishes are announced."""
    held = Booking.session_id == session.id, Booking.released_at.is_(None)
    bookings = db.session.scalars(db.select(Booking).where(*held).order_by(Booking.registration_id)).all()
    return [booking.registration for booking in disclosed(session.event, bookings)]
