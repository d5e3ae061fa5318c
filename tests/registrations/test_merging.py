"""The same person registered twice: one registration stays, with the best of both, and nothing is lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.errors import Refused
from eventapp.events.models import SessionChoice
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.outbox.models import Message
from eventapp.registrations import links, seats
from eventapp.registrations.desk import merging
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.questions.models import Answer
from eventapp.registrations.wishes.wish_slots import ranking_of
from tests.factories import (
    NOW,
    make_event,
    make_person,
    make_question,
    make_registration,
    make_session,
    make_user,
    save,
)

Outbox = Callable[[], list[Message]]
pytestmark = pytest.mark.both_databases
NAMES = {"first_name": "Zoé", "last_name": "Lefèvre"}
OFFERED = {"status": Status.WAITING, "offer_until": NOW + timedelta(days=1)}
WAITING, CONFIRMED = {"status": Status.WAITING}, {"status": Status.CONFIRMED}


def twins(one: dict[str, Any], other: dict[str, Any], **event: Any) -> tuple[Registration, Registration]:
    event = make_event(**event)
    return (
        make_registration(event, make_person(**NAMES, email="zoe@mairie.example"), **one),
        make_registration(event, make_person(**NAMES, email="zoe@agents.example", phone="+33323975390"), **other),
    )


def merge(one: Registration, other: Registration, address_of: Registration) -> Registration:
    stays = merging.merge(one, other, address_of=address_of, now=NOW, by=make_user())
    db.session.flush()
    return stays


def seat(registration: Registration, session: Any, *, confirmed: bool = True) -> Booking:
    at = NOW if confirmed else None
    facts = {"event_id": registration.event_id, "session": session, "created_at": NOW, "confirmed_at": at}
    return save(Booking(registration=registration, **facts))


@pytest.mark.parametrize(
    ("one", "other", "first_stays"),
    [
        (CONFIRMED, WAITING, True),
        (WAITING, CONFIRMED, False),
        (CONFIRMED, CONFIRMED, True),
        (WAITING, WAITING, True),
        (WAITING, OFFERED, False),
        (OFFERED, CONFIRMED, False),
    ],
)
@pytest.mark.parametrize("address", [0, 1])
def test_the_better_one_stays_whichever_address_is_kept(
    one: dict[str, Any], other: dict[str, Any], first_stays: bool, address: int
) -> None:
    pair = twins(one, other, capacity=9)
    email = pair[address].email
    better, worse = pair if first_stays else pair[::-1]
    before = better.status, better.offer_until

    assert merge(*pair, pair[address]) is better

    assert (better.status, better.offer_until) == before or (better.is_confirmed and before[0] is Status.WAITING)
    assert (better.email, worse.status, worse.merged_into_id) == (email, Status.CANCELLED, better.id)
    assert better.phone == "+33323975390"


def test_the_place_given_back_goes_to_the_next() -> None:
    pair = twins(CONFIRMED, CONFIRMED, capacity=2)
    waiting = make_registration(pair[0].event, status=Status.WAITING)
    merge(*pair, pair[0])
    assert waiting.is_confirmed


def test_both_addresses_are_told_and_the_given_up_calendar_is_cleared(outbox: Outbox) -> None:
    event = make_event()
    one = seats.register(event, make_person(**NAMES, email="zoe@mairie.example"), now=NOW)
    other = seats.register(event, make_person(**NAMES, email="zoe@agents.example"), now=NOW)
    old = links.token(other)

    stays = merge(one, other, other)

    assert stays is one
    told = [(m.letter, m.to, m.calendar_method) for m in outbox()[2:]]
    assert told == [
        ("registrations/merged", "zoe@agents.example", "REQUEST"),
        ("registrations/merged_away", "zoe@mairie.example", "CANCEL"),
    ]
    request, cancel = (m.calendar_sequence for m in outbox()[2:])
    assert (request, cancel) == (0, 1)  # the address that stays has that entry already
    assert Registration.of_token(old) is None
    assert [e.act for e in db.session.scalars(db.select(Entry)) if "merged" in e.act] == [
        "registration.merged",
        "registration.merged_away",
    ]


def test_sessions_answers_and_notes_are_united() -> None:
    one, other = twins(CONFIRMED, CONFIRMED)
    event = one.event
    at = event.starts_at + timedelta(hours=3)
    morning = make_session(event, booking=BookingMode.OPTIONAL)
    clashing = make_session(event, booking=BookingMode.OPTIONAL)
    later = make_session(event, booking=BookingMode.OPTIONAL, starts_at=at)
    full = make_session(event, booking=BookingMode.OPTIONAL, starts_at=at + timedelta(hours=2), capacity=1)
    seat(one, morning), seat(one, full, confirmed=False)
    seat(other, clashing), seat(other, later), seat(other, full)
    meal, train = make_question(event), make_question(event)
    save(Answer(registration=one, question=meal, value=True))
    save(Answer(registration=other, question=meal, value=False))
    save(Answer(registration=other, question=train, value=True))
    one.note, other.note = "Arrive tard", "Train"

    stays = merge(one, other, one)
    db.session.commit()

    held = {b.session_id: b.is_confirmed for b in stays.live_bookings}
    assert held == {morning.id: True, later.id: True, full.id: True}
    assert {a.question_id: a.value for a in stays.answers} == {meal.id: True, train.id: True}
    assert (stays.note, other.live_bookings) == ("Arrive tard\nTrain", [])


def test_of_one_session_the_better_of_both_counts() -> None:
    one, other = twins(CONFIRMED, CONFIRMED)
    event = one.event
    later = event.starts_at + timedelta(hours=3)
    full = make_session(event, booking=BookingMode.OPTIONAL, capacity=0)
    beside = make_session(event, booking=BookingMode.OPTIONAL, capacity=0, starts_at=later)
    held = make_session(event, booking=BookingMode.OPTIONAL, starts_at=later)
    first = seat(other, full, confirmed=False)
    seat(one, full, confirmed=False)
    seat(one, held)
    waits = seat(other, beside, confirmed=False)
    waits.offer_until = NOW + timedelta(days=1)
    db.session.flush()

    merge(one, other, one)
    db.session.commit()

    assert {b.id for b in one.live_bookings} >= {first.id, waits.id}
    assert waits.offer_until is not None
    assert sorted(b.session_id for b in one.live_bookings) == [full.id, beside.id, held.id]


def test_one_mailbox_is_told_once(outbox: Outbox) -> None:
    event = make_event()
    one = make_registration(event, make_person(first_name="Zoé", last_name="Lefevre", email="fs@agents.example"))
    other = make_registration(event, make_person(first_name="Zoë", last_name="Lefèbvre", email="fs@agents.example"))
    assert merging.likely_twins(one) == [other]
    merge(one, other, other)
    assert [m.letter for m in outbox()] == ["registrations/merged"]


def test_another_event_or_a_cancelled_one_is_refused() -> None:
    one, other = twins(CONFIRMED, {"status": Status.CANCELLED})
    with pytest.raises(Refused):
        merge(one, other, one)
    for stranger in (make_registration(make_event()), one):
        with pytest.raises(Refused):
            merge(one, stranger, one)


def test_merging_twice_changes_and_mails_nothing_more(outbox: Outbox) -> None:
    one, other = twins(CONFIRMED, WAITING)
    first = merge(one, other, one)
    letters, revision = len(outbox()), first.revision
    for pair in ((one, other), (other, one)):
        assert merge(*pair, one) is first
    assert (len(outbox()), first.revision) == (letters, revision)


def test_of_each_hour_the_wishes_of_one_of_them_stay() -> None:
    """Ranked at two hours with two addresses: each ranking is kept whole, and none is mixed with another."""
    event = make_event(session_choice=SessionChoice.WISHES)
    hours = [{"starts_at": event.starts_at + n * timedelta(hours=2), "booking": BookingMode.OPTIONAL} for n in (0, 1)]
    early, late = ([make_session(event, **hour), make_session(event, **hour)] for hour in hours)
    ranked = [early[0]], [early[1], late[1], late[0]]
    one, other = (
        seats.register(event, make_person(**NAMES, email=email), ranked=sessions, now=NOW)
        for email, sessions in zip(("zoe@mairie.example", "zoe@agents.example"), ranked, strict=True)
    )

    stays = merge(one, other, one)

    assert [ranking.sessions for ranking in ranking_of(stays)] == [[early[0]], [late[1], late[0]]]
