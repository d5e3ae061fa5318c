"""Somebody's address is corrected: what the old mailbox was sent leaves its calendar, and arrives in the new one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.keeping import Letter
from eventapp.outbox.models import KeptMail, State
from eventapp.registrations import links, seats
from eventapp.registrations.models import CalendarWish, Registration
from eventapp.registrations.people import person_of
from eventapp.registrations.self_service import calendar
from tests.factories import NOW, all_leave, make_event, make_person, make_session, make_user

OLD, NEW = "zoe@ancienne.example", "zoe@nouvelle.example"
HOUR = timedelta(hours=1)
LATER = NOW + HOUR


@pytest.fixture
def event() -> Event:
    return make_event(title="Rencontre")


@pytest.fixture
def registration(event: Event) -> Registration:
    session = make_session(event, title="Atelier", booking=BookingMode.REQUIRED)
    found = seats.register(event, make_person(email=OLD), sessions=[session], now=NOW)
    calendar.choose(found, CalendarWish.SESSIONS, now=NOW)
    all_leave()
    return found


def correct(registration: Registration, email: str, *, now=LATER, by="person") -> None:
    seats.change_details(registration, replace(person_of(registration), email=email), {}, now=now, by=by)
    db.session.flush()


def told(outbox, since: int = 2):
    """The letters after the first ones: to whom, what, and what it brings to the calendar."""
    kinds = [(m.to, m.letter.removeprefix("registrations/")) for m in outbox()[since:]]
    parts = [(m.calendar_method, m.calendar_sequence, "calendar_entry" in m.context) for m in outbox()[since:]]
    return [kind + part for kind, part in zip(kinds, parts, strict=True)]


@pytest.mark.parametrize("by", ["person", "organiser"])
def test_entries_leave_the_old_mailbox_and_arrive_in_the_new(outbox, registration, by) -> None:
    actor = make_user(registration.event.organisation) if by == "organiser" else by
    correct(registration, NEW, by=actor)
    assert told(outbox) == [
        (OLD, "calendar_update", "CANCEL", 1, False),
        (OLD, "calendar_update", "CANCEL", 1, True),
        (NEW, "link", "REQUEST", 2, False),
        (NEW, "calendar_update", "REQUEST", 2, True),
    ]


def test_and_back_again_above_all_that_was_sent(outbox, registration) -> None:
    correct(registration, NEW)
    all_leave()
    already = len(outbox())
    correct(registration, OLD, now=LATER + HOUR)
    assert told(outbox, already) == [
        (NEW, "calendar_update", "CANCEL", 3, False),
        (NEW, "calendar_update", "CANCEL", 3, True),
        (OLD, "link", "REQUEST", 4, False),
        (OLD, "calendar_update", "REQUEST", 4, True),
    ]


@pytest.mark.both_databases
def test_a_mailbox_used_again_by_somebody_else_goes_on_counting(outbox, registration) -> None:
    """There and back, twice: whoever registers from the old address meanwhile, its calendar takes what it is sent."""
    shown: dict[tuple[str, int | None], tuple[int, str]] = {}

    def leave() -> None:
        """Each mail is one that the calendar of its mailbox takes: never below what it has, above it to be back."""
        for mail in [m for m in outbox() if m.state is State.QUEUED and m.calendar_method is not None]:
            entry, number = (mail.to, mail.context.get("calendar_entry")), mail.calendar_sequence
            last, method = shown.get(entry, (-1, ""))
            assert number >= last + (method not in ("", mail.calendar_method)), entry
            shown[entry] = number, mail.calendar_method
        all_leave()

    def comes(email: str) -> None:
        session = registration.live_bookings[0].session
        newcomer = seats.register(registration.event, make_person(email=email), sessions=[session], now=LATER)
        calendar.choose(newcomer, CalendarWish.SESSIONS, now=LATER)
        leave()
        assert {method for (to, _), (_, method) in shown.items() if to == email} == {"REQUEST"}
        seats.cancel(newcomer, now=LATER, by="person")
        leave()

    for mail in outbox():
        mail.state, mail.sent_at = State.QUEUED, None
    leave()
    for email, left in ((NEW, OLD), (OLD, NEW), (NEW, OLD)):
        correct(registration, email)
        leave()
        comes(left)
        assert {(to, method) for (to, _), (_, method) in shown.items()} >= {(email, "REQUEST"), (left, "CANCEL")}


def test_an_address_from_which_mail_came_back_is_sent_nothing(outbox, registration) -> None:
    outbox()[0].bounced_at = NOW
    correct(registration, NEW)
    assert {to for to, *_ in told(outbox)} == {NEW}
    assert [method for _, _, method, _, _ in told(outbox)] == ["REQUEST", "REQUEST"]


def test_what_a_colleague_of_the_old_mailbox_attends_stays_there(outbox, registration) -> None:
    colleague = seats.register(registration.event, make_person(email=OLD), now=NOW)
    all_leave()
    correct(registration, NEW)
    assert [line for line in told(outbox, 3) if line[0] == OLD] == [(OLD, "calendar_update", "CANCEL", 1, True)]
    already = len(outbox())
    seats.cancel(colleague, now=LATER + HOUR, by="person")
    assert told(outbox, already) == [(OLD, "cancelled", "CANCEL", 1, False)]


def test_what_was_sent_to_the_one_who_goes_is_topped_for_those_who_stay(outbox, registration) -> None:
    registration.event.sequence = 4
    gone = seats.register(registration.event, make_person(email=OLD), now=NOW)
    registration.event.sequence = 0
    db.session.flush()
    correct(gone, NEW)
    already = len(outbox())
    seats.cancel(registration, now=LATER, by="person")
    assert told(outbox, already)[0] == (OLD, "cancelled", "CANCEL", 5, False)


@pytest.mark.parametrize("wish", [CalendarWish.NONE])
def test_whoever_wants_no_calendar_mail_is_sent_the_link_alone(outbox, registration, wish) -> None:
    calendar.choose(registration, wish, now=NOW)
    db.session.flush()
    already = len(outbox())
    correct(registration, NEW)
    assert told(outbox, already) == [(NEW, "link", None, None, False)]


def test_whoever_waits_is_sent_the_link_alone(outbox) -> None:
    waiting = seats.register(make_event(capacity=0), make_person(email=OLD), now=NOW)
    db.session.flush()
    correct(waiting, NEW)
    assert told(outbox, 1) == [(NEW, "link", None, None, False)]


def test_after_the_event_calendars_are_left_alone(outbox, registration) -> None:
    correct(registration, NEW, now=registration.event.ends_at + HOUR, by=make_user(registration.event.organisation))
    assert told(outbox) == [(NEW, "link", None, None, False)]


@pytest.fixture
def mails(app, monkeypatch, in_november, registration):
    """What the old address and the new one were sent, as mail programs show it."""
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)
    correct(registration, NEW)
    db.session.commit()
    deliver_due(now=LATER + HOUR, limit=100)
    kept = db.session.scalars(db.select(KeptMail).order_by(KeptMail.id))
    found = [(mail.to, Letter(mail.source)) for mail in kept]
    return {address: [letter for to, letter in found if to == address] for address in (OLD, NEW)}


def test_the_old_address_is_told_without_the_personal_link(mails, registration) -> None:
    taken_back = [letter for letter in mails[OLD] if "À retirer de votre agenda" in letter.text]
    assert len(taken_back) == 2
    for letter in taken_back:
        said = letter.text + letter.html
        assert links.token(registration) not in said
        assert NEW not in str(letter.mail)
        assert "celle-ci ne recevra plus rien à ce sujet" in said


def test_the_new_address_is_sent_the_link_and_the_agenda(mails, registration) -> None:
    first, *_ = mails[NEW]
    assert links.token(registration) in first.text
    assert "Votre agenda est joint à ce courriel." in first.text
    assert f"{registration.event.slug}.ics" in [file.name for file in first.files]
    assert b"METHOD:REQUEST" in next(file.content for file in first.files if b"METHOD" in file.content)
