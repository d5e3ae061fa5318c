"""Any order of registering, wishing, leaving, resizing and allocating: what must hold after each step."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from eventapp.agenda.models import BookingMode, Session
from eventapp.errors import Refused
from eventapp.events import lifecycle
from eventapp.events.models import SessionChoice
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.registrations import seats
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.sessions import session_places
from eventapp.registrations.wishes import allocation, ranking
from eventapp.registrations.wishes.models import Wish
from tests.factories import NOW, make_event, make_person, make_session, make_user

rankings = st.lists(st.integers(0, 2), max_size=3, unique=True)


class Wishing(RuleBasedStateMachine):
    """One slot of three parallel sessions and one session alone; the event may be full."""

    @initialize(capacity=st.one_of(st.none(), st.integers(1, 4)), places=st.tuples(*[st.integers(0, 2)] * 3))
    def open(self, capacity: int | None, places: tuple[int, ...]) -> None:
        self.event = make_event(session_choice=SessionChoice.WISHES, capacity=capacity)
        self.user = make_user(self.event.organisation)
        facts = {"booking": BookingMode.OPTIONAL}
        self.parallel = [make_session(self.event, capacity=left, **facts) for left in places]
        later = self.event.starts_at + timedelta(hours=3)
        self.alone = make_session(self.event, starts_at=later, capacity=1, **facts)
        self.people: list[Registration] = []

    def sessions(self, ranks: list[int]) -> list[Session]:
        return [self.parallel[rank] for rank in ranks]

    @rule(ranks=rankings, also=st.booleans())
    def register(self, ranks: list[int], also: bool) -> None:
        ranked = self.sessions(ranks) if self.event.allocated_at is None else []
        facts = {"ranked": ranked, "sessions": [self.alone] if also else []}
        self.people.append(seats.register(self.event, make_person(), now=NOW, **facts))

    @precondition(lambda self: self.people)
    @rule(data=st.data(), ranks=rankings)
    def change(self, data: st.DataObject, ranks: list[int]) -> None:
        person = data.draw(st.sampled_from(self.people))
        try:
            ranking.change_wishes(person, self.sessions(ranks), now=NOW, by="person")
        except Refused:
            assert person.is_cancelled or self.event.allocated_at is not None

    @precondition(lambda self: self.people)
    @rule(data=st.data(), which=st.integers(0, 2))
    def choose(self, data: st.DataObject, which: int) -> None:
        person = data.draw(st.sampled_from(self.people))
        if not person.is_cancelled:
            seats.change_sessions(person, [self.parallel[which]], now=NOW, by="person")

    @precondition(lambda self: self.people)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        seats.cancel(data.draw(st.sampled_from(self.people)), now=NOW, by="person")

    @rule(which=st.integers(0, 2), places=st.integers(0, 3))
    def resize(self, which: int, places: int) -> None:
        held = session_places.session_places(self.event)[self.parallel[which].id]
        if held.left is not None and places >= self.parallel[which].capacity - held.left:
            self.parallel[which].capacity = places
            lifecycle.touch(self.event, now=NOW, calendar=False)
            seats.capacities_changed(self.event, now=NOW)

    @rule(seed=st.integers(0, 9))
    def allocate(self, seed: int) -> None:
        try:
            kept = allocation.keep(self.event, allocation.draw(self.event, seed=seed), now=NOW, by=self.user)
        except allocation.NothingToAllocate:
            return
        allocation.apply(kept, now=NOW, by=self.user)
        granted = select(func.count()).where(Entry.event_id == self.event.id, Entry.act == "booking.allocated")
        assert db.session.scalar(granted) == len(kept.seats)

    @invariant()
    def nobody_sits_in_a_slot_of_wishes(self) -> None:
        if self.event.allocated_at is None:
            of_slot = Booking.session_id.in_([session.id for session in self.parallel])
            assert db.session.scalar(select(func.count()).where(of_slot)) == 0

    @invariant()
    def no_session_is_oversold_nor_left_empty_beside_somebody(self) -> None:
        db.session.flush()
        for session in [*self.parallel, self.alone]:
            live = select(Booking).join(Booking.registration)
            live = live.where(Booking.session_id == session.id, Booking.released_at.is_(None))
            bookings = db.session.scalars(live.where(Registration.status == Status.CONFIRMED)).all()
            seated = sum(booking.confirmed_at is not None for booking in bookings)
            assert session.capacity is not None
            assert seated <= session.capacity
            assert seated == min(len(bookings), session.capacity)

    @invariant()
    def nobody_holds_two_sessions_of_one_hour(self) -> None:
        for person in self.people:
            held = [b.session for b in person.live_bookings if b.is_confirmed]
            assert not any(one.overlaps(other) for one in held for other in held if one is not other)

    @invariant()
    def ranks_follow_one_another(self) -> None:
        for person in self.people:
            ranks = db.session.scalars(select(Wish.rank).where(Wish.registration_id == person.id)).all()
            assert sorted(ranks) == list(range(1, len(ranks) + 1))


@pytest.mark.both_databases
def test_no_order_of_wishes_and_acts_breaks_the_rules() -> None:
    run_state_machine_as_test(Wishing, settings=settings(max_examples=20, stateful_step_count=15, deadline=None))
