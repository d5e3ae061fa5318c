"""A calendar's answer by mail: matched, shown, never acted upon; whatever else comes is harmless."""

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from eventapp.agenda.models import BookingMode, Session
from eventapp.clock import utcnow
from eventapp.extensions import db
from eventapp.outbox import incoming, replies, signing
from eventapp.outbox.models import Message
from eventapp.registrations import seats
from eventapp.registrations.models import CalendarMail, CalendarWish, Registration
from eventapp.registrations.self_service import calendar, calendar_replies
from eventapp.registrations.self_service.calendar_models import CalendarReply, Participation
from tests.factories import NOW, make_event, make_person, make_session, make_user
from tests.pages import PageClient, words

Outbox = Callable[[], list[Message]]
LATER = NOW + timedelta(hours=1)
GOOGLE = """\
BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20270114T080000Z
DTEND:20270114T160000Z
DTSTAMP:20261103T090000Z
ORGANIZER;CN=SGAR:mailto:rencontres@sgar.example
UID:{uid}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};X-NUM-GUE
 STS=0:mailto:{attendee}
COMMENT:Retenue\\, désolée
SEQUENCE:0
STATUS:CONFIRMED
END:VEVENT
END:VCALENDAR
"""
EXCHANGE = """\
BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:Romance Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT={answer};CN="LE GALL, Zoé":MAILTO:{attendee}
COMMENT;LANGUAGE=fr-FR:\\n
UID:{uid}
SUMMARY;LANGUAGE=fr-FR:Refusé: Rencontre
X-MICROSOFT-CDO-APPT-SEQUENCE:0
X-MS-OLK-APPTSEQTIME:20261102T090000Z
END:VEVENT
END:VCALENDAR
"""
MAIL = """\
From: {attendee}
To: rencontres@sgar.example
Subject: Refus
Message-ID: {mail_id}
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_B"

--=_B
Content-Type: text/plain; charset=utf-8

Je ne viens pas.
--=_B
Content-Type: text/calendar; charset="utf-8"; method=REPLY
Content-Transfer-Encoding: base64

{calendar}
--=_B--
"""


def reply(uid: str, attendee: str, answer: str = "DECLINED", *, form: str = GOOGLE, mail_id: str = "<1@g.example>"):
    content = form.format(uid=uid, attendee=attendee, answer=answer).replace("\n", "\r\n").encode()
    calendar_part = base64.encodebytes(content).decode()
    return MAIL.format(attendee=attendee, mail_id=mail_id, calendar=calendar_part).encode()


def take(source: bytes) -> list[CalendarReply]:
    incoming.take(source, via="mailbox", now=LATER)
    db.session.flush()
    return list(db.session.scalars(db.select(CalendarReply).order_by(CalendarReply.id)))


@pytest.fixture
def session() -> Session:
    return make_session(make_event(), title="Budget", booking=BookingMode.REQUIRED)


@pytest.fixture
def registration(session: Session) -> Registration:
    person = make_person(first_name="Zoé", last_name="Le Gall", email="Zoe.LeGall@agents.example")
    found = seats.register(session.event, person, sessions=[session], now=NOW)
    calendar.choose(found, CalendarWish.SESSIONS, now=NOW)
    db.session.flush()
    return found


@pytest.mark.parametrize("form", [GOOGLE, EXCHANGE])
@pytest.mark.parametrize("attendee", ["zoe.legall@agents.example", "ZOE.LEGALL@AGENTS.EXAMPLE"])
def test_an_answer_is_matched_by_entry_and_attendee(registration: Registration, form: str, attendee: str) -> None:
    event = registration.event
    (found,) = take(reply(event.calendar_uid, attendee, form=form))
    assert (found.registration_id, found.session_id, found.participation) == (
        registration.id,
        None,
        Participation.DECLINED,
    )
    assert found.comment == ("Retenue, désolée" if form is GOOGLE else "")
    assert registration.is_confirmed  # nobody acted


def test_an_answer_about_a_session_is_about_that_session(registration: Registration, session: Session) -> None:
    (found,) = take(reply(session.calendar_uid, registration.email, "TENTATIVE"))
    assert (found.session_id, found.participation) == (session.id, Participation.TENTATIVE)
    assert [b.is_confirmed for b in registration.live_bookings] == [True]


