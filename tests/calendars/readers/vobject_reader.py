"""vobject, the reader of Radicale, with its table of what may occur how often."""

import vobject

from tests.calendars.readers.entry import Entry, instant


def read(content, folder=None):
    (calendar,) = vobject.readComponents(content.decode())
    calendar.validate(raiseException=True)
    return [_entry(event) for event in calendar.contents.get("vevent", [])]


def _entry(event):
    def value(name, default=""):
        return event.contents[name][0].value if name in event.contents else default

    start, end = instant(value("dtstart")), instant(value("dtend"))
    status, sequence = value("status"), int(value("sequence", 0))
    return Entry(value("uid"), start, end, value("summary"), status, sequence, value("location"), value("description"))
