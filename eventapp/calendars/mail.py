"""Calendar objects that travel by mail (iTIP, RFC 5546): one REQUEST or CANCEL, one UID, one recipient."""

import re
from datetime import datetime
from typing import Protocol

import icalendar
from icalendar import vCalAddress, vText

from eventapp.calendars.entries import Links, Row, entry_of, event_of, mark_cancelled, restamp
from eventapp.calendars.files import join, opening
from eventapp.formats import person
from eventapp.text import one_line

ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")


class Attendee(Protocol):
    email: str
    first_name: str
    last_name: str


def request(row: Row, attendee: Attendee, links: Links, *, organiser: str, sequence: int, stamp: datetime) -> bytes:
    """The entry to accept. `organiser`: the bare address that the mail comes from; `stamp`: the time of sending."""
    entry = _addressed(row, attendee, links, organiser, sequence)
    restamp(entry, stamp)
    return join(opening(method="REQUEST"), [event_of(row).timezone], [entry.to_ical()])


def cancel(row: Row, attendee: Attendee, links: Links, *, organiser: str, sequence: int, stamp: datetime) -> bytes:
    """Takes the entry out of the recipient's calendar; `sequence` is above the last one sent to them."""
    entry = _addressed(row, attendee, links, organiser, sequence)
    mark_cancelled(entry, row.title, stamp)
    restamp(entry, stamp)
    return join(opening(method="CANCEL"), [event_of(row).timezone], [entry.to_ical()])


def _addressed(row: Row, attendee: Attendee, links: Links, organiser: str, sequence: int) -> icalendar.Event:
    entry = entry_of(row, links)
    entry.pop("sequence")
    entry.add("sequence", sequence)
    entry.add("organizer", _mailbox(organiser, event_of(row).organisation.name))
    guest = _mailbox(attendee.email, person(attendee))
    for name, value in (
        ("CUTYPE", "INDIVIDUAL"), ("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "ACCEPTED"), ("RSVP", "FALSE"),
    ):  # fmt: skip
        guest.params[name] = vText(value)
    entry.add("attendee", guest)
    return entry


def _mailbox(address: str, name: str) -> vCalAddress:
    """A bare mailto:, and a CN without the quotes and carets that strict readers refuse."""
    if not ADDRESS.fullmatch(address) or one_line(address) != address:
        raise ValueError("not a bare address")
    mailbox = vCalAddress(f"mailto:{address}")
    common_name = re.sub(r"[\"^]+", " ", one_line(name)).strip()
    if common_name:
        mailbox.params["CN"] = vText(common_name)
    return mailbox
