"""What each act puts into the calendar of the person: one UID per mail, never a lower SEQUENCE, the CANCEL on top."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from eventapp.agenda import editing
from eventapp.agenda.models import BookingMode, Session
from eventapp.events import lifecycle
from eventapp.events.models import Event
from eventapp.exchange.shifting import shift_sessions
from eventapp.extensions import db
from eventapp.outbox.letters import ENTRY
from eventapp.outbox.models import Message
from eventapp.registrations import notices, seats
from eventapp.registrations.desk import undoing
from eventapp.registrations.models import CalendarMail, CalendarWish, Registration
from eventapp.registrations.people import Colleague
from eventapp.registrations.self_service import calendar, transfers
from eventapp.registrations.sessions import programme_changes, session_changes
from tests.factories import NOW, make_event, make_person, make_room, make_session, make_user

Outbox = Callable[[], list[Message]]
HOUR = timedelta(hours=1)
Told = list[tuple[str, str | None, int | None, str]]


def at(hours: int):
    return NOW + hours * HOUR


def workshops(event: Event, *titles: str, **facts: object) -> list[Session]:
    """One after the other."""
    return [
        make_session(event, title=title, booking=BookingMode.REQUIRED, starts_at=event.starts_at + n * HOUR, **facts)
        for n, title in enumerate(titles)
    ]


def register(event: Event, *sessions: Session, wish: CalendarWish = CalendarWish.EVENT, **facts: str) -> Registration:
    registration = seats.register(event, make_person(**facts), sessions=sessions, now=NOW)
    if wish is not CalendarWish.EVENT:
        calendar.choose(registration, wish, now=NOW)
    return registration


def told(outbox: Outbox, since: int) -> Told:
    """The letters after the first `since`: name, method, sequence, what the part is about."""
    db.session.flush()
    found = []
    for message in outbox()[since:]:
        number = message.context.get(ENTRY)
        about = "" if number is None else db.session.get_one(Session, number).title
        name = message.letter.removeprefix("registrations/")
        found.append((name, message.calendar_method, message.calendar_sequence, about))
    return found


def test_a_confirmation_brings_the_event_and_the_agenda_as_a_file(outbox: Outbox) -> None:
    event = make_event()
    register(event, *workshops(event, "A", "B"))
    assert told(outbox, 0) == [("confirmed", "REQUEST", 0, "")]


def test_who_wants_an_entry_for_each_session_has_it_in_a_mail_of_its_own(outbox: Outbox) -> None:
    event = make_event()
    register(event, *workshops(event, "A", "B"), wish=CalendarWish.SESSIONS)
    assert told(outbox, 1) == [("calendar_update", "REQUEST", 0, "A"), ("calendar_update", "REQUEST", 0, "B")]


def test_another_choice_of_sessions_takes_one_away_and_brings_the_other(outbox: Outbox) -> None:
    event = make_event()
    one, two, three = workshops(event, "A", "B", "C")
    registration = register(event, one, two)
    seats.change_sessions(registration, [two, three], now=at(1), by="person")
    assert told(outbox, 1) == [("sessions_changed", "CANCEL", 1, "A"), ("calendar_update", "REQUEST", 0, "C")]


def test_choosing_again_what_was_given_up_tops_the_cancel(outbox: Outbox) -> None:
    event = make_event()
    (session,) = workshops(event, "A")
    registration = register(event, session)
    seats.change_sessions(registration, [], now=at(1), by="person")
    seats.change_sessions(registration, [session], now=at(2), by="person")
    seats.change_sessions(registration, [], now=at(3), by="person")
    methods = [("CANCEL", 1), ("REQUEST", 2), ("CANCEL", 3)]
    assert [(method, sequence) for _, method, sequence, _ in told(outbox, 1)] == methods


@pytest.mark.parametrize("wish", [CalendarWish.EVENT, CalendarWish.SESSIONS])
def test_a_session_moved_is_requested_again_above_what_was_sent(outbox: Outbox, wish: CalendarWish) -> None:
    event = make_event()
    one, two = workshops(event, "A", "B")
    register(event, one, two, wish=wish)
    already = len(outbox())
    later = {"starts_at": one.starts_at + 3 * HOUR, "ends_at": one.ends_at + 3 * HOUR}
    programme_changes.edit_session(one, later, cast=None, seen=None, now=at(1), by=None)
    assert told(outbox, already) == [("session_moved", "REQUEST", 1, "A")]


def test_another_room_or_link_is_requested_again_and_wording_is_not(outbox: Outbox) -> None:
    event = make_event()
    (session,) = workshops(event, "A")
    register(event, session)
    for hours, facts in enumerate(
        ({"room": make_room(event)}, {"online_url": "https://visio.example/a"}, {"title": "B"})
    ):
        programme_changes.edit_session(session, facts, cast=None, seen=None, now=at(hours + 1), by=None)
    methods = [("session_moved", "REQUEST", 1), ("sessions_changed", "REQUEST", 2)]
    assert [message[:3] for message in told(outbox, 1)] == methods


def test_a_cancelled_session_leaves_the_calendar_of_those_who_held_it_only(outbox: Outbox) -> None:
    event = make_event()
    (session,) = workshops(event, "A", capacity=1)
    register(event, session)
    register(event, session)  # waits for the seat
    editing.cancel_session(session, now=at(1), by=None)
    session_changes.release_session(session, now=at(1), by="organiser")
    assert told(outbox, 2) == [("session_cancelled", "CANCEL", 2, "A"), ("session_cancelled", None, None, "")]


def test_whoever_gets_a_seat_is_sent_it(outbox: Outbox) -> None:
    event = make_event()
    (session,) = workshops(event, "A", capacity=1)
    first = register(event, session)
    register(event, session)
    seats.change_sessions(first, [], now=at(1), by="person")
    assert sorted(told(outbox, 2)) == [
        ("session_promoted", "REQUEST", 0, "A"),
        ("sessions_changed", "CANCEL", 1, "A"),
    ]


def test_waiting_sends_no_calendar_part(outbox: Outbox) -> None:
    event = make_event(capacity=0)
    registration = register(event, *workshops(event, "A"), wish=CalendarWish.SESSIONS)
    seats.cancel(registration, now=at(1), by="person")
    assert {method for _, method, _, _ in told(outbox, 0)} == {None}


def test_cancelling_takes_away_the_event_and_each_session_ever_sent(outbox: Outbox) -> None:
    event = make_event()
    one, two = workshops(event, "A", "B")
    registration = register(event, one, wish=CalendarWish.SESSIONS)
    register(event, two)
    seats.cancel(registration, now=at(1), by="person")
    assert told(outbox, 3) == [("cancelled", "CANCEL", 1, ""), ("calendar_update", "CANCEL", 1, "A")]


def test_an_event_cancelled_by_the_organiser_takes_everything_away(outbox: Outbox) -> None:
    event = make_event()
    register(event, *workshops(event, "A"), wish=CalendarWish.SESSIONS)
    lifecycle.cancel(event, reason="Neige", now=at(1), by=None)
    notices.event_cancelled(event, now=at(1))
    assert told(outbox, 2) == [("event_cancelled", "CANCEL", 1, ""), ("calendar_update", "CANCEL", 1, "A")]


def test_an_event_moved_moves_the_sessions_that_were_sent(outbox: Outbox) -> None:
    event = make_event()
    one, two = workshops(event, "A", "B")
    register(event, one, two, wish=CalendarWish.SESSIONS)
    register(event, one)
    days = {"starts_at": event.starts_at + 24 * HOUR, "ends_at": event.ends_at + 24 * HOUR}
    lifecycle.move(event, **days, venue=event.venue, now=at(1), by=None)
    notices.event_moved(event, now=at(1))
    moved = told(outbox, 4)
    assert [message[0] for message in moved].count("event_moved") == 2
    assert sorted(about for _, method, _, about in moved if method == "REQUEST") == ["", "", "A", "B"]
    assert all(sequence is not None and sequence > 0 for _, _, sequence, _ in moved)


def test_a_place_passed_on_leaves_one_calendar_and_arrives_in_the_other(outbox: Outbox) -> None:
    event = make_event()
    registration = register(event, *workshops(event, "A"), wish=CalendarWish.SESSIONS)
    colleague = Colleague(first_name="Zoé", last_name="Le Gall", email="zoe@agents.example")
    transfers.pass_on(registration, colleague, now=at(1), by="person")
    assert told(outbox, 2) == [
        ("passed_on", "CANCEL", 1, ""),
        ("calendar_update", "CANCEL", 1, "A"),
        ("received", "REQUEST", 0, ""),
        ("calendar_update", "REQUEST", 0, "A"),
    ]
    assert [m.to == registration.email for m in outbox()[2:]] == [True, True, False, False]


def test_undoing_a_cancellation_requests_above_it(outbox: Outbox) -> None:
    event = make_event()
    registration = register(event, *workshops(event, "A"), wish=CalendarWish.SESSIONS)
    seats.cancel(registration, now=at(1), by="person")
    undoing.restore(registration, now=at(2), by=make_user(event.organisation))
    assert told(outbox, 4) == [("restored", "REQUEST", 2, ""), ("calendar_update", "REQUEST", 2, "A")]


def test_what_a_colleague_of_the_same_mailbox_attends_stays(outbox: Outbox) -> None:
    event = make_event()
    one, two = workshops(event, "A", "B")
    mine = register(event, one, two, wish=CalendarWish.SESSIONS, email="maison@agents.example")
    register(event, one, email="maison@agents.example")
    already = len(outbox())
    seats.cancel(mine, now=at(1), by="person")
    assert told(outbox, already) == [("cancelled", "CANCEL", 1, "B")]


def test_the_last_of_a_mailbox_to_leave_takes_the_entry_away(outbox: Outbox) -> None:
    event = make_event()
    (session,) = workshops(event, "A")
    mine = register(event, session, wish=CalendarWish.SESSIONS, email="maison@agents.example")
    other = register(event, session, email="maison@agents.example")
    seats.cancel(mine, now=at(1), by="person")
    already = len(outbox())
    seats.change_sessions(other, [], now=at(2), by="person")
    assert told(outbox, already) == [("sessions_changed", "CANCEL", 1, "A")]


def test_whoever_wants_no_calendar_mail_has_what_was_sent_taken_back_then_nothing(outbox: Outbox) -> None:
    event = make_event()
    one, two = workshops(event, "A", "B")
    registration = register(event, one, wish=CalendarWish.SESSIONS)
    calendar.choose(registration, CalendarWish.NONE, now=at(1))
    assert told(outbox, 2) == [("calendar_update", "CANCEL", 1, ""), ("calendar_update", "CANCEL", 1, "A")]
    seats.change_sessions(registration, [two], now=at(2), by="person")
    notices.event_moved(event, now=at(3))
    seats.cancel(registration, now=at(4), by="person")
    assert {method for _, method, _, _ in told(outbox, 4)} == {None}


def test_whoever_wants_it_again_is_sent_it_above_what_was_taken_back(outbox: Outbox) -> None:
    event = make_event()
    registration = register(event, *workshops(event, "A"), wish=CalendarWish.NONE)
    calendar.choose(registration, CalendarWish.SESSIONS, now=at(1))
    assert told(outbox, 2) == [("calendar_update", "REQUEST", 2, ""), ("calendar_update", "REQUEST", 0, "A")]
    assert not calendar.choose(registration, CalendarWish.SESSIONS, now=at(2))
    assert len(outbox()) == 4


def test_what_is_over_is_left_alone(outbox: Outbox) -> None:
    event = make_event(ends_at=NOW + 1000 * 24 * HOUR)
    one, two = workshops(event, "A", "B")
    registration = register(event, one, two, wish=CalendarWish.SESSIONS)
    already = len(outbox())
    seats.cancel(registration, now=one.ends_at, by="organiser")
    assert [about for _, _, _, about in told(outbox, already)] == ["", "B"]


def test_each_mailbox_keeps_one_row_for_each_entry(outbox: Outbox) -> None:
    event = make_event()
    one, two = workshops(event, "A", "B")
    registration = register(event, one, wish=CalendarWish.SESSIONS)
    seats.change_sessions(registration, [two], now=at(1), by="person")
    rows = db.session.scalars(db.select(CalendarMail).order_by(CalendarMail.id)).all()
    assert [(row.uid, row.last_method, row.last_sequence) for row in rows] == [
        (event.calendar_uid, "REQUEST", 0),
        (one.calendar_uid, "CANCEL", 1),
        (two.calendar_uid, "REQUEST", 0),
    ]


def test_an_entry_that_a_colleague_of_the_same_mailbox_left_them_moves_with_the_event(outbox: Outbox) -> None:
    event, later = make_event(), timedelta(days=7)
    (workshop,) = workshops(event, "A")
    first = register(event, workshop, wish=CalendarWish.SESSIONS, email="maison@agents.example", first_name="Une")
    register(event, workshop, email="maison@agents.example", first_name="Deux")
    seats.cancel(first, now=at(1), by="person")
    already = len(outbox())
    lifecycle.move(
        event, starts_at=event.starts_at + later, ends_at=event.ends_at + later, venue=event.venue, now=at(2), by=None
    )
    shift_sessions(event, later, now=at(2), by=None)
    notices.event_moved(event, now=at(2))
    assert ("REQUEST", "A") in [(method, about) for _, method, _, about in told(outbox, already)]
