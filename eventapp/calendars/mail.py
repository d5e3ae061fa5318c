"""Calendar objects that travel by mail (iTIP, RFC 5546): one REQUEST or CANCEL, one UID, one recipient."""

import re
from datetime import UTC, datetime
from typing import Protocol

from icalendar import vCalAddress, vText
from icalendar.parser import Contentline

from eventapp.calendars.entries import Links, Row, entry_of, event_of, mark_cancelled
from eventapp.calendars.files import join, opening
from eventapp.formats import person
from eventapp.text import one_line

# At the beginning of a line, where no text can stand: a line that goes on begins with a space.
PERSONAL = re.compile(rb"^(SEQUENCE|DTSTAMP|LAST-MODIFIED|ATTENDEE):[^\r]*\r\n", re.MULTILINE)
MOST_KEPT = 500
_kept: dict[tuple[str, int, int, str, str, str], bytes] = {}
ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")


class Attendee(Protocol):
    email: str
    first_name: str
    last_name: str


def request(row: Row, attendee: Attendee, links: Links, *, organiser: str, sequence: int, stamp: datetime) -> bytes:
    """The entry to accept. `organiser`: the bare address that the mail comes from; `stamp`: the time of sending."""
    return _addressed(_frame(row, links, organiser, "REQUEST"), attendee, sequence, stamp)


def cancel(row: Row, attendee: Attendee, links: Links, *, organiser: str, sequence: int, stamp: datetime) -> bytes:
    """Takes the entry out of the recipient's calendar; `sequence` is above the last one sent to them."""
    return _addressed(_frame(row, links, organiser, "CANCEL"), attendee, sequence, stamp)


def _frame(row: Row, links: Links, organiser: str, method: str) -> bytes:
    """All but what differs from one recipient to the next; kept, as five thousand people may be told of one change."""
    event = event_of(row)
    name = event.organisation.name
    key = (row.calendar_uid, row.revision, event.revision, organiser, name, method)
    if key not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        entry = entry_of(row, links)
        if method == "CANCEL":
            mark_cancelled(entry, row.title, event.updated_at)
        entry.add("organizer", _mailbox(organiser, name))
        entry.add("attendee", vCalAddress("mailto:"))
        _kept[key] = join(opening(method=method), [event.timezone], [entry.to_ical()])
    return _kept[key]


def _addressed(frame: bytes, attendee: Attendee, sequence: int, stamp: datetime) -> bytes:
    moment = f"{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}".encode()
    guest = _mailbox(attendee.email, person(attendee))
    for name, value in (
        ("CUTYPE", "INDIVIDUAL"), ("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "ACCEPTED"), ("RSVP", "FALSE"),
    ):  # fmt: skip
        guest.params[name] = vText(value)
    lines = {
        b"SEQUENCE": b"SEQUENCE:%d" % sequence,
        b"DTSTAMP": b"DTSTAMP:" + moment,
        b"LAST-MODIFIED": b"LAST-MODIFIED:" + moment,
        b"ATTENDEE": Contentline.from_parts("ATTENDEE", guest.params, guest).to_ical(),
    }
    return PERSONAL.sub(lambda found: lines[found[1]] + b"\r\n", frame)


def _mailbox(address: str, name: str) -> vCalAddress:
    """A bare mailto:, and a CN without the quotes and carets that strict readers refuse."""
    if not ADDRESS.fullmatch(address) or one_line(address) != address:
        raise ValueError("not a bare address")
    mailbox = vCalAddress(f"mailto:{address}")
    common_name = re.sub(r"[\"^]+", " ", one_line(name)).strip()
    if common_name:
        mailbox.params["CN"] = vText(common_name)
    return mailbox
