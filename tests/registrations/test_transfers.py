"""Passing one's place on: one place, two letters, links that die, and nothing to take for anybody else meanwhile."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import icalendar
import pytest
from flask import Flask

from eventapp.agenda.models import BookingMode
from eventapp.events.models import SessionChoice
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.outbox.letters import NothingToSay
from eventapp.outbox.models import Message
from eventapp.outbox.rendering import render
from eventapp.registrations import links, notices, refusals, seats
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.people import Colleague
from eventapp.registrations.questions.completeness import missing
from eventapp.registrations.questions.models import Answer
from eventapp.registrations.self_service import transfers
from eventapp.registrations.wishes.models import Wish
from tests.factories import (
    NOW,
    make_event,
    make_person,
    make_question,
    make_registration,
    make_session,
    make_structure,
    save,
)

Outbox = Callable[[], list[Message]]
LATER = NOW + timedelta(hours=1)
ZOE = Colleague(first_name="Zoé", last_name="Lefèvre", email="zoe@agents.example", function="conseillère")


def pass_on(registration: Registration, colleague: Colleague = ZOE, **facts: object) -> Registration:
    return transfers.pass_on(registration, colleague, **{"now": LATER, "by": "person"} | facts)


@pytest.mark.both_databases
def test_a_colleague_takes_the_place_and_the_first_in_the_queue_keeps_waiting() -> None:
    event = make_event(capacity=1)
    registration = seats.register(event, make_person(organisation="Mairie"), now=NOW)
    waiting = seats.register(event, make_person(), now=NOW)

    received = pass_on(registration)

    assert (received.status, received.organisation, received.replaces_id) == ("confirmed", "Mairie", registration.id)
    assert (registration.status, registration.cancelled_by) == (Status.CANCELLED, "transfer")
    assert waiting.is_waiting
    assert (received.first_name, received.last_name, received.email, received.phone) == (
        "Zoé",
        "Lefèvre",
        "zoe@agents.example",
        "",
    )


@pytest.mark.both_databases
def test_the_sessions_keep_their_seat_and_their_rank() -> None:
    event = make_event()
    held, full = (
        make_session(event, booking=BookingMode.OPTIONAL, capacity=1, starts_at=event.starts_at + timedelta(hours=h))
        for h in (0, 2)
    )
    seats.register(event, make_person(), sessions=[full], now=NOW)
    registration = seats.register(event, make_person(), sessions=[held, full], now=NOW)
    second = seats.register(event, make_person(), sessions=[full], now=NOW)
    before = {b.session_id: (b.id, b.confirmed_at) for b in registration.live_bookings}
    one, other, shared = registration.id, second.id, full.id
    db.session.commit()
    db.session.expunge_all()  # as in a request of its own

    registration = db.session.get_one(Registration, one)
    received = pass_on(registration)

    db.session.expire_all()
    assert {b.session_id: (b.id, b.confirmed_at) for b in received.live_bookings} == before
    assert registration.bookings == []
    assert db.session.get_one(Registration, other).live_bookings[0].id > before[shared][0]


def test_wishes_follow_and_answers_do_not() -> None:
    event = make_event()
    registration = make_registration(event)
    question = make_question(event, required=True)
    save(Answer(registration=registration, question=question, value=True))
    save(Wish(event_id=event.id, registration=registration, session=make_session(event), rank=1, created_at=NOW))

    received = pass_on(registration)

    assert received.answers == []
    assert missing(received) == [question.label]
    assert db.session.scalars(db.select(Wish.registration_id)).all() == [received.id]


def test_a_slot_in_which_everyone_chooses_is_missing_until_one_is_chosen_or_wished() -> None:
    event = make_event(choice_required=["2027-01-14T09:00"])
    one = make_session(event, booking=BookingMode.OPTIONAL)
    make_session(event, booking=BookingMode.OPTIONAL)
    registration = make_registration(event)
    assert missing(registration) == ["Session du jeudi 14 janvier 2027, 9\u00a0h – 10\u00a0h"]

    event.session_choice = SessionChoice.WISHES
    save(Wish(event_id=event.id, registration=registration, session=one, rank=1, created_at=NOW))
    assert missing(registration) == []


@pytest.mark.both_databases
def test_both_get_mail_and_the_calendars_follow(outbox: Outbox) -> None:
    event = make_event(title="Rencontre")
    registration = seats.register(event, make_person(), now=NOW)
    received = pass_on(registration)

    _, gone, come = outbox()
    assert (gone.letter, gone.to, gone.calendar_method, gone.calendar_sequence) == (
        "registrations/passed_on", registration.email, "CANCEL", 1,
    )  # fmt: skip
    assert (come.letter, come.to, come.calendar_method) == ("registrations/received", received.email, "REQUEST")
    assert links.token(received) in render(come).text
    assert links.token(received) not in render(gone).text + render(gone).html
    (entry,) = icalendar.Calendar.from_ical(render(come).contents.calendar).walk("VEVENT")
    assert (entry["ATTENDEE"], entry["UID"]) == (f"mailto:{received.email}", event.calendar_uid)
    assert render(gone).text.startswith("Votre place est transmise à Zoé LEFÈVRE.")


def test_a_shared_mailbox_keeps_its_entry(outbox: Outbox) -> None:
    registration = seats.register(make_event(), make_person(email="accueil@agents.example"), now=NOW)
    pass_on(registration, Colleague(first_name="Zoé", last_name="Lefèvre", email="accueil@agents.example"))
    assert [m.calendar_method for m in outbox()] == ["REQUEST", None, "REQUEST"]


def test_the_trail_stays() -> None:
    registration = make_registration(make_event())
    received = pass_on(registration)

    rows = db.session.scalars(db.select(Entry).order_by(Entry.id)).all()
    assert [(row.act, row.subject_id, row.actor) for row in rows] == [
        ("registration.passed_on", registration.id, "person"),
        ("registration.received", received.id, "person"),
    ]
    assert "Zoé LEFÈVRE" in rows[0].sentence
    assert transfers.successor_of(registration) is received
    assert transfers.predecessor_of(received) is registration


def test_the_old_links_die(outbox: Outbox) -> None:
    registration = make_registration(make_event())
    token, feed = links.token(registration), links.feed(registration)
    pass_on(registration)

    assert Registration.of_token(token) is None
    assert Registration.of_feed_token(feed.split("/")[-2]) is None
    notices.link([registration], now=LATER)
    with pytest.raises(NothingToSay):
        render(outbox()[-1])


def test_the_same_act_again_is_the_same_registration(outbox: Outbox) -> None:
    registration = make_registration(make_event())
    assert pass_on(registration) is pass_on(registration)
    assert len(outbox()) == 2


def test_a_place_is_passed_on_once() -> None:
    registration = make_registration(make_event())
    pass_on(registration)
    with pytest.raises(refusals.NotLive):
        pass_on(registration, Colleague(first_name="Léo", last_name="Roy", email="leo@agents.example"))


def test_a_colleague_passes_it_on_in_turn() -> None:
    received = pass_on(make_registration(make_event()))
    third = pass_on(received, Colleague(first_name="Léo", last_name="Roy", email="leo@agents.example"))
    assert third.replaces_id == received.id


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"status": Status.WAITING}, refusals.NothingToPassOn),
        (
            {"status": Status.WAITING, "offer_until": NOW + timedelta(days=1)},
            refusals.NothingToPassOn,
        ),
        ({"status": Status.CANCELLED}, refusals.NotLive),
    ],
)
def test_only_a_confirmed_place_is_passed_on(facts: dict, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        pass_on(make_registration(make_event(), **facts))


def test_nobody_who_is_registered_receives_a_second_place() -> None:
    event = make_event()
    make_registration(event, make_person(first_name="Zoé", last_name="Lefèvre", email="zoe@agents.example"))
    with pytest.raises(refusals.AlreadyRegistered):
        pass_on(make_registration(event))


def test_one_does_not_pass_it_on_to_oneself() -> None:
    person = make_person(first_name="Zoe", last_name="LEFEVRE", email="ZOE@agents.example")
    with pytest.raises(refusals.PassedOnToOneself):
        pass_on(make_registration(make_event(), person))


@pytest.mark.parametrize(("microseconds", "is_open"), [(-1, True), (0, False)])
def test_it_ends_at_the_very_instant(microseconds: int, is_open: bool) -> None:
    event = make_event(closes_at=NOW - timedelta(days=1), changes_until=LATER)
    registration = make_registration(event)
    now = LATER + timedelta(microseconds=microseconds)
    if is_open:
        assert pass_on(registration, now=now).is_confirmed
    else:
        with pytest.raises(refusals.ChangesClosed):
            pass_on(registration, now=now)


@pytest.mark.both_databases
def test_at_the_same_time_it_is_passed_on_once_or_cancelled(app: Flask) -> None:
    """Six transfers to three colleagues and two cancellations, from as many processes' points of view."""
    event = make_event(capacity=1)
    registration = make_registration(event)
    make_registration(event, status=Status.WAITING)
    key = registration.id
    db.session.commit()

    def act(number: int) -> str:
        with app.app_context():
            found = db.session.get_one(Registration, key)
            try:
                if number % 4 == 3:
                    seats.cancel(found, now=LATER, by="person")
                else:
                    pass_on(found, Colleague(first_name="A", last_name=f"B{number % 4}", email="x@agents.example"))
                db.session.commit()
            except refusals.Refused:
                db.session.rollback()
                return "refused"
            return "done"

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(8)))

    db.session.rollback()
    people = db.session.scalars(db.select(Registration).where(Registration.status == Status.CONFIRMED)).all()
    assert len(people) == 1
    letters = db.session.scalars(db.select(Message.letter)).all()
    assert len(letters) == 2
    assert db.session.scalar(db.select(db.func.count(Booking.id))) == 0


@pytest.mark.both_databases
def test_the_place_passed_on_is_one_of_the_structure_corrected_a_moment_before(app: Flask) -> None:
    """Between the reading of the page and the lock: it must not count against the structure of before."""
    event = make_event(per_structure=1)
    before, after = make_structure(), make_structure()
    registration = make_registration(event, make_person(structure=before))
    key, wanted = registration.id, after.id
    db.session.commit()

    def correct() -> None:
        with app.app_context():
            db.session.get_one(Registration, key).structure_id = wanted
            db.session.commit()

    assert registration.structure is before
    if db.engine.dialect.name == "sqlite":  # there a transaction that may write holds the lock from its beginning
        db.session.rollback()
    with ThreadPoolExecutor() as pool:
        pool.submit(correct).result()

    assert pass_on(registration).structure_id == wanted
