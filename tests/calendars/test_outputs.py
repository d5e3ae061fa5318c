"""Everything that leaves for a calendar, of an event that has all that an event can have, as other programs read it:
the same as the database says."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
import time_machine

from eventapp import tokens
from eventapp.accounts import feeds
from eventapp.accounts.models import Membership
from eventapp.agenda.models import BookingMode, Kind
from eventapp.events.models import Venue
from eventapp.extensions import db
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.models import KeptMail
from eventapp.registrations import seats
from eventapp.registrations.models import CalendarWish, Registration
from eventapp.registrations.self_service import calendar
from tests.calendars.lint import faults
from tests.calendars.mail_program import invitation_of
from tests.calendars.readers import QUICK, READERS
from tests.calendars.readers.entry import instant
from tests.factories import NOW, make_event, make_person, make_room, make_session, make_speaker, make_user

HOUR = timedelta(hours=1)
WHEN = [
    pytest.param("Europe/Paris", datetime(2027, 1, 14, 8, tzinfo=UTC), id="winter"),
    pytest.param("Europe/Paris", datetime(2027, 7, 1, 7, tzinfo=UTC), id="summer"),
    pytest.param("America/Martinique", datetime(2027, 7, 1, 13, tzinfo=UTC), id="martinique"),
]
LONG = "Ouverture par Mme la préfète, « Territoires ; services, usages » : " + "é" * 100 + " \\o/ 👩‍💻"


@pytest.fixture
def demonstration(app, monkeypatch):
    """Mails are kept instead of leaving, on a day before the event."""
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)
    with time_machine.travel(NOW, tick=False):
        yield


def furnished(zone, starts_at):
    venue = Venue(
        name="Préfecture", address="12, rue Jean-sans-Peur ; porte B", postcode="59000", city="Lille",
        latitude=50.633333, longitude=3.066667,
    )  # fmt: skip
    event = make_event(
        slug="rencontre", title="Rencontre, 2027 ; « suite »", summary="Une journée.", description="**Plénière** ; *x*",
        venue=venue, timezone=zone, starts_at=starts_at, ends_at=starts_at + 8 * HOUR, sequence=3,
    )  # fmt: skip
    speaker = make_speaker(event, function="préfète ; Hauts-de-France, « région »", organisation="SGAR")
    room = make_room(event, name="Salle Vauban, 1er étage ; aile B")
    booked = {"booking": BookingMode.REQUIRED, "room": room}
    sessions = [
        make_session(event, speaker, title=LONG, slug="s", room=room, kind=Kind.OPENING, description="- a\n- **b**, c"),
        make_session(event, title="Visio", starts_at=starts_at + HOUR, online_url="https://visio.example/a?b=1,2;c"),
        make_session(event, title="Annulée", starts_at=starts_at + 2 * HOUR, cancelled_at=NOW, sequence=2),
        make_session(event, title="Atelier A", starts_at=starts_at + 3 * HOUR, sequence=4, **booked),
        make_session(event, title="Atelier B", starts_at=starts_at + 4 * HOUR, **booked),
    ]
    return event, sessions


def truth(row, *, cancelled=False, sequence=None):
    event = getattr(row, "event", row)
    room = getattr(row, "room", None)
    numbers = [row.sequence] if row is event else [row.sequence, event.sequence]
    is_cancelled = cancelled or row.cancelled_at is not None
    return {
        "uid": row.calendar_uid,
        "start": instant(row.starts_at),
        "end": instant(row.ends_at),
        "title": f"Annulé\u00a0: {row.title}" if is_cancelled else row.title,
        "status": "CANCELLED" if is_cancelled else "CONFIRMED",
        "sequence": sum(numbers) if sequence is None else sequence,
        "location": ", ".join([*([room.name] if room else []), event.venue.one_line]),
    }


def understood(read, content, folder):
    return [{name: getattr(entry, name) for name in FACTS} for entry in read(content, folder)]


FACTS = ("uid", "start", "end", "title", "status", "sequence", "location")


def registered(event, *sessions):
    registration = seats.register(event, make_person(first_name="Zoé"), sessions=sessions, now=NOW)
    calendar.choose(registration, CalendarWish.SESSIONS, now=NOW)
    return registration


def addresses(event, sessions, registration):
    """Each calendar address, and the rows that it shows."""
    opening, online, cancelled, a, _ = sessions
    membership = make_member(event)
    personal = tokens.reveal(Registration.PURPOSE, registration.nonce)
    secret = tokens.reveal(Registration.FEED_PURPOSE, registration.feed_nonce)
    return {
        "/evenements/rencontre/evenement.ics": [event],
        "/evenements/rencontre/sessions/s.ics": [opening],
        "/evenements/rencontre/calendrier.ics": sessions,
        "/calendrier.ics": [event],
        "/regions/hauts-de-france/calendrier.ics": [event],
        f"/mon-inscription/{personal}/agenda.ics": [opening, online, a],
        f"/agenda/{secret}/rencontre.ics": [opening, online, cancelled, a],
        feeds.address(membership).removeprefix("http://localhost"): [event],
    }


def make_member(event):
    user = make_user(event.organisation)
    membership = db.session.scalars(db.select(Membership).where(Membership.user_id == user.id)).one()
    feeds.renew(membership, now=NOW)
    return membership


@pytest.mark.parametrize(("zone", "starts_at"), WHEN)
def test_every_address_gives_every_reader_what_the_database_says(client, tmp_path, demonstration, zone, starts_at):
    event, sessions = furnished(zone, starts_at)
    expected = addresses(event, sessions, registered(event, sessions[3]))
    for path, rows in expected.items():
        content = client.get(path).data
        assert faults(content) == []
        for read in QUICK:
            assert understood(read, content, tmp_path) == [truth(row) for row in rows], (path, read.__module__)


def test_a_calendar_server_takes_the_largest_of_them(client, tmp_path, demonstration):
    _, sessions = furnished(*WHEN[1].values)
    content = client.get("/evenements/rencontre/calendrier.ics").data
    assert understood(READERS["Radicale"], content, tmp_path) == [truth(session) for session in sessions]


def sent():
    """The calendar objects that left, in order, each with its METHOD."""
    db.session.commit()
    deliver_due(now=NOW + 2 * HOUR, limit=50)
    for kept in db.session.scalars(db.select(KeptMail).order_by(KeptMail.id)):
        part = invitation_of(message_from_bytes(kept.source, policy=default))
        if part is not None:
            yield part.get_param("method"), part.get_payload(decode=True)


def test_every_mail_gives_every_reader_what_the_database_says(client, tmp_path, demonstration):
    event, sessions = furnished(*WHEN[0].values)
    registration = registered(event, sessions[3])
    objects = list(sent())
    seats.cancel(registration, now=NOW + HOUR, by="person")
    objects = [*objects, *list(sent())[len(objects) :]]
    expected = [
        ("REQUEST", truth(event)),
        ("REQUEST", truth(sessions[3])),
        ("CANCEL", truth(event, cancelled=True, sequence=4)),
        ("CANCEL", truth(sessions[3], cancelled=True, sequence=8)),
    ]
    assert [method for method, _ in objects] == [method for method, _ in expected]
    for number, ((_, content), (_, row)) in enumerate(zip(objects, expected, strict=True)):
        assert faults(content) == []
        for name, read in READERS.items():
            folder = tmp_path / f"{number}"
            folder.mkdir(exist_ok=True)
            assert understood(read, content, folder) == [row], name
