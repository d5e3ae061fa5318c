"""The MIME structure of letters with a calendar part, as clients need it: files reviewed by eye, compared whole."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.extensions import db
from eventapp.outbox import mime
from eventapp.outbox.models import Message
from eventapp.outbox.rendering import render
from eventapp.registrations import seats
from eventapp.registrations.models import CalendarWish
from eventapp.registrations.self_service import calendar
from tests.calendars.lint import faults
from tests.factories import NOW, make_event, make_organisation, make_person, make_session

GOLDEN = Path(__file__).with_name("golden")
HOUR = timedelta(hours=1)
WHO = ("ORGANIZER", "ATTENDEE")


@pytest.fixture
def sources():
    """The confirmation, one entry for each session, then the letters that say that one of two was given up for a third:
    what leaves, in this order."""
    organisation = make_organisation(name="SGAR Hauts-de-France", slug="sgar")
    event = make_event(organisation, slug="rencontre", title="Rencontre régionale", calendar_uid="event-1@r.example")
    one, two = (
        make_session(
            event, slug=title.lower(), title=title, booking=BookingMode.REQUIRED,
            starts_at=event.starts_at + n * HOUR, calendar_uid=f"session-{n}@r.example",
        )
        for n, title in enumerate(("Budget", "Accueil"))
    )  # fmt: skip
    person = make_person(first_name="Zoé", last_name="Le Gall", email="zoe@agents.example")
    registration = seats.register(event, person, sessions=[one], now=NOW)
    calendar.choose(registration, CalendarWish.SESSIONS, now=NOW)
    before = [source(message) for message in letters()]
    seats.change_sessions(registration, [two], now=NOW + HOUR, by="person")
    return before + [source(message) for message in letters()[len(before) :]]


def letters():
    return db.session.scalars(db.select(Message).order_by(Message.id)).all()


def source(message):
    envelope = mime.Envelope(
        message_id=message.message_id, sender="rencontres@sgar.example", recipient=message.to, sent_at=NOW,
        calendar_method=message.calendar_method,
    )  # fmt: skip
    return mime.build(envelope, render(message)).as_bytes()


def outline(part, depth=0):
    """Each part with what its headers say, and the calendar part whole, unlike its bytes without CRLF."""
    params = "".join(f"; {name}={value}" for name, value in part.get_params()[1:] if name != "boundary")
    words = [part.get_content_type() + params, part["Content-Transfer-Encoding"], part["Content-Disposition"]]
    yield "  " * depth + " | ".join(str(word) for word in words if word is not None)
    for piece in part.iter_parts():
        yield from outline(piece, depth + 1)
    if part.get_content_type() == "text/calendar":
        content = part.get_payload(decode=True)
        assert faults(content) == []
        yield from ("  " * (depth + 1) + line for line in content.decode().split("\r\n") if line)


def test_the_structure_of_each_letter_is_the_one_reviewed(sources):
    mails = [message_from_bytes(source, policy=default) for source in sources]
    found = [f"Subject: {mail['Subject']}\n" + "\n".join(outline(mail)) for mail in mails]
    text = re.sub(r"localhost(:\d+)?", "r.example", "\n\n".join(found)) + "\n"
    assert text == (GOLDEN / "mails.txt").read_text(encoding="utf-8")


def test_the_calendar_part_is_the_last_alternative_and_says_its_method(sources):
    for raw in sources:
        mail = message_from_bytes(raw, policy=default)
        alternative = next(part for part in mail.walk() if part.get_content_type() == "multipart/alternative")
        kinds = [part.get_content_type() for part in alternative.iter_parts()]
        assert kinds == ["text/plain", "text/html", "text/calendar"]
        part = list(alternative.iter_parts())[-1]
        content = part.get_payload(decode=True)
        method = re.findall(rb"^METHOD:(\w+)\r$", content, re.MULTILINE)
        assert [part.get_param("method").encode()] == method
        assert (content.count(b"UID:"), part["Content-Disposition"], part["Content-Transfer-Encoding"]) == (
            1,
            None,
            "base64",
        )


def test_the_organiser_of_the_entry_is_who_writes_and_never_who_reads(sources):
    for raw in sources:
        mail = message_from_bytes(raw, policy=default)
        part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
        text = part.get_payload(decode=True).replace(b"\r\n ", b"").decode()
        organiser, attendee = (re.findall(rf"^{name}[;:].*mailto:(\S+)", text, re.MULTILINE) for name in WHO)
        assert attendee == ["zoe@agents.example"] == [mail["To"]]
        assert (len(organiser), organiser == attendee) == (1, False)
