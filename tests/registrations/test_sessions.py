"""Sessions: their own capacity and waiting list, no clashes, given up and passed on."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from eventapp.agenda.models import BookingMode, Session
from eventapp.events.models import Event
from eventapp.outbox.models import Message
from eventapp.registrations import refusals, seats
from eventapp.registrations.models import Registration
from eventapp.registrations.sessions import session_changes
from tests.factories import NOW, make_event, make_person, make_registration, make_session

Outbox = Callable[[], list[Message]]
HOUR = timedelta(hours=1)


def workshop(event: Event, after: int = 0, **facts: object) -> Session:
    starts_at = event.starts_at + after * HOUR
    return make_session(event, starts_at=starts_at, **{"booking": BookingMode.REQUIRED} | facts)


def register(event: Event, *sessions: Session) -> Registration:
    return seats.register(event, make_person(), sessions=sessions, now=NOW)


def held(registration: Registration) -> list[tuple[int, bool]]:
    return [(b.session_id, b.is_confirmed) for b in registration.live_bookings]


@pytest.mark.both_databases
def test_a_full_session_has_its_own_waiting_list() -> None:
    event = make_event()
    session = workshop(event, capacity=1)

    first, second = register(event, session), register(event, session)

    assert second.is_confirmed
    assert (held(first), held(second)) == ([(session.id, True)], [(session.id, False)])
    assert seats.session_places(event) == {session.id: seats.SessionPlaces(0, 1)}


@pytest.mark.both_databases
def test_a_seat_given_up_passes_to_the_next_who_is_told(outbox: Outbox) -> None:
    event = make_event()
    session, other = workshop(event, capacity=1), workshop(event)
    first, second = register(event, session), register(event, session)

    seats.change_sessions(first, [other], now=NOW, by="person")

    assert (held(first), held(second)) == ([(other.id, True)], [(session.id, True)])
    assert [(m.letter, m.to) for m in outbox()[2:]] == [
        ("registrations/session_promoted", second.email),
        ("registrations/sessions_changed", first.email),
    ]


def test_whoever_waits_for_the_event_holds_no_seat_in_a_session() -> None:
    event = make_event(capacity=1)
    session = workshop(event, capacity=1)
    seated = register(event)
    waiting = register(event, session)

    assert held(waiting) == [(session.id, False)]
    seats.cancel(seated, now=NOW, by="person")
    assert held(waiting) == [(session.id, True)]


def test_cancelling_gives_the_seats_back() -> None:
    event = make_event()
    session = workshop(event, capacity=1)
    first, second = register(event, session), register(event, session)

    seats.cancel(first, now=NOW, by="person")

    assert (held(first), held(second)) == ([], [(session.id, True)])


def test_overlapping_sessions_are_refused() -> None:
    event = make_event()
    with pytest.raises(refusals.SessionsClash, match="en même temps"):
        register(event, workshop(event), workshop(event))


def test_sessions_that_touch_do_not_clash() -> None:
    event = make_event()
    assert len(held(register(event, workshop(event), workshop(event, after=1)))) == 2


def test_only_bookable_sessions_of_the_event_are_taken() -> None:
    event = make_event()
    for session in (
        workshop(make_event()),
        workshop(event, cancelled_at=NOW),
        workshop(event, booking=BookingMode.NONE),
    ):
        with pytest.raises(refusals.SessionNotBookable):
            register(event, session)


def test_a_required_slot_must_be_chosen() -> None:
    event = make_event(choice_required=["2027-01-14T09:00"])
    session = workshop(event)

    with pytest.raises(refusals.ChoiceMissing, match="créneau du jeudi 14 janvier 2027"):
        register(event)
    assert held(register(event, session)) == [(session.id, True)]


def test_choosing_the_same_again_changes_nothing(outbox: Outbox) -> None:
    event = make_event()
    session = workshop(event)
    registration = register(event, session)

    seats.change_sessions(registration, [session], now=NOW, by="person")

    assert len(outbox()) == 1


def test_after_the_closing_a_person_changes_nothing() -> None:
    event = make_event(closes_at=NOW)
    with pytest.raises(refusals.RegistrationClosed):
        seats.change_sessions(make_registration(event), [], now=NOW, by="person")


@pytest.mark.both_databases
def test_a_cancelled_session_frees_its_bookings_and_tells(outbox: Outbox) -> None:
    event = make_event()
    session = workshop(event)
    registration = register(event, session)

    session.cancelled_at = NOW
    assert session_changes.release_session(session, now=NOW, by="organiser") == 1

    assert held(registration) == []
    assert outbox()[-1].letter == "registrations/session_cancelled"


def test_a_raised_capacity_is_given_in_order() -> None:
    event = make_event()
    session = workshop(event, capacity=0)
    waiting = [register(event, session) for _ in range(3)]

    session.capacity = 2
    seats.capacities_changed(event, now=NOW)

    assert [held(r)[0][1] for r in waiting] == [True, True, False]
