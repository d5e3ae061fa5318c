"""Programs of other people that read calendars. Each gives what it understood; none was written by us.

`READERS[name](content, folder) -> list[Entry]`; a reader that refuses the file raises.
"""

from tests.calendars.readers import icalendar_reader, icaljs, python_ical, radicale_server, vobject_reader
from tests.calendars.readers.entry import Entry

READERS = {
    "icalendar": icalendar_reader.read,
    "ical (Home Assistant)": python_ical.read,
    "ical.js (Thunderbird, Nextcloud)": icaljs.read,
    "vobject": vobject_reader.read,
    "Radicale": radicale_server.read,
}
QUICK = (icalendar_reader.read, python_ical.read, vobject_reader.read, icaljs.read)

__all__ = ["QUICK", "READERS", "Entry"]
