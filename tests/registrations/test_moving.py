"""Moving people between sessions: seats of the target, in order; who cannot go stays and is named."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from eventapp.agenda.models import BookingMode, Session
from eventapp.agenda.programme import booking_slots
from eventapp.errors import Refused
from eventapp.events.models import Event, SessionChoice
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.outbox.models import Message
from eventapp.registrations.desk import moving
from eventapp.registrations.models import Booking, Registration
from tests.factories import NOW, make_event, make_registration, make_session, make_user, save

Outbox = Callable[[], list[Message]]
pytestmark = pytest.mark.both_databases


@pytest.fixture
def event() -> Event:
    return make_event()


def workshop(event: Event, hours: int = 0, **facts: Any) -> Session:
    starts = event.starts_at + timedelta(hours=hours)
    return make_session(event, booking=BookingMode.OPTIONAL, starts_at=starts, **facts)


def seated(session: Session, *, confirmed: bool = True) -> Registration:
    registration = make_registration(session.event)
    facts = {"event_id": session.event_id, "session": session, "created_at": NOW}
    save(Booking(registration=registration, confirmed_at=NOW if confirmed else None, **facts))
    return registration


def move(source: Session, target: Session, *people: Registration, over_limits: bool = False) -> moving.Moved:
    ids = {person.id for person in people}
    moved = moving.move_bookings(source, target, ids, now=NOW, by=make_user(), over_limits=over_limits)
    db.session.flush()
    return moved


def sessions_of(registration: Registration) -> dict[str, bool]:
    return {booking.session.title: booking.is_confirmed for booking in registration.live_bookings}


def test_as_many_as_there_are_seats_go_in_order(event: Event, outbox: Outbox) -> None:
    source, target = workshop(event, title="A"), workshop(event, title="B", capacity=1)
    first, second, third = seated(source), seated(source), seated(source)

    moved = move(source, target, first, second)

    assert (moved.done, moved.left) == ([first], [(second, "la session d’arrivée est complète")])
    assert [sessions_of(one) for one in (first, second, third)] == [{"B": True}, {"A": True}, {"A": True}]
    assert [(m.letter, m.to) for m in outbox()] == [("registrations/sessions_changed", first.email)]
    assert [e.act for e in db.session.scalars(db.select(Entry))] == ["booking.moved"]


def test_beyond_the_capacity_only_explicitly_and_each_is_logged(event: Event) -> None:
    source, target = workshop(event), workshop(event, capacity=1, title="B")
    people = [seated(source) for _ in range(3)]
    assert move(source, target, *people, over_limits=True).done == people
    rows = db.session.scalars(db.select(Entry).where(Entry.act == "booking.moved").order_by(Entry.id)).all()
    assert [row.details["over_limits"] for row in rows] == [[], ["session"], ["session"]]
    assert "au-delà des limites par décision de l’organisation" in rows[1].sentence


def test_the_seats_left_behind_go_to_those_who_wait_for_them(event: Event) -> None:
    source, target = workshop(event, title="A", capacity=1), workshop(event, title="B")
    holder, waiting = seated(source), seated(source, confirmed=False)
    move(source, target, holder)
    assert sessions_of(waiting) == {"A": True}


def test_whoever_waits_is_moved_to_a_free_seat_but_never_forced(event: Event) -> None:
    source = workshop(event, title="A", capacity=0)
    roomy, full = workshop(event, title="B", capacity=1), workshop(event, title="C", capacity=0)
    waiting = seated(source, confirmed=False)
    assert move(source, full, waiting, over_limits=True).done == []
    assert move(source, roomy, waiting).done == [waiting]
    assert sessions_of(waiting) == {"B": True}


def test_whoever_is_there_already_or_busy_then_stays(event: Event) -> None:
    source, target, other = workshop(event, 3), workshop(event, title="B"), workshop(event, title="C")
    there, busy = seated(source), seated(source)
    facts = {"event_id": event.id, "created_at": NOW, "confirmed_at": NOW}
    save(Booking(registration=there, session=target, **facts))
    save(Booking(registration=busy, session=other, **facts))
    assert move(source, target, there, busy).left == [
        (there, "déjà dans «\u00a0B\u00a0»"),
        (busy, "tient «\u00a0C\u00a0», qui a lieu en même temps"),
    ]


def test_a_slot_in_which_one_must_choose_is_not_left(event: Event) -> None:
    source, target = workshop(event), workshop(event, 3)
    event.choice_required = [event.local_start.strftime("%Y-%m-%dT%H:%M")]
    person = seated(source)
    assert [reason for _, reason in move(source, target, person).left] == [
        f"Choisissez une session pour le créneau du {slot_label(event)}."
    ]


def test_where_places_follow_wishes_nobody_is_moved_in(event: Event) -> None:
    event.session_choice = SessionChoice.WISHES
    source, target, _other = workshop(event), workshop(event, 3), workshop(event, 3)
    person = seated(source)
    with pytest.raises(Refused, match="souhaits"):
        move(source, target, person)


def slot_label(event: Event) -> str:
    return booking_slots(event)[0].label


def test_a_session_of_another_event_or_open_to_all_is_refused(event: Event) -> None:
    source = workshop(event)
    for target in (source, make_session(event), workshop(make_event())):
        with pytest.raises(Refused):
            move(source, target)


def test_nobody_is_moved_or_written_to_once_the_event_is_cancelled(event: Event, outbox: Outbox) -> None:
    source, target = workshop(event), workshop(event, 3)
    person = seated(source)
    event.cancelled_at = NOW
    with pytest.raises(Refused, match="annulée"):
        move(source, target, person)
    assert (list(sessions_of(person)), outbox()) == ([source.title], [])
