"""Waiting for a session beside another of the same hour: the seat is proposed, and the person chooses."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from eventapp.agenda.models import BookingMode, Session
from eventapp.events import lifecycle
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.outbox.models import Message
from eventapp.registrations import refusals, seats
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.sessions import session_changes, session_waiting
from eventapp.registrations.sessions.session_places import session_positions
from eventapp.registrations.waiting import offers
from tests.factories import NOW, make_event, make_person, make_session, make_structure, make_user

Outbox = Callable[[], list[Message]]
HOUR = timedelta(hours=1)
LATER = NOW + HOUR


def workshop(event: Event, after: int = 0, **facts: Any) -> Session:
    starts_at = event.starts_at + after * HOUR
    return make_session(event, starts_at=starts_at, **{"booking": BookingMode.REQUIRED} | facts)


def register(event: Event, *sessions: Session, **person: Any) -> Registration:
    return seats.register(event, make_person(**person), sessions=sessions, now=NOW)


def held(registration: Registration) -> list[int]:
    return [booking.session_id for booking in registration.live_bookings if booking.is_confirmed]


def of(registration: Registration, session: Session) -> Booking:
    return [booking for booking in registration.bookings if booking.session_id == session.id][-1]


def acts(registration: Registration, start: str = "booking.") -> list[str]:
    rows = db.select(Entry.act).where(Entry.subject_kind == "registration", Entry.subject_id == registration.id)
    return [act for act in db.session.scalars(rows.order_by(Entry.id)) if act.startswith(start)]


def two_full(event: Event) -> tuple[Session, Session, Registration, Registration]:
    """Two sessions of one seat at the same hour, who holds each; the first waits for the other's seat."""
    one, other = workshop(event, capacity=1), workshop(event, capacity=1)
    first, second = register(event, one), register(event, other)
    seats.change_sessions(first, [one], beside=[other], now=NOW, by="person")
    return one, other, first, second


@pytest.mark.both_databases
def test_a_free_seat_beside_a_held_one_is_proposed_and_kept(outbox: Outbox) -> None:
    event = make_event()
    one, other, first, second = two_full(event)
    third = register(event, other)

    seats.change_sessions(second, [], now=LATER, by="person")

    booking = of(first, other)
    assert (held(first), held(third), booking.offer_until) == ([one.id], [], LATER + timedelta(hours=24))
    assert seats.session_places(event)[other.id] == seats.SessionPlaces(0, 1)
    assert [m.to for m in outbox() if m.letter == "registrations/session_offered"] == [first.email]
    assert acts(first) == ["booking.offered"]


@pytest.mark.both_databases
def test_taking_the_seat_gives_up_the_other(outbox: Outbox) -> None:
    event = make_event()
    one, other, first, second = two_full(event)
    waiting = register(event, one)
    seats.change_sessions(second, [], now=LATER, by="person")

    assert session_waiting.take_seat(of(first, other), now=LATER)
    assert session_waiting.take_seat(of(first, other), now=LATER)

    assert (held(first), held(waiting)) == ([other.id], [one.id])
    assert acts(first) == ["booking.offered", "booking.taken"]
    assert outbox()[-1].to == first.email


@pytest.mark.both_databases
def test_declining_keeps_what_is_held_and_passes_the_seat_on() -> None:
    event = make_event()
    one, other, first, second = two_full(event)
    third = register(event, other)
    seats.change_sessions(second, [], now=LATER, by="person")

    assert session_waiting.decline_seat(of(first, other), now=LATER)
    assert session_waiting.decline_seat(of(first, other), now=LATER)

    assert (held(first), held(third)) == ([one.id], [other.id])
    assert acts(first) == ["booking.offered", "booking.declined"]


@pytest.mark.both_databases
def test_a_seat_that_nobody_answers_for_passes_on_and_the_rank_is_lost(outbox: Outbox) -> None:
    event = make_event(offer_hours=2)
    one, other, first, second = two_full(event)
    third = register(event, other)
    seats.change_sessions(second, [], now=NOW, by="person")
    end = NOW + 2 * HOUR

    assert list(offers.events_with_offers_ended(now=end - timedelta(microseconds=1))) == []
    assert list(offers.events_with_offers_ended(now=end)) == [event.id]
    offers.expire_offers(event.id, now=end)

    assert (held(first), of(first, other).released_at, held(third)) == ([one.id], end, [other.id])
    assert "registrations/session_offer_ended" in [m.letter for m in outbox() if m.to == first.email]


def test_a_late_answer_passes_the_seat_on_at_once() -> None:
    event = make_event(offer_hours=2)
    one, other, first, second = two_full(event)
    third = register(event, other)
    seats.change_sessions(second, [], now=NOW, by="person")

    assert not session_waiting.take_seat(of(first, other), now=NOW + 2 * HOUR)

    assert (held(first), held(third)) == ([one.id], [other.id])


