"""Wishes given at registration and changed after; granted as a whole, and told."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from eventapp.agenda.models import BookingMode, Session
from eventapp.events import lifecycle
from eventapp.events.models import Event, SessionChoice
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.outbox.models import Message
from eventapp.registrations import refusals, seats
from eventapp.registrations.models import Registration
from eventapp.registrations.wishes import allocation, ranking
from eventapp.registrations.wishes.models import Allocation
from tests.factories import NOW, make_event, make_person, make_session, make_user

Outbox = Callable[[], list[Message]]
HOUR = timedelta(hours=1)
LATE = NOW + timedelta(days=3)


def make_wishing(**facts: Any) -> Event:
    return make_event(session_choice=SessionChoice.WISHES, **facts)


def workshops(event: Event, *capacities: int | None, after: int = 0) -> list[Session]:
    starts_at = event.starts_at + after * HOUR
    facts = {"starts_at": starts_at, "booking": BookingMode.OPTIONAL}
    return [make_session(event, capacity=capacity, **facts) for capacity in capacities]


def register(event: Event, *ranked: Session, sessions: Sequence[Session] = (), **facts: Any) -> Registration:
    return seats.register(event, make_person(**facts), ranked=ranked, sessions=sessions, now=NOW)


def ranked(registration: Registration) -> list[list[int]]:
    return [[session.id for session in ranking.sessions] for ranking in ranking.ranking_of(registration)]


def held(registration: Registration) -> list[tuple[int, int | None, bool]]:
    db.session.flush()
    db.session.expire_all()
    return [(b.session_id, b.rank, b.is_confirmed) for b in registration.live_bookings]


def allocate(event: Event, seed: int = 1) -> Allocation:
    user = make_user(event.organisation)
    kept = allocation.keep(event, allocation.draw(event, seed=seed), now=NOW, by=user)
    allocation.apply(kept, now=NOW, by=user)
    return kept


@pytest.mark.both_databases
def test_ranking_gives_no_seat_before_the_allocation() -> None:
    event = make_wishing()
    one, other = workshops(event, 1, 1)

    person = register(event, other, one)

    assert (ranked(person), held(person)) == ([[other.id, one.id]], [])


def test_a_session_named_without_a_rank_is_the_first_wish() -> None:
    event = make_wishing()
    one, other = workshops(event, 1, 1)

    person = register(event, one, sessions=[other])

    assert (ranked(person), held(person)) == ([[other.id, one.id]], [])


def test_sessions_beside_no_other_are_booked_as_ever() -> None:
    event = make_wishing()
    one, _other = workshops(event, 1, 1)
    (alone,) = workshops(event, 5, after=2)

    person = register(event, one, sessions=[alone])

    assert (ranked(person), held(person)) == ([[one.id]], [(alone.id, None, True)])


@pytest.mark.both_databases
def test_the_allocation_grants_first_wishes_where_it_can() -> None:
    event = make_wishing()
    one, other = workshops(event, 1, 1)
    stubborn, supple = register(event, one), register(event, one, other)

    allocate(event)

    assert (held(stubborn), held(supple)) == ([(one.id, 1, True)], [(other.id, 2, True)])


def test_each_grant_is_in_the_history_of_its_person() -> None:
    event = make_wishing()
    one, _other = workshops(event, 1, 1)
    person = register(event, one)

    allocate(event)

    rows = db.session.scalars(db.select(Entry).where(Entry.subject_id == person.id, Entry.act == "booking.allocated"))
    name = f"{person.first_name} {person.last_name.upper()}"
    assert [row.sentence for row in rows] == [f"«\u00a0{one.title}\u00a0» attribuée à {name}\u00a0: 1er souhait."]


@pytest.mark.both_databases
def test_whoever_gets_nothing_waits_for_their_first_wish_in_the_order_of_the_lottery() -> None:
    event = make_wishing()
    one, _other = workshops(event, 1, 1)
    people = {person.id: person for person in [register(event, one) for _ in range(4)]}

    kept = allocate(event, seed=5)

    left_out = kept.figures["slots"][0]["left_out"]
    queue = [b for b in (db.session.scalars(db.select(seats.Booking).order_by(seats.Booking.id))) if not b.is_confirmed]
    assert [b.registration_id for b in queue] == left_out
    assert all(held(people[key]) == [(one.id, None, False)] for key in left_out)


def test_whoever_waits_for_the_event_waits_for_their_first_wish_behind() -> None:
    event = make_wishing(capacity=1)
    one, _other = workshops(event, 5, 5)
    seated, waiting = register(event, one), register(event, one)

    allocate(event)
    seats.cancel(seated, now=NOW, by="person")

    assert held(waiting) == [(one.id, None, True)]


def test_after_the_announcement_sessions_are_chosen_as_ever() -> None:
    event = make_wishing()
    one, other = workshops(event, 1, 1)
    person = register(event, one)
    allocation.announce(allocate(event), now=NOW, by=make_user(event.organisation))

    seats.change_sessions(person, [other], now=NOW, by="person")
    late = register(event, sessions=[one])

    assert (held(person), held(late)) == ([(other.id, None, True)], [(one.id, None, True)])


def test_wishes_come_too_late_after_the_allocation() -> None:
    event = make_wishing()
    one, other = workshops(event, 1, 1)
    register(event, one)
    allocate(event)

    with pytest.raises(ranking.WishesClosed):
        register(event, other)


@pytest.mark.parametrize(("before", "is_refused"), [(timedelta(microseconds=1), False), (timedelta(0), True)])
def test_wishes_close_at_their_very_instant(before: timedelta, is_refused: bool) -> None:
    event = make_wishing(wishes_close_at=LATE)
    one, other = workshops(event, 1, 1)
    person = register(event, one)

    def change() -> None:
        ranking.change_wishes(person, [other], now=LATE - before, by="person")

    if is_refused:
        with pytest.raises(ranking.WishesClosed):
            change()
    else:
        change()
    assert ranked(person) == [[one.id if is_refused else other.id]]


def test_wishes_change_after_registration_has_closed_when_their_date_is_later() -> None:
    event = make_wishing(closes_at=NOW + HOUR, wishes_close_at=LATE)
    one, other = workshops(event, 1, 1)
    person = register(event, one)

    ranking.change_wishes(person, [other], now=NOW + 2 * HOUR, by="person")

    assert ranked(person) == [[other.id]]


def test_a_session_cancelled_meanwhile_leaves_the_other_wishes_in_their_order() -> None:
    event = make_wishing()
    one, second, third = workshops(event, 1, 1, 1)
    person = register(event, one, third, second)
    one.cancelled_at = NOW
    lifecycle.touch(event, now=NOW, calendar=False)

    allocate(event)

    assert held(person) == [(third.id, 1, True)]


def test_an_organiser_changes_wishes_after_their_closing() -> None:
    event = make_wishing(wishes_close_at=LATE)
    one, other = workshops(event, 1, 1)
    person = register(event, one)

    ranking.change_wishes(person, [other, one], now=LATE, by=make_user(event.organisation))

    assert ranked(person) == [[other.id, one.id]]


def test_a_required_slot_needs_a_wish_until_wishes_close() -> None:
    event = make_wishing(wishes_close_at=LATE)
    workshops(event, 1, 1)
    event.choice_required = ["2027-01-14T09:00"]

    with pytest.raises(ranking.WishesRefused, match="Classez au moins une session"):
        register(event)
    assert seats.register(event, make_person(), now=LATE).is_confirmed


def test_a_session_of_another_slot_cannot_be_ranked() -> None:
    event = make_wishing()
    workshops(event, 1, 1)
    (alone,) = workshops(event, 1, after=3)

    with pytest.raises(refusals.SessionNotBookable):
        register(event, alone)


def test_five_wishes_in_a_slot_and_no_more() -> None:
    event = make_wishing()
    sessions = workshops(event, *[1] * 6)

    with pytest.raises(ranking.WishesRefused, match="5 souhaits au plus"):
        register(event, *sessions)


def test_choosing_a_session_of_a_slot_of_wishes_later_makes_it_the_first_wish() -> None:
    event = make_wishing()
    one, other = workshops(event, 1, 1)
    person = register(event, one)

    seats.change_sessions(person, [other], now=NOW, by="person")

    assert (ranked(person), held(person)) == ([[other.id, one.id]], [])


@pytest.mark.both_databases
def test_an_allocation_is_not_applied_when_wishes_changed_since() -> None:
    event = make_wishing()
    one, other = workshops(event, 1, 1)
    person, user = register(event, one), make_user(event.organisation)
    kept = allocation.keep(event, allocation.draw(event), now=NOW, by=user)
    ranking.change_wishes(person, [other], now=NOW, by="person")

    with pytest.raises(allocation.WishesChanged):
        allocation.apply(kept, now=NOW, by=user)


def test_an_allocation_is_not_applied_when_places_changed_since() -> None:
    event = make_wishing()
    one, _other = workshops(event, 1, 1)
    register(event, one)
    user = make_user(event.organisation)
    kept = allocation.keep(event, allocation.draw(event), now=NOW, by=user)
    one.capacity = 0

    with pytest.raises(allocation.WishesChanged):
        allocation.apply(kept, now=NOW, by=user)


def test_an_allocation_is_applied_once() -> None:
    event = make_wishing()
    one, _other = workshops(event, 1, 1)
    person = register(event, one)
    kept = allocate(event)

    allocation.apply(kept, now=NOW, by=make_user(event.organisation))

    assert held(person) == [(one.id, 1, True)]
    assert db.session.scalar(db.select(db.func.count()).where(Entry.act == "allocation.applied")) == 1


def test_of_two_previews_only_one_is_applied() -> None:
    event = make_wishing()
    one, _other = workshops(event, 1, 1)
    register(event, one)
    other = allocation.keep(event, allocation.draw(event), now=NOW, by=make_user(event.organisation))
    allocate(event)

    with pytest.raises(allocation.NotApplicable):
        allocation.apply(other, now=NOW, by=make_user(event.organisation))


def test_nothing_is_drawn_without_wishes() -> None:
    event = make_wishing()
    workshops(event, 1, 1)

    with pytest.raises(allocation.NothingToAllocate):
        allocation.draw(event)


def test_the_same_seed_gives_the_same_seats() -> None:
    event = make_wishing()
    one, other = workshops(event, 2, 2)
    for _ in range(6):
        register(event, one, other)

    drawn = [allocation.draw(event, seed=seed) for seed in (3, 3)]

    assert drawn[0] == drawn[1]


def test_the_announcement_is_written_once_to_everyone_who_ranked(outbox: Outbox) -> None:
    event = make_wishing()
    one, _other = workshops(event, 1, 1)
    people = [register(event, one), register(event, one)]
    register(event)
    kept, user = allocate(event), make_user(event.organisation)
    before = len(outbox())

    assert [allocation.announce(kept, now=NOW, by=user) for _ in range(2)] == [2, 0]
    assert [(m.letter, m.to) for m in outbox()[before:]] == [
        ("registrations/allocated", person.email) for person in sorted(people, key=lambda p: (p.name_folded, p.id))
    ]


def test_what_is_not_applied_is_not_announced() -> None:
    event = make_wishing()
    one, _other = workshops(event, 1, 1)
    register(event, one)
    user = make_user(event.organisation)

    with pytest.raises(allocation.NotAnnounceable):
        allocation.announce(allocation.keep(event, allocation.draw(event), now=NOW, by=user), now=NOW, by=user)


def test_an_abandoned_preview_is_never_applied() -> None:
    event = make_wishing()
    one, _other = workshops(event, 1, 1)
    register(event, one)
    user = make_user(event.organisation)
    kept = allocation.keep(event, allocation.draw(event), now=NOW, by=user)

    allocation.discard(kept, now=NOW, by=user)

    assert list(db.session.scalars(allocation.allocations(event))) == []
    with pytest.raises(allocation.NotApplicable):
        allocation.apply(kept, now=NOW, by=user)


@pytest.mark.parametrize("mode", list(SessionChoice))
def test_the_mode_stays_once_people_have_chosen(mode: SessionChoice) -> None:
    event = make_event(session_choice=mode)
    one, _other = workshops(event, 1, 1)
    register(event, sessions=[one])
    other_mode = next(m for m in SessionChoice if m is not mode)

    with pytest.raises(ranking.ModeStays):
        ranking.choose_mode(event, other_mode, None, now=NOW, by=make_user(event.organisation))


def test_wishes_close_before_the_event_begins() -> None:
    event = make_event()

    with pytest.raises(refusals.Refused, match="avant le début"):
        ranking.choose_mode(
            event, SessionChoice.WISHES, event.starts_at + HOUR, now=NOW, by=make_user(event.organisation)
        )


@pytest.mark.both_databases
def test_wishes_are_granted_in_what_a_cancelled_session_leaves() -> None:
    """One session is no slot to rank; those who had ranked it would be overtaken by whoever registers next."""
    event = make_wishing()
    one, other = workshops(event, 1, 1)
    person = register(event, other, one)
    other.cancelled_at = LATE
    lifecycle.touch(event, now=LATE, calendar=False)
    late = register(event, sessions=[one])

    assert (ranked(person), ranked(late), held(late)) == ([[one.id]], [[one.id]], [])
    allocate(event)
    assert sorted(confirmed for who in (person, late) for _, _, confirmed in held(who)) == [False, True]
