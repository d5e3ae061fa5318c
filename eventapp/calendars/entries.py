"""One calendar entry (VEVENT) for an event or a session.

Pure: rows and public addresses in, component or bytes out. UID and SEQUENCE come from the rows, DTSTAMP and
LAST-MODIFIED from the time of their last change, so that the same rows always give the same bytes.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from eventapp.agenda.models import Session
from eventapp.calendars.folding import written
from eventapp.calendars.zones import vtimezone
from eventapp.events.models import Event
from eventapp.formats import person
from eventapp.markdown import plain
from eventapp.text import many_lines, one_line

LONGEST_LINE = 200
LONGEST_TEXT = 4_000
MOST_KEPT = 5_000
DRAFT = " (brouillon)"

Row = Event | Session
Links = Callable[[Any], str]  # the public, absolute address of the page of an event or a session


class Text(icalendar.vText):
    """TEXT as RFC 5545 (3.3.11) writes it. The library takes a typed « \\N », as in « C:\\Notes », for a line end."""

    def to_ical(self) -> bytes:
        text = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return text.encode()


_kept: dict[tuple[str, int, int], bytes] = {}


def entry_bytes(row: Row, links: Links) -> bytes:
    """The entry as it stands in any file, ending with CRLF; kept, as folding lines takes most of the time."""
    event = event_of(row)
    key = (row.calendar_uid, row.revision, event.revision)
    entry = _kept.get(key)
    if entry is None:
        entry = written(entry_of(row, links))
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = entry
    return entry


def entry_of(row: Row, links: Links) -> icalendar.Event:
    return event_entry(row, links(row)) if isinstance(row, Event) else session_entry(row, links(row))


def event_of(row: Row) -> Event:
    return row if isinstance(row, Event) else row.event


def event_entry(event: Event, url: str) -> icalendar.Event:
    """The event as a whole. Over several days it does not take the person's time."""
    entry = _entry(event, event.sequence, event.updated_at)
    _add_line(entry, "location", event.venue.one_line)
    _add_place(entry, event)
    _add_description(entry, [event.summary, plain(event.description)], f"Page de l’événement\u00a0: {url}")
    entry.add("url", url)
    lasts_several_days = event.local_start.date() != event.local_end.date()
    _add_status(entry, event.title, event.cancelled_at is not None, takes_time=not lasts_several_days)
    return entry


def session_entry(session: Session, url: str) -> icalendar.Event:
    """One session. What moves the event moves its sessions: their SEQUENCE is the sum of both numbers."""
    event = session.event
    entry = _entry(session, session.sequence + event.sequence, max(session.updated_at, event.updated_at))
    room = session.room.name if session.room else ""
    _add_line(entry, "location", ", ".join(filter(None, (room, event.venue.one_line))))
    _add_place(entry, event)
    _add_line(entry, "categories", session.kind.label)
    entry.add("related-to", event.calendar_uid)
    online = one_line(session.online_url or "")
    parts = [event.title, plain(session.description), "\n".join(_speakers(session))]
    if online:
        entry.add("conference", online, parameters={"VALUE": "URI", "FEATURE": "VIDEO"})
        parts.append(f"Lien pour suivre à distance\u00a0: {online}")
    _add_description(entry, parts, f"Page de la session\u00a0: {url}")
    entry.add("url", url)
    _add_status(entry, session.title, is_cancelled(session), takes_time=True)
    return entry


def is_cancelled(row: Row) -> bool:
    return row.cancelled_at is not None or event_of(row).cancelled_at is not None


def mark_cancelled(entry: icalendar.Event, title: str, stamp: datetime) -> None:
    """Cancelled for the one who reads, whatever the row says: their registration was cancelled."""
    for name in ("summary", "status", "transp"):
        entry.pop(name)
    _add_status(entry, title, True, takes_time=False)
    restamp(entry, max(stamp, entry.decoded("last-modified")))


def mark_draft(entry: icalendar.Event, title: str) -> None:
    """For the team that prepares it."""
    for name in ("summary", "status"):
        entry.pop(name)
    _add_line(entry, "summary", f"{shorten(one_line(title), LONGEST_LINE - len(DRAFT))}{DRAFT}")
    entry.add("status", "TENTATIVE")


def restamp(entry: icalendar.Event, stamp: datetime) -> None:
    for name in ("dtstamp", "last-modified"):
        entry.pop(name)
        entry.add(name, stamp.astimezone(UTC))


def shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def _entry(row: Row, sequence: int, changed_at: datetime) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", row.calendar_uid)
    entry.add("sequence", sequence)
    entry.add("dtstamp", changed_at.astimezone(UTC))
    entry.add("last-modified", changed_at.astimezone(UTC))
    for name, moment in zip(("dtstart", "dtend"), _moments(row), strict=True):
        entry.add(name, moment)
    entry.add("class", "PUBLIC")
    return entry


def _moments(row: Row) -> list[datetime]:
    """Local, or in UTC where an hour alone would not say which: clocks show some twice in a night of autumn."""
    zone = ZoneInfo(event_of(row).timezone)
    moments = [moment.astimezone(zone) for moment in (row.starts_at, row.ends_at)]
    is_twice = any(moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset() for moment in moments)
    if is_twice or vtimezone(event_of(row).timezone) is None:
        return [moment.astimezone(UTC) for moment in moments]
    return moments


def _add_status(entry: icalendar.Event, title: str, cancelled: bool, *, takes_time: bool) -> None:
    _add_line(entry, "summary", f"Annulé\u00a0: {title}" if cancelled else title)
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    entry.add("transp", "TRANSPARENT" if cancelled or not takes_time else "OPAQUE")


def _add_line(entry: icalendar.Event, name: str, text: str) -> None:
    line = shorten(one_line(text), LONGEST_LINE)
    if line:
        entry.add(name, Text(line))


def _add_place(entry: icalendar.Event, event: Event) -> None:
    venue = event.venue
    if venue.latitude is not None and venue.longitude is not None:
        entry.add("geo", (round(venue.latitude, 6), round(venue.longitude, 6)))


def _add_description(entry: icalendar.Event, parts: Iterable[str], address: str) -> None:
    """Words first, then the public address, which some calendars show nowhere else."""
    words = shorten("\n\n".join(filter(None, map(many_lines, parts))), LONGEST_TEXT)
    entry.add("description", Text("\n\n".join(filter(None, (words, many_lines(address))))))


def _speakers(session: Session) -> Iterable[str]:
    for appearance in session.appearances:
        speaker = appearance.speaker
        name = " ".join(filter(None, (speaker.civility, person(speaker))))
        details = ", ".join(filter(None, (name, speaker.function, speaker.organisation)))
        note = f" ({appearance.note})" if appearance.note else ""
        yield one_line(f"{appearance.role.label}\u00a0: {details}{note}")
