"""Teams share calendars: in no file, feed, mail part or attachment is there a personal link or anybody else."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from eventapp import tokens
from eventapp.accounts import feeds
from eventapp.accounts.models import Membership
from eventapp.agenda import editing
from eventapp.agenda.models import BookingMode, Session
from eventapp.events import lifecycle
from eventapp.extensions import db
from eventapp.invitations.models import Guest, Invitation
from eventapp.outbox import mime
from eventapp.outbox.letters import NothingToSay
from eventapp.outbox.models import Message
from eventapp.outbox.rendering import SECRET, render
from eventapp.registrations import links, notices, seats
from eventapp.registrations.groups.models import Party
from eventapp.registrations.models import CalendarWish, Registration
from eventapp.registrations.people import Colleague
from eventapp.registrations.self_service import calendar, transfers
from eventapp.registrations.sessions import session_changes
from tests.factories import (
    NOW,
    make_event,
    make_guest,
    make_invitation,
    make_party,
    make_person,
    make_room,
    make_session,
    make_speaker,
    make_user,
)

HOUR = timedelta(hours=1)
FEEDS = 8  # at least, of which three are personal


@pytest.fixture
def event():
    """Everything that an event may hold, and people of whom nothing may be read."""
    event = make_event(slug="rencontre", summary="Deux mots", description="**Venez** nombreux", offer_hours=24)
    facts = {"booking": BookingMode.REQUIRED, "capacity": 2, "room": make_room(event)}
    for number, title in enumerate(("Budget", "Numérique", "Accueil")):
        online = {"online_url": "https://visio.example/salle"}
        make_session(
            event, make_speaker(event), title=title, starts_at=event.starts_at + number * HOUR, **facts, **online
        )
    make_invitation(make_guest(event))
    make_party(event)
    return event


@pytest.fixture
def people(event):
    """Who comes, waits for a session, gave up, passed on; each wants all calendar mail."""
    sessions = db.session.scalars(Session.of(event)).all()
    found = [seats.register(event, make_person(), sessions=sessions, now=NOW) for _ in range(4)]
    for registration in found:
        calendar.choose(registration, CalendarWish.SESSIONS, now=NOW)
    seats.change_sessions(found[0], sessions[1:], now=NOW + HOUR, by="person")
    colleague = Colleague(first_name="Zoé", last_name="Colleguine", email="zoe.colleguine@agents.example")
    found.append(transfers.pass_on(found[1], colleague, now=NOW + HOUR, by="person"))
    return found


def secrets():
    """Every token of every link there is."""
    rows = [
        (kind.PURPOSE, row.nonce)
        for kind in (Registration, Invitation, Party)
        for row in db.session.scalars(db.select(kind))
    ]
    rows += [(Registration.FEED_PURPOSE, row.feed_nonce) for row in db.session.scalars(db.select(Registration))]
    rows += [(Membership.FEED_PURPOSE, row.feed_nonce) for row in db.session.scalars(db.select(Membership))]
    return {tokens.reveal(purpose, nonce) for purpose, nonce in rows if nonce}


def names_of(rows):
    """What tells who they are."""
    return {fact for row in rows for fact in (row.email, row.last_name) if fact}


def unfolded(content):
    return content.replace(b"\r\n ", b"").decode()


def assert_clean(content, others):
    text = unfolded(content)
    assert text.startswith("BEGIN:VCALENDAR")
    found = [word for word in (*secrets(), *others) if word.lower() in text.lower()]
    assert (found, SECRET.findall(text)) == ([], [])


def addresses(app, event, registration, membership):
    """Every calendar address of the application, with what makes it answer."""
    known = {"slug": event.slug, "session_slug": db.session.scalars(Session.of(event)).first().slug}
    known |= {"region_slug": "hauts-de-france", "name": "agenda"}
    token = {
        "calendars.agenda": links.token(registration),
        "calendars.feed": links.feed(registration).split("/")[-2],
        "calendars.team": feeds.address(membership).split("/")[-2],
    }
    bound = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.rule.endswith(".ics"):
            values = {name: value for name, value in known.items() if name in rule.arguments}
            yield bound.build(
                rule.endpoint, values | ({"token": token[rule.endpoint]} if "token" in rule.arguments else {})
            )


def test_no_file_or_feed_tells_a_secret_or_a_name(app, client, event, people):
    membership = make_user(event.organisation).memberships[0]
    feeds.renew(membership, now=NOW)
    others = names_of(people) | names_of(db.session.scalars(db.select(Guest))) | {membership.user.email}
    paths = list(addresses(app, event, people[0], membership))
    assert (len(paths) >= FEEDS, len(secrets()) > len(people)) == (True, True)
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert_clean(answer.data, others)


def calendars_of(message):
    """What a letter's calendar part and its .ics attachments hold."""
    envelope = mime.Envelope(
        message_id=message.message_id, sender="rencontres@sgar.example", recipient=message.to, sent_at=NOW,
        calendar_method=message.calendar_method,
    )  # fmt: skip
    mail = message_from_bytes(mime.build(envelope, render(message)).as_bytes(), policy=default)
    kinds = ("text/calendar", "application/ics")
    return [part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() in kinds]


def test_no_mail_tells_a_secret_in_its_calendar_or_anybody_but_its_reader(event, people):
    session = db.session.scalars(Session.of(event)).all()[2]
    editing.cancel_session(session, now=NOW + 2 * HOUR, by=None)
    session_changes.release_session(session, now=NOW + 2 * HOUR, by="organiser")
    notices.event_moved(event, now=NOW + 3 * HOUR)
    seats.cancel(people[2], now=NOW + 3 * HOUR, by="person")
    everyone = names_of(people) | names_of(db.session.scalars(db.select(Guest)))
    _assert_letters_clean(everyone)
    lifecycle.cancel(event, reason="Neige", now=NOW + 4 * HOUR, by=None)
    notices.event_cancelled(event, now=NOW + 4 * HOUR)
    _assert_letters_clean(everyone)


def _assert_letters_clean(everyone):
    seen = 0
    for message in db.session.scalars(db.select(Message).order_by(Message.id)).all():
        registration = db.session.get(Registration, message.context.get("registration_id", 0))
        own = names_of([registration]) if registration is not None else set()
        try:
            contents = calendars_of(message)
        except NothingToSay:
            continue
        for content in contents:
            assert_clean(content, everyone - own)
            seen += 1
    assert seen > 10
