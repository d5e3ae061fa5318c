"""Rooms, speakers and sessions of an event file, matched by slug with those of the event."""

from datetime import datetime
from typing import Any

from eventapp.accounts.models import User
from eventapp.agenda import editing, rooms, speakers
from eventapp.agenda.models import Room, Session, Speaker
from eventapp.events.models import Event
from eventapp.exchange.event_file import EventFile, SessionPart
from eventapp.extensions import db


def apply_agenda(event: Event, file: EventFile, *, now: datetime, by: User | None) -> list[Session]:
    """The sessions whose calendar entry changed: time, room or its name, link, cancelled or held again."""
    renamed = _in_renamed_rooms(event, file)
    known_rooms = _apply_rooms(event, file, now=now, by=by)
    known_speakers = _apply_speakers(event, file, now=now, by=by)
    changed = _apply_sessions(event, file, known_rooms, known_speakers, now=now, by=by)
    for slug in known_rooms.keys() - {part.slug for part in file.rooms}:
        _empty(known_rooms[slug])
        rooms.remove_room(known_rooms[slug], now=now, by=by)
    for slug in known_speakers.keys() - {part.slug for part in file.speakers}:
        speakers.remove_speaker(known_speakers[slug], now=now, by=by)
    return [*changed, *(session for session in renamed if session not in changed)]


def _in_renamed_rooms(event: Event, file: EventFile) -> list[Session]:
    """Those that stay there: whoever reads the former name goes to another place."""
    rows = {row.slug: row for row in db.session.scalars(Room.of(event))}
    renamed = [rows[part.slug] for part in file.rooms if part.slug in rows and rows[part.slug].name != part.name]
    return [session for room in renamed for session in db.session.scalars(rooms.held_in(room))]


def _apply_rooms(event: Event, file: EventFile, *, now: datetime, by: User | None) -> dict[str, Room]:
    known = {row.slug: row for row in db.session.scalars(Room.of(event))}
    for position, part in enumerate(file.rooms, 1):
        facts = {"name": part.name, "capacity": part.capacity, "accessibility": part.accessibility}
        row = known.get(part.slug)
        if row is None:
            row = known[part.slug] = rooms.add_room(event, now=now, by=by, slug=part.slug, **facts)
        else:
            rooms.edit_room(row, facts, now=now, by=by)
        row.position = position
    return known


def _apply_speakers(event: Event, file: EventFile, *, now: datetime, by: User | None) -> dict[str, Speaker]:
    known = {row.slug: row for row in db.session.scalars(Speaker.of(event))}
    for rank, part in enumerate(file.speakers, 1):
        facts = {name: value for name, value in vars(part).items() if name != "slug"}
        row = known.get(part.slug)
        if row is None:
            row = known[part.slug] = speakers.add_speaker(event, now=now, by=by, slug=part.slug, **facts)
        else:
            speakers.edit_speaker(row, facts, now=now, by=by)
        row.rank = rank
    return known


def _apply_sessions(
    event: Event,
    file: EventFile,
    known_rooms: dict[str, Room],
    known_speakers: dict[str, Speaker],
    *,
    now: datetime,
    by: User | None,
) -> list[Session]:
    known = {row.slug: row for row in db.session.scalars(Session.of(event))}
    changed = []
    for part in file.sessions:
        facts = _facts(part, known_rooms)
        cast = [editing.Cast(known_speakers[a.speaker], a.role, a.note) for a in part.speakers]
        row = known.get(part.slug)
        if row is None:
            editing.add_session(event, now=now, by=by, cast=cast, slug=part.slug, **facts)
        elif editing.edit_session(row, facts, now=now, by=by, cast=cast) & editing.CALENDAR_FACTS:
            changed.append(row)
    for slug in known.keys() - {part.slug for part in file.sessions}:
        if known[slug].cancelled_at is None:
            editing.cancel_session(known[slug], now=now, by=by)
            changed.append(known[slug])
    return changed


def _facts(part: SessionPart, known_rooms: dict[str, Room]) -> dict[str, Any]:
    facts = {name: value for name, value in vars(part).items() if name not in ("slug", "speakers")}
    return facts | {"room": known_rooms[part.room] if part.room else None, "cancelled_at": None}


def _empty(room: Room) -> None:
    """Only cancelled sessions are still in it: their page keeps its sense without."""
    for session in db.session.scalars(db.select(Session).where(Session.room_id == room.id)):
        session.room_id = None
    db.session.flush()
