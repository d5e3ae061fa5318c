"""icalendar, reading back what it wrote: the reference, not an independent opinion."""

import icalendar

from tests.calendars.readers.entry import Entry, instant


def read(content, folder=None):
    calendar = icalendar.Calendar.from_ical(content)
    assert not [error for part in calendar.walk() for error in part.errors]
    return [_entry(event) for event in calendar.walk("VEVENT")]


def _entry(event):
    start, end = (instant(event.decoded(name)) for name in ("dtstart", "dtend"))
    title, status, location, description = (
        str(event.get(name, "")) for name in ("summary", "status", "location", "description")
    )
    return Entry(str(event["uid"]), start, end, title, status, event["sequence"], location, description)
