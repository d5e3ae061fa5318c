"""A person's mail program and calendar: what arrives by mail is done to a calendar on a CalDAV server (RFC 5546).

Written from the standard and from what Thunderbird and Outlook do, knowing nothing of the product.
"""

import base64
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import lru_cache
from urllib.parse import quote

import caldav
import icalendar

from tests.calendars.readers import Entry, icaljs, python_ical, vobject_reader

OPINIONS = (icaljs.read, python_ical.read, vobject_reader.read)


class MailProgram:
    """`takes_file`: imports once, by hand, the agenda that the first mail brings."""

    def __init__(self, server: str, address: str, *, takes_file: bool = False) -> None:
        self.address, self.takes_file, self.obeyed = address, takes_file, 0
        self.client = caldav.DAVClient(url=server, username=address, password="")
        self.calendar = self.client.principal().make_calendar(name=address)
        self.gone: dict[str, int] = {}  # what was cancelled, and by which SEQUENCE

    def receive(self, source: bytes) -> None:
        mail = message_from_bytes(source, policy=default)
        assert mail["To"] == self.address
        part = invitation_of(mail)
        if part is not None:
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            self.obey(content, str(part.get_param("method")))
        if self.takes_file:
            self.take_file(mail)
            self.takes_file = False

    def obey(self, content: bytes, method: str) -> None:
        """One object, addressed to us; what is not newer than what is known is left aside."""
        calendar = icalendar.Calendar.from_ical(content)
        (entry,) = calendar.walk("VEVENT")
        assert calendar["method"] == method
        attendees = entry["attendee"] if isinstance(entry["attendee"], list) else [entry["attendee"]]
        self.obeyed += 1
        assert [str(attendee) for attendee in attendees] == [f"mailto:{self.address}"]
        uid, sequence = str(entry["uid"]), int(entry["sequence"])
        if sequence <= self.known(uid):
            return
        if method == "REQUEST":
            self.put(uid, re.sub(rb"(?m)^METHOD:.*\r\n", b"", content))
            self.gone.pop(uid, None)
        elif method == "CANCEL" and (resource := self.resource(uid)) is not None:
            resource.delete()
            self.gone[uid] = sequence

    def take_file(self, mail: EmailMessage) -> None:
        """Each entry that is not there yet."""
        (content,) = [p.get_payload(decode=True) for p in mail.iter_attachments() if _is_agenda(p)]
        start, *entries = re.split(rb"(?m)(?=^BEGIN:VEVENT\r$)", content.removesuffix(b"END:VCALENDAR\r\n"))
        for entry in entries:
            alone = start + entry + b"END:VCALENDAR\r\n"
            uid = str(icalendar.Calendar.from_ical(alone).walk("VEVENT")[0]["uid"])
            if self.known(uid) < 0:
                self.put(uid, alone)

    def put(self, uid: str, content: bytes) -> None:
        """As it is: the client's own `save_event` raises SEQUENCE by itself."""
        address = self.calendar.url.join(f"{quote(uid)}.ics")
        answer = self.client.put(str(address), content.decode(), {"Content-Type": "text/calendar; charset=utf-8"})
        assert answer.status in (201, 204), answer.reason

    def known(self, uid: str) -> int:
        """The SEQUENCE that this calendar has seen; −1 when it never heard of it."""
        resource = self.resource(uid)
        if resource is None:
            return self.gone.get(uid, -1)
        return int(resource.icalendar_component["sequence"])

    def resource(self, uid: str) -> caldav.Event | None:
        found = (one for one in self.calendar.events() if str(one.icalendar_component["uid"]) == uid)
        return next(found, None)

    def shows(self) -> list[Entry]:
        """Every entry of the calendar, asked of the server anew, on whose reading three programs agree."""
        shown = []
        for resource in self.calendar.events():
            shown += agreed(resource.data.encode())
        return sorted(shown, key=lambda entry: (entry.start, entry.title))


@lru_cache(maxsize=64)
def agreed(content: bytes) -> list[Entry]:
    opinions = [read(content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")) for read in OPINIONS]
    assert all(opinion == opinions[0] for opinion in opinions), opinions
    return opinions[0]


def invitation_of(mail: EmailMessage) -> EmailMessage | None:
    """The last alternative, where programs look for it."""
    bodies = [part for part in mail.walk() if part.get_content_type() == "multipart/alternative"]
    last = list(bodies[0].iter_parts())[-1] if bodies else mail
    return last if last.get_content_type() == "text/calendar" else None


def _is_agenda(part: EmailMessage) -> bool:
    """A file without METHOD."""
    content = part.get_payload(decode=True)
    return part.get_content_type() == "application/ics" and b"\r\nMETHOD:" not in content


def changed(source: bytes, pattern: bytes, by: bytes) -> bytes:
    """The same mail, whose calendar object says something else: for tests of the tests."""
    mail = message_from_bytes(source, policy=default)
    part = invitation_of(mail)
    if part is not None:
        content = re.sub(pattern, by, part.get_payload(decode=True))
        part.set_payload(base64.encodebytes(content))
    return mail.as_bytes()
