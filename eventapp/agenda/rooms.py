"""What an organiser does to the rooms of an event."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.agenda.editing import WrittenMeanwhile, free_slug, mark_of, touch_sessions
from eventapp.agenda.models import Room, Session
from eventapp.errors import Refused
from eventapp.events.lifecycle import touch
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import plural


class RoomInUse(Refused):
    """Sessions take place in it: moving them is the organiser's choice, not ours."""


def add_room(event: Event, *, now: datetime, by: User | None, slug: str | None = None, **facts: Any) -> Room:
    """`facts`: `name`, and `capacity`, `accessibility`. It comes after the others."""
    hold(event)
    last = db.session.scalar(db.select(db.func.max(Room.position)).where(Room.event_id == event.id))
    slug = slug or free_slug(Room, event, facts["name"], "salle")
    room = Room(event_id=event.id, slug=slug, position=(last or 0) + 1, **facts)
    db.session.add(room)
    db.session.flush()
    _changed(event, "room.added", f"Salle {room.name} ajoutée", room, now, by)
    return room


def edit_room(
    room: Room, facts: Mapping[str, Any], *, seen: str | None = None, now: datetime, by: User | None
) -> set[str]:
    """Apply what differs and return the changed names; a new name is another place for the sessions held there.

    `seen`: the `mark_of` it that the editor had before their eyes."""
    hold(room.event)
    if seen and mark_of(room) != seen:
        raise WrittenMeanwhile
    changed = {name for name, value in facts.items() if getattr(room, name) != value}
    for name in changed:
        setattr(room, name, facts[name])
    if "name" in changed:
        touch_sessions(held_in(room), now=now, calendar=True)
    if changed:
        _changed(room.event, "room.edited", f"Salle {room.name} modifiée", room, now, by)
    return changed


def remove_room(room: Room, *, now: datetime, by: User | None) -> None:
    """Sessions that were cancelled there lose their room."""
    event = room.event
    hold(event)
    held = sum(session.cancelled_at is None for session in _sessions_in(room))
    if held:
        sessions = plural(held, "session", "sessions")
        raise RoomInUse(f"Cette salle accueille encore {sessions}. Changez-les de salle d’abord.")
    for session in _sessions_in(room):
        session.room_id = None
    _changed(event, "room.removed", f"Salle {room.name} supprimée", room, now, by)
    db.session.flush()
    db.session.delete(room)


def move_room(room: Room, step: int, *, now: datetime, by: User | None) -> None:
    """One place up (-1) or down (+1): the order of parallel sessions in the programme."""
    hold(room.event)
    rooms = list(db.session.scalars(Room.of(room.event)))
    place = rooms.index(room)
    rooms.insert(max(0, place + step), rooms.pop(place))
    for position, other in enumerate(rooms, 1):
        other.position = position
    _changed(room.event, "room.moved", "Ordre des salles modifié", room, now, by)


def held_in(room: Room) -> Select[Session]:
    """The sessions that take place there."""
    return Session.held(room.event).where(Session.room_id == room.id)


def _sessions_in(room: Room) -> list[Session]:
    return list(db.session.scalars(db.select(Session).where(Session.room_id == room.id)))


def _changed(event: Event, act: str, sentence: str, room: Room, now: datetime, by: User | None) -> None:
    touch(event, now=now, calendar=False)
    journal.record(act, sentence, now=now, by=by, event=event, subject=room)
