"""Whatever people and organisers do with sessions, in whatever order: no seat twice, nobody in two places at once, no
free seat beside somebody who could have it."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from eventapp.agenda.models import BookingMode, Session
from eventapp.extensions import db
from eventapp.registrations import seats
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.refusals import PlaceNeeded, SeatsLeft
from eventapp.registrations.sessions import session_waiting
from tests.factories import NOW, make_event, make_person, make_session

HOUR = timedelta(hours=1)
CLOSES = NOW + timedelta(days=9)
FEW = 4  # people, below which nobody cancels
WHICH = st.integers(0, 50)
CHOICES = st.sampled_from([(), (0,), (1,), (2,), (1, 2)])  # what may be wanted together


class Sessions(RuleBasedStateMachine):
    """Three sessions: the first overlaps both others, which only touch."""

    @initialize(
        capacity=st.integers(2, 6),
        seats_left=st.lists(st.integers(0, 2), min_size=3, max_size=3),
        first=st.lists(CHOICES, min_size=4, max_size=4),
    )
    def open(self, capacity: int, seats_left: list[int], first: list[tuple[int, ...]]) -> None:
        self.now = NOW
        self.event = make_event(capacity=capacity, offer_hours=None, closes_at=CLOSES)
        start = self.event.starts_at
        hours = ((start, start + 2 * HOUR), (start, start + HOUR), (start + HOUR, start + 2 * HOUR))
        self.sessions = [
            make_session(self.event, starts_at=a, ends_at=b, booking=BookingMode.REQUIRED, capacity=seats_of)
            for (a, b), seats_of in zip(hours, seats_left, strict=True)
        ]
        self.ceilings = {session.id: session.capacity or 0 for session in self.sessions}
        for choice in first:
            self.register(choice)

    def live(self) -> list[Registration]:
        rows = db.select(Registration).where(Registration.status != Status.CANCELLED).order_by(Registration.id)
        return list(db.session.scalars(rows.where(Registration.event_id == self.event.id)))

    def some(self, which: int) -> Registration | None:
        live = self.live()
        return live[which % len(live)] if live else None

    def bookings(self) -> list[Booking]:
        rows = db.select(Booking).where(Booking.event_id == self.event.id, Booking.released_at.is_(None))
        return list(db.session.scalars(rows.order_by(Booking.id)))

    def wanted(self, choice: tuple[int, ...]) -> list[Session]:
        return [self.sessions[number] for number in choice]

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        self.now = min(self.now + hours * HOUR, CLOSES + HOUR)
        seats.capacities_changed(self.event, now=self.now)

    @rule(choice=CHOICES)
    def register(self, choice: tuple[int, ...]) -> None:
        if self.now < CLOSES:
            seats.register(self.event, make_person(), sessions=self.wanted(choice), now=self.now)

    @rule(which=WHICH, choice=CHOICES)
    def change(self, which: int, choice: tuple[int, ...]) -> None:
        registration = self.some(which)
        if registration is not None and self.now < CLOSES:
            seats.change_sessions(registration, self.wanted(choice), now=self.now, by="person")

    @rule(which=WHICH, other=st.integers(0, 2))
    def wait_beside(self, which: int, other: int) -> None:
        """Refused where a seat is free, or to whoever has no place at the event."""
        registration = self.some(which)
        if registration is not None and self.now < CLOSES:
            held = [booking.session for booking in registration.live_bookings if booking.is_confirmed]
            facts = {"beside": [self.sessions[other]], "now": self.now, "by": "person"}
            with suppress(PlaceNeeded, SeatsLeft), db.session.begin_nested():
                seats.change_sessions(registration, held, **facts)

    @rule(which=WHICH, takes=st.booleans())
    def answer(self, which: int, takes: bool) -> None:
        offered = [booking for booking in self.bookings() if booking.has_offer]
        if offered:
            verb = session_waiting.take_seat if takes else session_waiting.decline_seat
            assert verb(offered[which % len(offered)], now=self.now)

    @rule(which=WHICH)
    def leave(self, which: int) -> None:
        waiting = [booking for booking in self.bookings() if booking.is_waiting]
        if waiting:
            session_waiting.leave_queue(waiting[which % len(waiting)], now=self.now)

    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        registration = self.some(which)
        if registration is not None and len(self.live()) > FEW:
            seats.cancel(registration, now=self.now, by="organiser")

    @rule(which=st.integers(0, 2), capacity=st.integers(0, 3))
    def resize(self, which: int, capacity: int) -> None:
        self.sessions[which].capacity = capacity
        self.event.revision += 1
        seats.capacities_changed(self.event, now=self.now)

    @invariant()
    def no_seat_is_given_twice(self) -> None:
        for session in self.sessions:
            taken = sum(b.session_id == session.id and (b.is_confirmed or b.has_offer) for b in self.bookings())
            assert taken <= max(self.ceilings[session.id], session.capacity or 0)
            self.ceilings[session.id] = max(taken, session.capacity or 0)

    @invariant()
    def nobody_is_in_two_places_at_once(self) -> None:
        for registration in self.live():
            held = [b.session for b in registration.live_bookings if b.is_confirmed]
            assert not any(one.overlaps(other) for one in held for other in held if one is not other)
            assert registration.is_confirmed or not held

    @invariant()
    def an_offer_is_for_whoever_must_choose(self) -> None:
        for booking in self.bookings():
            if booking.offer_until is not None:
                assert self.now < booking.offer_until <= CLOSES
                assert clashes(booking, "held")
                assert not clashes(booking, "offered")

    @invariant()
    def no_seat_is_free_beside_somebody_who_could_have_it(self) -> None:
        for session in self.sessions:
            mine = [booking for booking in self.bookings() if booking.session_id == session.id]
            taken = sum(b.is_confirmed or b.has_offer for b in mine)
            eligible = [b for b in mine if b.is_waiting and not b.has_offer and could_have_it(b, self.now)]
            assert taken >= (session.capacity or 0) or eligible == []


def clashes(booking: Booking, what: str) -> bool:
    others = [b for b in booking.registration.live_bookings if b is not booking and b.session.overlaps(booking.session)]
    return any(b.is_confirmed if what == "held" else b.has_offer for b in others)


def could_have_it(booking: Booking, now: datetime) -> bool:
    if not booking.registration.is_confirmed or clashes(booking, "offered"):
        return False
    return now < CLOSES or not clashes(booking, "held")


def test_no_order_of_acts_breaks_the_rules() -> None:
    run_state_machine_as_test(Sessions, settings=settings(max_examples=20, stateful_step_count=25, deadline=None))


@pytest.mark.long
def test_no_long_order_of_acts_breaks_the_rules() -> None:
    run_state_machine_as_test(Sessions, settings=settings(max_examples=300, stateful_step_count=50, deadline=None))
