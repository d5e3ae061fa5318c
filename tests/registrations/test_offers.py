"""Offers of a freed place: a deadline, an answer, and the next person."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from eventapp.outbox.models import Message
from eventapp.registrations import refusals, seats
from eventapp.registrations.models import Status
from tests.factories import NOW, make_event, make_person, make_registration

Outbox = Callable[[], list[Message]]
HOUR = timedelta(hours=1)


def offered(**facts: object) -> tuple:
    """An event of one place, just freed: the first of two who wait has an offer."""
    event = make_event(**{"capacity": 1, "offer_hours": 48} | facts)
    seated = make_registration(event)
    queue = [make_registration(event, status=Status.WAITING) for _ in range(2)]
    seats.cancel(seated, now=NOW, by="organiser")
    return event, *queue


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
    _, first, second = offered()

    assert seats.expire_offers(now=NOW + 48 * HOUR - timedelta(microseconds=1)) == 0
    assert seats.expire_offers(now=NOW + 48 * HOUR) == 1

    assert (first.status, first.cancelled_by) == (Status.CANCELLED, "system")
    assert second.offer_until == NOW + 96 * HOUR
    assert seats.expire_offers(now=NOW + 48 * HOUR) == 0
    assert [m.letter for m in outbox()][-2:] == ["registrations/cancelled", "registrations/offered"]


def test_an_offer_is_accepted_before_its_deadline_only() -> None:
    _, first, _ = offered()
    with pytest.raises(refusals.OfferEnded):
        seats.accept_offer(first, now=NOW + 48 * HOUR)


def test_without_anyone_waiting_a_free_place_is_confirmed_at_once() -> None:
    event = make_event(capacity=1, offer_hours=48)
    assert seats.register(event, make_person(), now=NOW).status is Status.CONFIRMED


def test_a_newcomer_does_not_overtake_those_who_wait() -> None:
    event = make_event(capacity=1, offer_hours=48)
    first = make_registration(event, status=Status.WAITING)

    newcomer = seats.register(event, make_person(), now=NOW + HOUR)

    assert newcomer.status is Status.WAITING
    assert first.offer_until is not None
