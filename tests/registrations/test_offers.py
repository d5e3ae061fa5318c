"""Offers of a freed place: a deadline, an answer, and the next person."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from eventapp.errors import Refused
from eventapp.events import lifecycle
from eventapp.extensions import db
from eventapp.outbox.models import Message
from eventapp.registrations import seats
from eventapp.registrations.models import Status
from eventapp.registrations.waiting import offers
from eventapp.worker import Worker
from tests.factories import NOW, make_event, make_person, make_registration

Outbox = Callable[[], list[Message]]
Verb = Callable[..., bool]
HOUR = timedelta(hours=1)


def offered(**facts: object) -> tuple:
    """An event of one place, just freed: the first of two who wait has an offer."""
    event = make_event(**{"capacity": 1, "offer_hours": 48} | facts)
    seated = make_registration(event)
    queue = [make_registration(event, status=Status.WAITING) for _ in range(2)]
    seats.cancel(seated, now=NOW, by="organiser")
    return event, *queue


def expire(now: datetime) -> list[int]:
    """What the worker does: the events in which an offer ended."""
    found = list(offers.events_with_offers_ended(now=now))
    for event_id in found:
        offers.expire_offers(event_id, now=now)
    return found


@pytest.mark.both_databases
def test_a_freed_place_becomes_an_offer_and_is_held(outbox: Outbox) -> None:
    event, first, second = offered()

    assert (first.status, first.offer_until) == (Status.WAITING, NOW + 48 * HOUR)
    assert second.offer_until is None
    assert seats.position(second) == 1
    newcomer = seats.register(event, make_person(), now=NOW)
    assert newcomer.status is Status.WAITING
    assert [m.letter for m in outbox()] == [
        "registrations/cancelled",
        "registrations/offered",
        "registrations/waiting",
    ]


def test_the_deadline_never_passes_the_closing() -> None:
    _, first, _ = offered(closes_at=NOW + HOUR)
    assert first.offer_until == NOW + HOUR


def test_after_the_closing_a_freed_place_is_given_without_asking() -> None:
    _, first, _ = offered(closes_at=NOW)
    assert (first.status, first.offer_until) == (Status.CONFIRMED, None)


@pytest.mark.both_databases
def test_accepting_confirms(outbox: Outbox) -> None:
    _, first, second = offered()

    seats.accept_offer(first, now=NOW + HOUR)

    assert (first.status, first.offer_until, second.status) == (Status.CONFIRMED, None, Status.WAITING)
    assert outbox()[-1].letter == "registrations/confirmed"


@pytest.mark.both_databases
def test_refusing_passes_the_place_on() -> None:
    _, first, second = offered()

    seats.refuse_offer(first, now=NOW + HOUR)

    assert (first.status, second.offer_until) == (Status.CANCELLED, NOW + 49 * HOUR)


@pytest.mark.both_databases
def test_an_unanswered_offer_expires_and_passes_on(outbox: Outbox) -> None:
    event, first, second = offered()

    assert expire(NOW + 48 * HOUR - timedelta(microseconds=1)) == []
    assert expire(NOW + 48 * HOUR) == [event.id]

    assert (first.status, first.cancelled_by) == (Status.CANCELLED, "system")
    assert second.offer_until == NOW + 96 * HOUR
    assert expire(NOW + 48 * HOUR) == []
    assert [m.letter for m in outbox()][-2:] == ["registrations/cancelled", "registrations/offered"]


@pytest.mark.both_databases
@pytest.mark.parametrize("verb", [seats.accept_offer, seats.refuse_offer])
def test_an_answer_after_the_deadline_passes_the_place_on_at_once(verb: Verb, outbox: Outbox) -> None:
    _, first, second = offered()

    assert verb(first, now=NOW + 48 * HOUR) is False

    assert (first.status, first.cancelled_by) == (Status.CANCELLED, "system")
    assert second.offer_until == NOW + 96 * HOUR
    assert [m.letter for m in outbox()][-2:] == ["registrations/cancelled", "registrations/offered"]


def test_an_offer_is_accepted_until_the_very_instant() -> None:
    _, first, _ = offered()
    assert seats.accept_offer(first, now=NOW + 48 * HOUR - timedelta(microseconds=1)) is True
    assert first.is_confirmed


def test_a_closing_brought_forward_shortens_the_offers_and_says_so(outbox: Outbox) -> None:
    event, first, _ = offered()
    event.closes_at = NOW + 2 * HOUR

    seats.capacities_changed(event, now=NOW + HOUR)
    seats.capacities_changed(event, now=NOW + HOUR)

    assert first.offer_until == NOW + 2 * HOUR
    assert [m.letter for m in outbox()].count("registrations/offered") == 2
    assert seats.accept_offer(first, now=NOW + 2 * HOUR) is False


@pytest.mark.both_databases
def test_an_offer_that_outlives_the_closing_is_not_accepted() -> None:
    """Whoever moved the closing without passing the places on (a restored database) changes nothing to it."""
    event, first, second = offered()
    event.closes_at = NOW + HOUR

    assert seats.accept_offer(first, now=NOW + HOUR) is False

    assert (first.status, second.status) == (Status.CANCELLED, Status.CONFIRMED)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"published_at": None}, "Cette rencontre n’est pas publiée pour le moment. Écrivez-nous."),
        ({"cancelled_at": NOW}, "Cette rencontre est annulée."),
        ({"starts_at": NOW, "ends_at": NOW + HOUR}, "Cette proposition de place n’est plus valable."),
    ],
)
def test_no_answer_is_taken_when_there_is_no_event_to_come(facts: dict[str, Any], sentence: str) -> None:
    event, first, _ = offered()
    for name, value in facts.items():
        setattr(event, name, value)
    with pytest.raises(Refused, match=sentence):
        seats.accept_offer(first, now=NOW + HOUR)


def test_whoever_has_no_offer_accepts_nothing() -> None:
    _, _, second = offered()
    assert seats.accept_offer(second, now=NOW + HOUR) is False
    assert second.status is Status.WAITING


def test_one_event_that_fails_stops_no_other(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    (broken, _, _), (_, first, second) = offered(), offered()
    fill = offers.fill
    monkeypatch.setattr(offers, "fill", lambda event, now: fill(event, now=now) if event != broken else 1 / 0)
    monkeypatch.setattr("eventapp.worker.utcnow", lambda: NOW + 48 * HOUR)
    db.session.commit()

    Worker().run_jobs()

    assert (first.status, second.has_offer) == (Status.CANCELLED, True)
    assert [record.message for record in caplog.records] == ["worker: expire offers"]


def test_without_anyone_waiting_a_free_place_is_confirmed_at_once() -> None:
    event = make_event(capacity=1, offer_hours=48)
    assert seats.register(event, make_person(), now=NOW).status is Status.CONFIRMED


def test_a_newcomer_does_not_overtake_those_who_wait() -> None:
    event = make_event(capacity=1, offer_hours=48)
    first = make_registration(event, status=Status.WAITING)

    newcomer = seats.register(event, make_person(), now=NOW + HOUR)

    assert newcomer.status is Status.WAITING
    assert first.offer_until is not None


@pytest.mark.both_databases
def test_an_offer_that_ended_while_the_event_was_withdrawn_is_made_again(outbox: Outbox) -> None:
    """Whoever tried to answer meanwhile was told that the event is not published."""
    event, first, second = offered()
    lifecycle.withdraw(event, now=NOW + HOUR, by=None)
    back = NOW + 50 * HOUR
    lifecycle.publish(event, now=back, by=None)
    seats.capacities_changed(event, now=back)

    assert (first.offer_until, second.is_waiting) == (back + 48 * HOUR, True)
    assert [(m.letter, m.to) for m in outbox()][-1] == ("registrations/offered", first.email)
    expire(back + 48 * HOUR)
    assert (first.is_cancelled, second.has_offer) == (True, True)


def test_past_the_closing_an_offer_that_nobody_could_answer_is_over() -> None:
    event, first, second = offered(closes_at=NOW + 10 * HOUR)
    lifecycle.withdraw(event, now=NOW + HOUR, by=None)
    lifecycle.publish(event, now=NOW + 50 * HOUR, by=None)
    seats.capacities_changed(event, now=NOW + 50 * HOUR)
    assert (first.is_cancelled, second.is_confirmed) == (True, True)