def test_a_mail_read_twice_tells_nothing_twice(registration: Registration) -> None:
    source = reply(registration.event.calendar_uid, registration.email)
    take(source)
    assert len(take(source)) == 1


def test_a_mail_without_identifier_is_known_by_what_it_holds(registration: Registration) -> None:
    source = reply(registration.event.calendar_uid, registration.email).replace(b"Message-ID: <1@g.example>\n", b"")
    take(source)
    assert len(take(source)) == 1


def test_the_latest_answer_of_a_kind_replaces_the_former(registration: Registration) -> None:
    uid = registration.event.calendar_uid
    take(reply(uid, registration.email))
    found = take(reply(uid, registration.email, mail_id="<2@g.example>"))
    assert [row.mail_id for row in found] == ["<2@g.example>"]


def test_whoever_comes_after_all_is_shown_beside_what_they_said_before(
    registration: Registration, client: PageClient
) -> None:
    """A mail proves nothing: a forged « I come » may not hide that somebody declined."""
    uid, event = registration.event.calendar_uid, registration.event
    take(reply(uid, registration.email))
    take(reply(uid, registration.email, "ACCEPTED", mail_id="<2@g.example>"))
    assert calendar_replies.count_open(event) == 1
    client.sign_in(make_user(event.organisation))
    said = words(client.page(f"/gestion/evenements/{event.slug}/reponses-calendrier").main)
    assert "a répondu : ne viendra pas" in said
    assert ": viendra" in said[said.index("Puis, le ") :]


def test_an_answer_to_an_earlier_request_is_none(registration: Registration, session: Session) -> None:
    row = db.session.scalars(db.select(CalendarMail).where(CalendarMail.uid == session.calendar_uid)).one()
    row.last_sequence = 1  # the session moved since
    assert take(reply(session.calendar_uid, registration.email)) == []
    row.last_sequence = 0
    assert len(take(reply(session.calendar_uid, registration.email))) == 1


def test_what_the_list_says_already_is_not_suggested(registration: Registration) -> None:
    take(reply(registration.event.calendar_uid, registration.email))
    seats.cancel(registration, now=LATER, by="person")
    assert calendar_replies.count_open(registration.event) == 0


def test_hostile_answers_are_harmless(registration: Registration, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    uid, email = registration.event.calendar_uid, registration.email
    other = make_event()
    stranger = seats.register(other, make_person(), now=NOW)
    hostile = [
        reply("inconnu@ailleurs.example", email),
        reply(uid, "quelquun@ailleurs.example"),
        reply(uid, stranger.email),  # somebody of another event
        reply(other.calendar_uid, email),
    ]
    assert [take(source) for source in hostile] == [[]] * 4
    assert caplog.text.count("calendar reply") == len(hostile)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("METHOD:REPLY", "METHOD:REQUEST"),
        ("METHOD:REPLY", "METHOD:CANCEL"),
        ("PARTSTAT=DECLINED", "PARTSTAT=DELEGATED"),
        ("PARTSTAT=DECLINED", "X=1"),
        ("UID:", "X-UID:"),
        ("ATTENDEE", "X-ATTENDEE"),
    ],
)
def test_what_is_no_answer_is_left_alone(registration: Registration, before: str, after: str) -> None:
    form = GOOGLE.replace(before.replace("DECLINED", "{answer}"), after)
    assert take(reply(registration.event.calendar_uid, registration.email, form=form)) == []


def test_what_is_huge_or_broken_is_read_without_harm(registration: Registration) -> None:
    uid, email = registration.event.calendar_uid, registration.email
    huge = GOOGLE.replace("COMMENT:", "COMMENT:" + "x" * 100_000)
    for form in (huge, "BEGIN:VCALENDAR\n" * 50_000, "UID:{uid}\n" * 20_000, "\x00METHOD:REPLY\nATTENDEE;=:x"):
        take(reply(uid, email, form=form, mail_id=f"<{len(form)}@g.example>"))
    nested = b"Content-Type: message/rfc822\r\n\r\n" * 2_000
    incoming.take(nested, via="mailbox", now=LATER)
    assert replies.read(b"") is None
    assert all(len(found.comment) <= 500 for found in db.session.scalars(db.select(CalendarReply)))


