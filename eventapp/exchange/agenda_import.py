"""The programme of another file: read, kept while an organiser looks at what it would change, then taken over."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from eventapp.accounts.models import User
from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.exchange import agenda_days, applying, drafting, reading, taking, writing
from eventapp.exchange.agenda_matching import fitted, outside
from eventapp.exchange.differences import SESSION
from eventapp.exchange.event_file import EventFile, SessionPart
from eventapp.exchange.foreign import LARGEST_FILE, AgendaTooLarge, Entry, NotAnAgenda, Reading, short
from eventapp.exchange.ics_agenda import read_ics
from eventapp.exchange.models import AgendaImport
from eventapp.exchange.schedule_agenda import read_schedule
from eventapp.extensions import db
from eventapp.text import one_line

KEPT = timedelta(days=30)
OUTSIDE = "En dehors des heures de l’événement, gardée"
HOLDS_NOTHING = "Aucune session n’a été trouvée dans ce fichier."


@dataclass(frozen=True)
class Row:
    """`changes`: what differs from the session of today; None for a new one, empty where nothing differs."""

    part: SessionPart
    room: str
    speakers: str
    changes: list[str] | None


@dataclass(frozen=True)
class Preview:
    """`dropped`: sessions of today that the file does not hold, cancelled if it replaces the programme."""

    rows: list[Row]
    dropped: list[SessionPart]
    new_rooms: list[str]
    new_speakers: list[str]

    @property
    def new(self) -> int:
        return sum(row.changes is None for row in self.rows)

    @property
    def changed(self) -> int:
        return sum(bool(row.changes) for row in self.rows)

    @property
    def same(self) -> int:
        return len(self.rows) - self.new - self.changed


def keep(
    event: Event, filename: str, content: bytes, *, now: datetime, by: User, to_first_day: bool = False
) -> AgendaImport:
    """Raises NotAnAgenda or BadFile. What this person had not decided about is forgotten, and what is old.

    `to_first_day`: its days are moved together, the first one to the first day of the event."""
    base = current(event)
    file, remarks = _read(event, base, content, to_first_day)
    if not file.sessions:
        raise NotAnAgenda(" ".join([HOLDS_NOTHING, *remarks.sentences]))
    found = outside(file.sessions, base)
    for title in found:
        remarks.say(OUTSIDE, title)
    reading.read(writing.as_dict(merged(base, file, replaces=True)))
    stale = (AgendaImport.created_by_id == by.id) | (AgendaImport.created_at < now - KEPT)
    db.session.execute(db.delete(AgendaImport).where(AgendaImport.event_id == event.id, stale))
    kept = AgendaImport(
        event_id=event.id,
        filename=short(one_line(filename), 200) or "programme",
        file=_parts(file),
        warnings=remarks.sentences,
        created_at=now,
        created_by_id=by.id,
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def preview(event: Event, kept: AgendaImport) -> Preview:
    base = current(event)
    file = _file(base, kept)
    before = {part.slug: part for part in base.sessions}
    rooms = {part.slug: part.name for part in (*base.rooms, *file.rooms)}
    people = {part.slug: f"{part.first_name} {part.last_name}".strip() for part in (*base.speakers, *file.speakers)}
    rows = [
        Row(
            part,
            rooms.get(part.room or "", ""),
            ", ".join(people[seen.speaker] for seen in part.speakers),
            _changes(before[part.slug], part) if part.slug in before else None,
        )
        for part in sorted(file.sessions, key=lambda part: (part.starts_at, part.ends_at, part.title))
    ]
    held = {part.slug for part in file.sessions}
    return Preview(
        rows,
        [part for part in base.sessions if part.slug not in held],
        [part.name for part in file.rooms if part.slug not in {room.slug for room in base.rooms}],
        [people[part.slug] for part in file.speakers if part.slug not in {one.slug for one in base.speakers}],
    )


def take_over(event: Event, kept: AgendaImport, *, replaces: bool, now: datetime, by: User) -> bool:
    """Whether the programme differs afterwards: in the draft of what is shown, else at once. Raises BadFile.

    Of what it was, only that it was taken over stays, for a second press of the button."""
    base = current(event)
    file = merged(base, _file(base, kept), replaces=replaces)
    said = f"fichier «\u00a0{kept.filename}\u00a0»"
    kept.taken_at, kept.file, kept.warnings = now, {}, []
    return drafting.take_up(event, file, said, now=now, by=by)


def current(event: Event) -> EventFile:
    """The programme that organisers see: the draft where one waits."""
    waiting = applying.waiting_file(event)
    return waiting if waiting is not None else taking.take(event)


def merged(base: EventFile, file: EventFile, *, replaces: bool) -> EventFile:
    """Rooms stay, as they are places; people stay unless all that they spoke in goes; a slot in which everyone had to
    choose no longer is one when nothing to book begins then."""
    found = {part.slug: part for part in file.sessions}
    kept = [] if replaces else [found.pop(part.slug, part) for part in base.sessions]
    sessions = (*kept, *found.values())
    speaking = {seen.speaker for part in sessions for seen in part.speakers}
    gone = {seen.speaker for part in base.sessions for seen in part.speakers} - speaking
    speakers = {part.slug: part for part in (*base.speakers, *file.speakers)}
    whole = replace(
        base,
        rooms=tuple({part.slug: part for part in (*base.rooms, *file.rooms)}.values()),
        speakers=tuple(part for slug, part in speakers.items() if slug not in gone),
        sessions=sessions,
    )
    stays = [slot for slot in base.choice_required if slot in whole.slots]
    return replace(whole, choice_required=tuple(dict.fromkeys((*stays, *file.choice_required))))


def _read(event: Event, base: EventFile, content: bytes, to_first_day: bool) -> tuple[EventFile, Reading]:
    if len(content) > LARGEST_FILE:
        raise AgendaTooLarge
    remarks = Reading()
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        data = _json(content)
        if "schedule" not in data:
            file = _own(base, data, content)
            return _on_the_days_of(base, file, remarks) if to_first_day else file, remarks
        remarks = read_schedule(data, base.timezone)
    else:
        remarks = _calendar(content, base.timezone)
    if to_first_day:  # before they are recognised, by their hours among others
        days = _days([entry for entry in remarks.entries if entry.uid != event.calendar_uid], base, remarks)
        remarks.entries = agenda_days.moved(remarks.entries, days, base)
    rows = db.session.scalars(db.select(Session).where(Session.event_id == event.id))
    return fitted(remarks, base, {row.calendar_uid: row.slug for row in rows}, event.calendar_uid), remarks


def _on_the_days_of(base: EventFile, file: EventFile, remarks: Reading) -> EventFile:
    days = _days(file.sessions, base, remarks)
    sessions = tuple(agenda_days.moved(file.sessions, days, base))
    return replace(file, sessions=sessions, choice_required=agenda_days.moved_slots(file.choice_required, days))


def _days(held: Sequence[Entry] | Sequence[SessionPart], base: EventFile, remarks: Reading) -> int:
    days = agenda_days.distance(held, base)
    if days:
        remarks.say(agenda_days.in_words(days))
    return days


def _calendar(content: bytes, zone: str) -> Reading:
    try:
        return read_ics(content.decode("utf-8-sig"), zone)
    except UnicodeDecodeError:
        found = read_ics(content.decode("cp1252", errors="replace"), zone)
        found.say("Ce fichier n’est pas en UTF-8\u00a0: relisez les accents")
        return found


def _json(content: bytes) -> dict[str, Any]:
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise NotAnAgenda from None
    if not isinstance(data, dict):
        raise NotAnAgenda
    return data


def _own(base: EventFile, data: dict[str, Any], content: bytes) -> EventFile:
    """A whole event file, of any event, or only its programme. Raises BadFile."""
    if "format" in data:
        file = reading.read_bytes(content)
    elif "sessions" in data and data.keys() <= set(drafting.PARTS):
        file = reading.read(writing.as_dict(base) | {name: [] for name in drafting.PARTS} | data)
    else:
        raise NotAnAgenda
    named = {seen.speaker for part in file.sessions for seen in part.speakers}
    speakers = tuple(part for part in file.speakers if part.slug in named)
    required = file.choice_required if file.timezone == base.timezone else ()  # local hours
    return replace(base, rooms=file.rooms, speakers=speakers, sessions=file.sessions, choice_required=required)


def _changes(old: SessionPart, new: SessionPart) -> list[str]:
    hours = ["horaire"] if (old.starts_at, old.ends_at) != (new.starts_at, new.ends_at) else []
    return hours + [label for name, label in SESSION.items() if getattr(old, name) != getattr(new, name)]


def _parts(file: EventFile) -> dict[str, Any]:
    whole = writing.as_dict(file)
    return {name: whole[name] for name in drafting.PARTS}


def _file(base: EventFile, kept: AgendaImport) -> EventFile:
    return reading.read(writing.as_dict(base) | kept.file)
