"""Whole calendar files: downloads of one entry, a person's agenda, feeds to subscribe to.

None of them carries METHOD, ORGANIZER or ATTENDEE: with an ORGANIZER, Outlook asks for an answer to a file and other
programs write to the organiser.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, vText

from eventapp.calendars.entries import (
    LONGEST_LINE,
    Links,
    Row,
    Text,
    entry_bytes,
    entry_of,
    event_of,
    is_cancelled,
    mark_cancelled,
    mark_draft,
    shorten,
)
from eventapp.calendars.folding import written
from eventapp.calendars.zones import vtimezone
from eventapp.events.models import Event, Status
from eventapp.text import one_line

PRODID = "-//eventapp//Rencontres France services//FR"
CONTENT_TYPE = "text/calendar; charset=utf-8"
REFRESH = timedelta(hours=1)


def download(row: Row, links: Links) -> bytes:
    """One event or one session. No calendar name: Outlook would open a calendar of that name."""
    return join(opening(), [event_of(row).timezone], [entry_bytes(row, links)])


def agenda(name: str, rows: Iterable[Row], links: Links, *, zone: str) -> bytes:
    """What a person attends, to be imported once: what is cancelled is left out."""
    held = [row for row in rows if not is_cancelled(row)]
    return join(opening(name=name), _zones(held, zone), [entry_bytes(row, links) for row in held])


def feed(
    name: str,
    rows: Iterable[Row],
    links: Links,
    *,
    zone: str,
    now: datetime,
    cancelled_at: datetime | None = None,
) -> bytes:
    """A subscription. What is cancelled stays, marked so, until its day has passed: programs then withdraw it.

    `zone` is written even when nothing is left. `cancelled_at`: the reader's own registration was cancelled by the
    organiser then, so that everything is cancelled for them.
    """
    kept = [row for row in rows if not (cancelled_at or is_cancelled(row)) or not _is_over(row, now)]
    entries = [_cancelled(row, links, cancelled_at) if cancelled_at else entry_bytes(row, links) for row in kept]
    return join(opening(name=name, refresh=True), _zones(kept, zone), entries)


def team_feed(name: str, events: Iterable[Event], links: Links, *, zone: str, now: datetime) -> bytes:
    """What an organisation prepares, drafts included."""
    kept = [event for event in events if not is_cancelled(event) or not _is_over(event, now)]
    entries = [_draft(event, links) if event.status is Status.DRAFT else entry_bytes(event, links) for event in kept]
    return join(opening(name=name, refresh=True), _zones(kept, zone), entries)


def join(start: bytes, zones: Iterable[str], entries: Iterable[bytes]) -> bytes:
    components = (component for name in zones if (component := vtimezone(name)))
    return b"".join((start, *components, *entries, b"END:VCALENDAR\r\n"))


@lru_cache(maxsize=256)
def opening(*, name: str = "", method: str = "", refresh: bool = False) -> bytes:
    """BEGIN:VCALENDAR and the calendar's own properties."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    if name:
        title = Text(shorten(one_line(name), LONGEST_LINE))
        calendar.add("name", title)
        calendar.add("x-wr-calname", title)
    if refresh:
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vText("PT1H"))
    return calendar.to_ical().removesuffix(b"END:VCALENDAR\r\n")


def _zones(rows: Iterable[Row], default: str) -> list[str]:
    return list(dict.fromkeys(event_of(row).timezone for row in rows)) or [default]


def _cancelled(row: Row, links: Links, stamp: datetime) -> bytes:
    entry = entry_of(row, links)
    mark_cancelled(entry, row.title, stamp)
    return written(entry)


def _draft(event: Event, links: Links) -> bytes:
    entry = entry_of(event, links)
    mark_draft(entry, event.title)
    return written(entry)


def _is_over(row: Row, now: datetime) -> bool:
    zone = ZoneInfo(event_of(row).timezone)
    return row.ends_at.astimezone(zone).date() < now.astimezone(zone).date()