def test_a_returned_mail_that_holds_one_of_ours_is_no_answer(registration: Registration) -> None:
    inner = reply(registration.event.calendar_uid, registration.email)
    assert take(b"Content-Type: message/rfc822\r\n\r\n" + inner) == []


def test_a_flood_about_one_person_hides_nothing_and_fills_nothing(registration: Registration) -> None:
    uid = registration.event.calendar_uid
    for number in range(30):
        take(reply(uid, registration.email, "ACCEPTED", mail_id=f"<{number}@evil.example>"))
    found = take(reply(uid, registration.email))
    assert [row.participation for row in found] == [Participation.ACCEPTED, Participation.DECLINED]
    assert calendar_replies.count_open(registration.event) == 1


@pytest.mark.usefixtures("in_november")
def test_the_organiser_sees_it_and_decides(registration: Registration, session: Session, client: PageClient) -> None:
    take(reply(session.calendar_uid, registration.email))
    take(reply(registration.event.calendar_uid, registration.email, mail_id="<2@g.example>"))
    client.sign_in(make_user(registration.event.organisation))
    desk = f"/gestion/evenements/{registration.event.slug}"

    page = client.page(f"{desk}/reponses-calendrier")
    said = words(page.main)
    assert "Le calendrier de Zoé LE GALL a répondu : ne viendra pas (session « Budget »)." in said
    assert page.find("a", href=f"{desk}/inscriptions/{registration.id}/annulation")
    assert page.find("a", href=f"{desk}/inscriptions/{registration.id}/sessions")
    assert "Réponses des calendriers (2)" in words(client.page(f"{desk}/inscriptions").main)
    assert "ne viendra pas" in words(client.page(f"{desk}/inscriptions/{registration.id}").main)
    assert "2 calendriers ont répondu" in words(client.page(f"{desk}/").main)

    number = db.session.scalars(db.select(CalendarReply.id).order_by(CalendarReply.id)).first()
    assert client.post(f"{desk}/reponses-calendrier/{number}/classement").status_code == 303
    assert calendar_replies.count_open(registration.event) == 1
    assert registration.is_confirmed


@pytest.mark.parametrize("place", ["inscriptions", "courriels"])
def test_the_page_is_found_before_any_calendar_answered(
    registration: Registration, client: PageClient, place: str
) -> None:
    client.sign_in(make_user(registration.event.organisation))
    desk = f"/gestion/evenements/{registration.event.slug}"

    link = client.page(f"{desk}/{place}").find("a", href=f"{desk}/reponses-calendrier")

    assert link is not None
    assert words(link) == "Réponses des calendriers"


def test_another_organisation_sees_and_ignores_nothing(registration: Registration, client: PageClient) -> None:
    (found,) = take(reply(registration.event.calendar_uid, registration.email))
    own = make_event()
    client.sign_in(make_user(own.organisation))
    assert client.get(f"/gestion/evenements/{registration.event.slug}/reponses-calendrier").status_code == 404
    path = f"/gestion/evenements/{own.slug}/reponses-calendrier/{found.id}/classement"
    assert client.post(path).status_code == 404


def test_an_answer_posted_by_the_mail_server_is_kept(
    app: Flask, client: PageClient, registration: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "s" * 40
    monkeypatch.setitem(app.config, "BOUNCE_WEBHOOK_SECRET", secret)
    source, moment = reply(registration.event.calendar_uid, registration.email), str(int(utcnow().timestamp()))
    headers = {"X-Timestamp": moment, "X-Signature": signing.signature(source, moment, secret)}

    assert client.post("/courriels/retours", data=source, headers=headers).status_code == 204
    assert client.post("/courriels/retours", data=source, headers=headers).status_code == 204
    assert client.post("/courriels/retours", data=source + b" ", headers=headers).status_code == 403

    assert calendar_replies.count_open(registration.event) == 1
