"""The programme as its organisers edit it: the rows themselves until the event is shown, then a draft beside them.
A draft that waits when the event is withdrawn stays where edits go, until it is published or abandoned.

A draft is read without writing: objects of the same classes, made of the file that waits and unknown to the database.
It is written by the verbs that write rows: the draft is applied to the rows inside a savepoint, edited there and taken
back as a file, then the savepoint is rolled back. Nothing may be posted, and no seat given out, in between.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.agenda.models import Appearance, Room, Session, Speaker
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.exchange import applying, reading, shifting, taking, writing
from eventapp.exchange.applying_agenda import apply_agenda
from eventapp.exchange.differences import differences
from eventapp.exchange.event_file import EventFile, SessionPart
from eventapp.extensions import db
from eventapp.journal.models import Entry

PARTS = ("rooms", "speakers", "sessions", "choice_required")


@dataclass(frozen=True)
class Plan:
    """`differences`: None where edits are of the rows; else what waits, in words."""

    event: Event
    rooms: list[Room]
    speakers: dict[str, Speaker]  # by slug, in protocol order
    sessions: list[Session]
    required: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    differences: list[str] | None = None

    def session(self, slug: str) -> Session | None:
        return next((session for session in self.sessions if session.slug == slug), None)

    def room(self, slug: str) -> Room | None:
        return next((room for room in self.rooms if room.slug == slug), None)


def plan(event: Event) -> Plan:
    """What the editor shows. Writes nothing."""
    rows, file = plan_of_rows(event), applying.waiting_file(event)
    if file is not None:
        return _planned(event, file, rows.rooms, rows.speakers, rows.sessions)
    return replace(rows, differences=[]) if event.edits_wait else rows


def plan_of_rows(event: Event) -> Plan:
    """What is shown, or will be without its draft."""
    rooms = list(db.session.scalars(Room.of(event)))
    speakers = {speaker.slug: speaker for speaker in db.session.scalars(Speaker.of(event))}
    sessions = list(db.session.scalars(Session.of(event)))
    return Plan(event, rooms, speakers, sessions, tuple(event.choice_required), event.starts_at, event.ends_at)


def plan_of(event: Event, file: EventFile) -> Plan:
    """What another file of the event says, to be shown and not edited."""
    rows = plan_of_rows(event)
    return _planned(event, file, rows.rooms, rows.speakers, [])


def take_up(event: Event, file: EventFile, said: str, *, now: datetime, by: User | None) -> bool:
    """Put the programme of another file into the draft, or at once where nothing is shown yet; whether it differs.

    `said`: for the journal. Raises BadFile when it does not fit what the event is now.
    """
    hold(event)
    shown = taking.take(event)
    whole = reading.read(writing.as_dict(shown) | _parts(file))
    if event.edits_wait:
        changed = _keep(event, whole)
    else:
        changed = _parts(whole) != _parts(shown)
        applying.import_file(whole, publish=False, update=True, now=now, by=by)
    if changed:
        journal.record("event.drafted", f"Programme\u00a0: {said}", now=now, by=by, event=event)
    return changed


@contextmanager
def edited(event: Event, *, now: datetime, by: User | None) -> Iterator[bool]:
    """Inside, the rows are what the organiser sees, and may be changed; whether that is a draft.

    After a draft was written all rows are as they were: those found inside say nothing any more.
    """
    hold(event)
    if not event.edits_wait:
        yield False
        return
    savepoint = db.session.begin_nested()
    try:
        _apply(event, now=now, by=by)
        last = _last_entry(event)
        yield True
        sentence, file = _last_entry(event, after=last), taking.take(event)
    finally:
        if savepoint.is_active:
            savepoint.rollback()
        db.session.expire_all()
        db.session.info.pop("read_once", None)  # kept by revision, and revisions of the savepoint come again
    if _keep(event, file):
        said = sentence or "programme modifié"
        journal.record("event.drafted", f"Brouillon\u00a0: {said}", now=now, by=by, event=event)


def leave_out(event: Event, slug: str) -> None:
    """A session cancelled at once is not announced again by the draft."""
    file = applying.waiting_file(event)
    if file is not None:
        sessions = tuple(part for part in file.sessions if part.slug != slug)
        _keep(event, replace(file, sessions=sessions))


def follow(event: Event, delta: timedelta, *, field: str | None = None) -> None:
    """The event was moved, and its sessions with it: so are those of the draft."""
    file = applying.waiting_file(event)
    if file is not None:
        _keep(event, shifting.shift_file(file, delta, field=field))


def _apply(event: Event, *, now: datetime, by: User | None) -> None:
    file = applying.waiting_file(event)
    if file is not None:
        event.timezone, event.starts_at, event.ends_at = file.timezone, file.starts_at, file.ends_at
        event.choice_required = list(file.choice_required)
        apply_agenda(event, file, now=now, by=by)
    db.session.flush()
    db.session.expire_all()


def _last_entry(event: Event, after: Any = None) -> Any:
    """The id of the newest line of the journal; its sentence when it comes after another."""
    db.session.flush()
    newest = db.select(Entry.id, Entry.sentence).where(Entry.event_id == event.id).order_by(Entry.id.desc()).limit(1)
    found = db.session.execute(newest).first()
    if after is None:
        return found.id if found is not None else 0
    return found.sentence if found is not None and found.id > after else None


def _keep(event: Event, file: EventFile) -> bool:
    """Whether it changes what waits. A draft that says nothing else than what is shown is none."""
    parts, shown = _parts(file), _parts(taking.take(event))
    waiting = event.draft or {}
    says_more = bool(waiting.keys() - {*PARTS, applying.ZONE})
    kept = waiting | parts if says_more or parts != shown else None
    if kept is not None and "timezone" not in kept:
        kept[applying.ZONE] = file.timezone
    if kept == event.draft:
        return False
    event.draft = kept
    db.session.flush()
    return True


def _parts(file: EventFile) -> dict[str, Any]:
    slots = {slot: None for slot in file.choice_required if slot in file.slots}
    whole = writing.as_dict(replace(file, choice_required=tuple(slots)))
    return {name: whole[name] for name in PARTS}


def _planned(
    event: Event, file: EventFile, rooms: list[Room], speakers: dict[str, Speaker], sessions: list[Session]
) -> Plan:
    """Rows that exist give their id, so that places taken are found; others have ids of their own, below zero."""
    ids = {Room: _ids(rooms), Speaker: _ids(list(speakers.values())), Session: _ids(sessions)}
    new_rooms = {
        part.slug: Room(id=ids[Room](part.slug), event_id=event.id, event=event, position=place, **vars(part))
        for place, part in enumerate(file.rooms, 1)
    }
    new_speakers = {
        part.slug: Speaker(id=ids[Speaker](part.slug), event_id=event.id, event=event, rank=rank, **vars(part))
        for rank, part in enumerate(file.speakers, 1)
    }
    written = [_session(event, part, ids[Session](part.slug), new_rooms, new_speakers) for part in file.sessions]
    known = {session.slug for session in written}
    cancelled = [row for row in sessions if row.cancelled_at is not None and row.slug not in known]
    return Plan(
        event,
        list(new_rooms.values()),
        new_speakers,
        sorted([*written, *cancelled], key=lambda session: (session.starts_at, session.ends_at, session.id)),
        required=file.choice_required,
        starts_at=file.starts_at,
        ends_at=file.ends_at,
        differences=differences(taking.take(event), file),
    )


def _ids(rows: list[Any]) -> Any:
    known = {row.slug: row.id for row in rows}
    return lambda slug: known.setdefault(slug, -len(known) - 1)


def _session(
    event: Event, part: SessionPart, number: int, rooms: dict[str, Room], speakers: dict[str, Speaker]
) -> Session:
    facts = {name: value for name, value in vars(part).items() if name not in ("room", "speakers")}
    room = rooms[part.room] if part.room is not None else None
    session = Session(id=number, event_id=event.id, event=event, room=room, room_id=room and room.id, **facts)
    session.appearances = [
        Appearance(
            event_id=event.id, session_id=number, speaker=speakers[seen.speaker], speaker_id=speakers[seen.speaker].id,
            role=seen.role, note=seen.note, position=position,
        )
        for position, seen in enumerate(part.speakers)
    ]  # fmt: skip
    return session
