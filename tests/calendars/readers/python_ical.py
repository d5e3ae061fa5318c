"""ical, of Home Assistant: a strict model that refuses what it does not know."""

from ical.calendar_stream import IcsCalendarStream

from tests.calendars.readers.entry import Entry, instant


def read(content, folder=None):
    calendars = IcsCalendarStream.from_ics(content.decode()).calendars
    return [_entry(event) for calendar in calendars for event in calendar.events]


def _entry(event):
    return Entry(
        event.uid,
        instant(event.dtstart),
        instant(event.dtend),
        event.summary or "",
        event.status.value,
        event.sequence,
        event.location or "",
        event.description or "",
    )