def test_an_answer_is_never_awaited_beyond_the_date_of_changes() -> None:
    event = make_event(closes_at=NOW + 5 * HOUR, offer_hours=48)
    _, other, first, second = two_full(event)

    seats.change_sessions(second, [], now=LATER, by="person")
    assert of(first, other).offer_until == NOW + 5 * HOUR

    event.closes_at = NOW + 3 * HOUR
    seats.capacities_changed(event, now=LATER)
    assert of(first, other).offer_until == NOW + 3 * HOUR


def test_once_changes_are_over_the_seat_goes_to_the_next_and_why_is_written() -> None:
    event = make_event(closes_at=NOW + HOUR)
    _, other, first, second = two_full(event)
    third = register(event, other)

    seats.cancel(second, now=NOW + 2 * HOUR, by=make_user(event.organisation))

    assert (of(first, other).offer_until, held(third)) == (None, [other.id])
    sentence = db.session.scalar(db.select(Entry.sentence).where(Entry.act == "booking.passed_over"))
    assert sentence is not None
    assert "il est trop tard pour choisir" in sentence


def test_nothing_to_choose_any_more_gives_the_seat_without_an_answer(outbox: Outbox) -> None:
    event = make_event()
    one, other, first, second = two_full(event)
    seats.change_sessions(second, [], now=LATER, by="person")

    one.cancelled_at = LATER
    session_changes.release_session(one, now=LATER, by="organiser")

    assert held(first) == [other.id]
    assert outbox()[-1].letter == "registrations/session_promoted"
    assert acts(first) == ["booking.offered", "booking.session_cancelled", "booking.promoted"]


def test_two_seats_of_the_same_hour_are_proposed_one_after_the_other() -> None:
    event = make_event()
    one, other, first, second = two_full(event)
    another = workshop(event, capacity=0)
    seats.change_sessions(first, [one], beside=[another], now=NOW, by="person")
    seats.change_sessions(second, [], now=LATER, by="person")

    another.capacity = 1
    seats.capacities_changed(event, now=LATER)
    assert of(first, another).offer_until is None
    session_waiting.decline_seat(of(first, other), now=LATER)
    assert of(first, another).offer_until is not None


def test_choosing_the_proposed_session_in_the_form_takes_it() -> None:
    event = make_event()
    _, other, first, second = two_full(event)
    seats.change_sessions(second, [], now=LATER, by="person")

    seats.change_sessions(first, [other], now=LATER, by="person")

    assert held(first) == [other.id]


def test_another_choice_leaves_what_is_waited_for_beside_alone() -> None:
    event = make_event()
    one, other, first, _ = two_full(event)
    free = workshop(event)

    seats.change_sessions(first, [free], now=LATER, by="person")

    assert held(first) == [free.id]
    assert (of(first, other).is_waiting, of(first, one).released_at) == (True, LATER)


def test_waiting_beside_is_for_full_sessions_and_people_with_a_place() -> None:
    event = make_event(capacity=1)
    one, other = workshop(event), workshop(event)
    seated, waiting = register(event, one), register(event, one)

    with pytest.raises(refusals.SeatsLeft, match="choisissez-la, ou gardez"):
        seats.change_sessions(seated, [one], beside=[other], now=NOW, by="person")
    with pytest.raises(refusals.PlaceNeeded):
        seats.change_sessions(waiting, [one], beside=[other], now=NOW, by="person")
    with pytest.raises(refusals.SessionNotBookable):
        seats.change_sessions(seated, [one], beside=[workshop(make_event())], now=NOW, by="person")


def test_leaving_a_queue_is_possible_and_done_once() -> None:
    event = make_event()
    one, other, first, _ = two_full(event)

    session_waiting.leave_queue(of(first, other), now=LATER)
    session_waiting.leave_queue(of(first, other), now=LATER)

    assert ([b.session_id for b in first.live_bookings], acts(first)) == ([one.id], ["booking.left"])
    with pytest.raises(refusals.SeatHeld):
        session_waiting.leave_queue(of(first, one), now=LATER)


def test_where_everyone_chooses_the_only_session_is_not_left() -> None:
    event = make_event(choice_required=["2027-01-14T09:00"])
    waiting = register(event, workshop(event, capacity=0))
    with pytest.raises(refusals.ChoiceMissing):
        session_waiting.leave_queue(waiting.bookings[0], now=LATER)


def test_a_structure_takes_no_more_seats_of_a_session_than_its_places_at_the_event() -> None:
    event, structure = make_event(per_structure=2), make_structure()
    session = workshop(event, capacity=1)
    first, second = (register(event, session, structure=structure) for _ in range(2))
    other = register(event, session)

    event.per_structure, session.capacity = 1, 2
    seats.capacities_changed(event, now=LATER)

    assert (held(first), held(second), held(other)) == ([session.id], [], [session.id])
    rows = db.select(Entry.sentence).where(Entry.act == "booking.passed_over")
    assert "1 place de cette session déjà prise par sa structure (1 au plus)." in (db.session.scalar(rows) or "")


