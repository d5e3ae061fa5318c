"""The tree of a mail that carries a calendar, part by part, as it leaves: what Outlook and Thunderbird depend on.

The files in `golden/` were read by a person; what differs from one run to the next is written as its name."""

import base64
import re
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.events.models import Venue
from eventapp.extensions import db
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.models import KeptMail
from eventapp.registrations import seats
from eventapp.registrations.models import CalendarWish
from eventapp.registrations.self_service import calendar
from tests.factories import NOW, make_event, make_organisation, make_person, make_room, make_session

GOLDEN = Path(__file__).with_name("golden")
MAILS = ("request", "session-request", "cancel", "session-cancel")  # in the order in which they leave
SHOWN = ("From", "To", "Reply-To", "Subject", "MIME-Version", "Auto-Submitted")


@pytest.fixture
def mails(app, monkeypatch, in_november):
    """A place with an entry for each session, then given up."""
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)
    organisation = make_organisation(name="SGAR Hauts-de-France", email="sgar@rencontres.example")
    venue = Venue(name="Préfecture", address="12, rue Jean-sans-Peur", postcode="59000", city="Lille")
    facts = {"slug": "rencontre", "title": "Rencontre régionale", "calendar_uid": "event-1@rencontres.example"}
    event = make_event(organisation, venue=venue, **facts)
    workshop = make_session(
        event, slug="atelier", title="Atelier", booking=BookingMode.REQUIRED,
        calendar_uid="session-1@rencontres.example", room=make_room(event, name="Salle Vauban"),
    )  # fmt: skip
    person = make_person(first_name="Zoé", last_name="Le Gall", email="zoe@agents.example")
    registration = seats.register(event, person, sessions=[workshop], now=NOW)
    calendar.choose(registration, CalendarWish.SESSIONS, now=NOW)
    _deliver(NOW)
    seats.cancel(registration, now=NOW + timedelta(hours=1), by="person")
    _deliver(NOW + timedelta(hours=1))
    return dict(
        zip(MAILS, [kept.source for kept in db.session.scalars(db.select(KeptMail).order_by(KeptMail.id))], strict=True)
    )


def _deliver(now: datetime) -> None:
    db.session.commit()
    deliver_due(now=now + timedelta(minutes=1), limit=20)


def outline(source: bytes) -> str:
    """Headers and part tree, each calendar in full, texts by their first words."""
    mail = message_from_bytes(source, policy=default)
    lines = [f"{name}: {mail[name]}" for name in SHOWN if mail[name] is not None]
    return "\n".join([*lines, "", *_parts(mail, 0, []), ""])


def _parts(part, depth, seen):
    margin = "    " * depth
    params = "".join(f"; {name}={value}" for name, value in part.get_params()[1:] if name != "boundary")
    encoding = f" [{part['Content-Transfer-Encoding']}]" if part["Content-Transfer-Encoding"] else ""
    disposition = f" ({part['Content-Disposition']})" if part["Content-Disposition"] else ""
    yield f"{margin}{part.get_content_type()}{params}{encoding}{disposition}"
    if part.is_multipart():
        for child in part.iter_parts():
            yield from _parts(child, depth + 1, seen)
    elif part.get_content_subtype() in ("calendar", "ics"):
        content = part.get_payload(decode=True)
        assert base64.encodebytes(content).replace(b"\n", b"\r\n") == part.get_payload().encode()
        assert content.count(b"\r\n") == content.count(b"\n")
        shown = content.decode().replace("\r\n ", "").split("\r\n")[:-1] if content not in seen else ["the same object"]
        seen.append(content)
        yield from (f"{margin}    | {line}" for line in shown)


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_has_the_structure_that_was_read_and_agreed(mails, name):
    assert outline(mails[name]) == (GOLDEN / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", MAILS)
def test_lines_end_as_on_the_wire_and_none_is_long(mails, name):
    lines = mails[name].split(b"\r\n")
    assert [line for line in lines if re.search(rb"[\r\n]", line) or len(line) > 998] == []
    assert mails[name].isascii()
