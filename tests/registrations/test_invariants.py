"""Whatever people and organisers do, in whatever order: no place twice, no free place beside someone who waits."""

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from eventapp.agenda.models import BookingMode
from eventapp.extensions import db
from eventapp.registrations import seats
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.places.limits import places
from eventapp.registrations.waiting import offers
from eventapp.registrations.waiting.queue import waiting
from tests.factories import NOW, make_event, make_person, make_session

LONGEST = timedelta(days=30)


class Seats(RuleBasedStateMachine):
    @initialize(capacity=st.integers(0, 3), offer_hours=st.sampled_from([None, 24]))
    def open(self, capacity: int, offer_hours: int | None) -> None:
        self.now = NOW
        self.event = make_event(capacity=capacity, offer_hours=offer_hours)
        self.session = make_session(self.event, booking=BookingMode.REQUIRED, capacity=1)
        self.ceiling = capacity  # more than the capacity are seated only when it was lowered below them

    def live(self) -> list[Registration]:
        query = Registration.of(self.event).where(Registration.status != Status.CANCELLED)
        return list(db.session.scalars(query.order_by(None).order_by(Registration.id)))

    def one(self, choice: int) -> Registration | None:
        live = self.live()
        return live[choice % len(live)] if live else None

    @rule(minutes=st.integers(1, 3000))
    def wait(self, minutes: int) -> None:
        self.now = min(self.now + timedelta(minutes=minutes), NOW + LONGEST)
        for event_id in offers.events_with_offers_ended(now=self.now):
            offers.expire_offers(event_id, now=self.now)

    @rule(with_session=st.booleans())
    def register(self, with_session: bool) -> None:
        wanted = [self.session] if with_session else []
        seats.register(self.event, make_person(), sessions=wanted, now=self.now)

    @rule(choice=st.integers(0, 50))
    def cancel(self, choice: int) -> None:
        registration = self.one(choice)
        if registration is not None:
            seats.cancel(registration, now=self.now, by="person")

    @rule(choice=st.integers(0, 50), with_session=st.booleans())
    def change(self, choice: int, with_session: bool) -> None:
        registration = self.one(choice)
        if registration is not None:
            seats.change_sessions(registration, [self.session] if with_session else [], now=self.now, by="person")

    @rule(choice=st.integers(0, 50), accepts=st.booleans())
    def answer(self, choice: int, accepts: bool) -> None:
        offered = [registration for registration in self.live() if registration.has_offer]
        if offered:
            verb: Any = seats.accept_offer if accepts else seats.refuse_offer
            verb(offered[choice % len(offered)], now=self.now)

    @rule(capacity=st.integers(0, 4), seats_in_session=st.integers(0, 2))
    def resize(self, capacity: int, seats_in_session: int) -> None:
        self.ceiling = max(capacity, places(self.event).taken.total())
        self.event.capacity, self.session.capacity = capacity, seats_in_session
        seats.capacities_changed(self.event, now=self.now)

    @invariant()
    def no_place_is_given_twice(self) -> None:
        taken = places(self.event).taken.total()
        assert taken <= self.ceiling
        self.ceiling = max(self.event.capacity or 0, taken)

    @invariant()
    def no_place_is_free_beside_someone_who_waits(self) -> None:
        left = places(self.event).left or 0
        assert left <= 0 or db.session.scalars(waiting(self.event.id)).all() == []

    @invariant()
    def no_seat_is_free_beside_someone_who_waits(self) -> None:
        bookings = db.session.scalars(db.select(Booking).where(Booking.session == self.session)).all()
        live = [b for b in bookings if b.released_at is None and b.registration.is_confirmed]
        held = [b for b in live if b.is_confirmed]
        assert len(held) >= (self.session.capacity or 0) or len(held) == len(live)
        assert all(b.registration.is_confirmed for b in bookings if b.is_confirmed)


def test_no_order_of_acts_breaks_the_rules() -> None:
    run_state_machine_as_test(Seats, settings=settings(max_examples=25, stateful_step_count=20, deadline=None))