def test_positions_count_those_without_a_place_and_never_go_up() -> None:
    event = make_event(capacity=2)
    session = workshop(event, capacity=1)
    holder, inside = register(event, session), register(event)
    outside = register(event, session)
    seats.change_sessions(inside, [session], now=NOW, by="person")
    assert (session_positions(outside), session_positions(inside)) == ({session.id: 1}, {session.id: 2})

    seats.change_sessions(holder, [], now=LATER, by="person")

    assert (held(inside), session_positions(outside)) == ([session.id], {session.id: 1})
    assert acts(outside) == ["booking.passed_over"]


def test_a_seat_given_by_another_act_is_written_too() -> None:
    """Whoever is promoted at the event and given a session at the same time has a row for each."""
    event = make_event(capacity=1)
    session = workshop(event, capacity=1)
    seated, waiting = register(event), register(event, session)

    seats.cancel(seated, now=LATER, by="person")

    assert (held(waiting), acts(waiting)) == ([session.id], ["booking.promoted"])


def test_a_seat_in_a_session_that_is_no_longer_booked_is_kept() -> None:
    event = make_event()
    session, other = workshop(event), workshop(event, after=2)
    registration = register(event, session)
    session.booking = BookingMode.NONE

    seats.change_sessions(registration, [other], now=LATER, by="person")

    assert sorted(held(registration)) == sorted([session.id, other.id])


def test_an_organiser_may_give_a_seat_beyond_the_capacity() -> None:
    event = make_event()
    session = workshop(event, capacity=0)
    registration, user = register(event), make_user(event.organisation)

    seats.change_sessions(registration, [session], now=LATER, by=user, over_limits=True)

    assert held(registration) == [session.id]
    assert acts(registration) == ["booking.forced"]


@pytest.mark.parametrize("fact", ["cancelled_at", "published_at"])
def test_an_event_that_does_not_take_place_gives_no_seat(fact: str) -> None:
    event = make_event()
    _, other, first, second = two_full(event)
    seats.change_sessions(second, [], now=LATER, by="person")
    value: dict[str, datetime | None] = {"cancelled_at": LATER, "published_at": None}
    setattr(event, fact, value[fact])

    with pytest.raises(refusals.Refused):
        session_waiting.take_seat(of(first, other), now=LATER)


@pytest.mark.both_databases
def test_everybody_wants_the_last_seat_at_once(app: Flask) -> None:
    event = make_event()
    session = workshop(event, capacity=2)
    people = [register(event).id for _ in range(8)]
    session_id = session.id
    db.session.commit()

    def want(key: int) -> None:
        with app.app_context():
            wanted = [db.session.get_one(Session, session_id)]
            seats.change_sessions(db.session.get_one(Registration, key), wanted, now=LATER, by="person")
            db.session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(want, people))

    db.session.rollback()
    bookings = db.session.scalars(db.select(Booking).where(Booking.session_id == session_id).order_by(Booking.id)).all()
    assert [booking.is_confirmed for booking in bookings] == [True, True] + [False] * 6


@pytest.mark.both_databases
def test_answers_at_the_same_time_leave_one_seat_each(app: Flask) -> None:
    """Taken and declined from several windows: the first answer counts."""
    event = make_event()
    _, other, first, second = two_full(event)
    seats.change_sessions(second, [], now=LATER, by="person")
    key, verbs = of(first, other).id, (session_waiting.take_seat, session_waiting.decline_seat)
    db.session.commit()

    def answer(number: int) -> None:
        with app.app_context():
            verbs[number % 2](db.session.get_one(Booking, key), now=LATER)
            db.session.commit()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(answer, range(6)))

    db.session.rollback()
    assert len(held(db.session.get_one(Registration, first.id))) == 1
    rows = db.select(Entry.act).where(Entry.act.in_(["booking.taken", "booking.declined"]))
    assert len(db.session.scalars(rows).all()) == 1


@pytest.mark.both_databases
@pytest.mark.parametrize("answer", [session_waiting.take_seat, session_waiting.decline_seat])
def test_an_offer_is_not_answered_any_more_once_the_event_is_over(answer: Callable[..., bool]) -> None:
    event = make_event()
    _one, other, first, second = two_full(event)
    seats.change_sessions(second, [], now=LATER, by="person")
    before = held(first)

    assert answer(of(first, other), now=event.ends_at) is False
    assert held(first) == before


@pytest.mark.both_databases
def test_a_seat_is_proposed_again_when_the_event_was_withdrawn_until_the_deadline() -> None:
    event = make_event()
    _one, other, first, second = two_full(event)
    seats.change_sessions(second, [], now=LATER, by="person")
    lifecycle.withdraw(event, now=LATER, by=None)
    back = LATER + 30 * HOUR
    lifecycle.publish(event, now=back, by=None)
    seats.capacities_changed(event, now=back)

    assert of(first, other).offer_until == back + 24 * HOUR
    assert acts(first) == ["booking.offered", "booking.offered"]
