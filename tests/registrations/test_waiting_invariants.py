"""Places under every limit at once: whoever waits is kept back by a limit that an independent count finds too, nobody
overtakes, no offer outlives the closing, and each change of state is one row of the journal."""

from collections import Counter
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.network.models import Structure
from eventapp.outbox.models import Message
from eventapp.registrations import seats
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.places.models import StructureAllowance
from eventapp.registrations.waiting import offers, promotion
from tests.factories import NOW, make_category, make_event, make_person, make_user, number, save

HOUR = timedelta(hours=1)
WHICH = st.integers(0, 50)
LIMIT = st.sampled_from([None, 0, 1, 2, 5])
GIVEN = ("registration.promoted", "registration.offer_accepted", "registration.promoted_by_hand")
ENDED = ("registration.cancelled", "registration.offer_refused", "registration.offer_expired")


def make_structure(now: object) -> Structure:
    n = next(number)
    return save(Structure(id_fs=f"S{n}", name=f"Structure {n}", departement_code="02", updated_at=now))


class Waiting(RuleBasedStateMachine):
    @initialize(
        capacity=st.integers(0, 4), offer_hours=st.sampled_from([None, 24]), per_structure=st.sampled_from([None, 1, 2])
    )
    def open(self, capacity: int, offer_hours: int | None, per_structure: int | None) -> None:
        self.now, self.closing = NOW, NOW + 20 * 24 * HOUR
        limits = {"capacity": capacity, "offer_hours": offer_hours, "per_structure": per_structure}
        self.event = make_event(closes_at=self.closing, **limits)
        self.user = make_user(self.event.organisation)
        self.categories = [None, make_category(self.event, capacity=1), make_category(self.event)]
        self.structures = [None, make_structure(NOW), make_structure(NOW)]
        self.exception = save(StructureAllowance(event=self.event, structure=self.structures[2], places=1))
        self.order: list[int] = []

    def everybody(self) -> list[Registration]:
        of_event = db.select(Registration).where(Registration.event_id == self.event.id)
        return list(db.session.scalars(of_event.order_by(Registration.id)))

    def one(self, choice: int, *, offered: bool | None = None) -> Registration | None:
        found = [one for one in self.everybody() if not one.is_cancelled and offered in (None, one.has_offer)]
        return found[choice % len(found)] if found else None

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        self.now += hours * HOUR
        for event_id in offers.events_with_offers_ended(now=self.now):
            offers.expire_offers(event_id, now=self.now)

    @rule(structure=st.integers(0, 2), category=st.integers(0, 2))
    def register(self, structure: int, category: int) -> None:
        if self.now < self.closing:
            who = {"structure": self.structures[structure], "category": self.categories[category]}
            seats.register(self.event, make_person(**who), now=self.now)

    @rule(choice=WHICH)
    def cancel(self, choice: int) -> None:
        registration = self.one(choice)
        if registration is not None:
            seats.cancel(registration, now=self.now, by=self.user)

    @rule(choice=WHICH, accepts=st.booleans())
    def answer(self, choice: int, accepts: bool) -> None:
        registration = self.one(choice, offered=True)
        if registration is not None:
            (seats.accept_offer if accepts else seats.refuse_offer)(registration, now=self.now)

    @rule(choice=WHICH)
    def give_by_hand(self, choice: int) -> None:
        registration = self.one(choice)
        if registration is not None:
            promotion.promote(registration, reason="Elle parle", now=self.now, by=self.user, over_limits=True)

    @rule(capacity=LIMIT, category=LIMIT, per_structure=st.sampled_from([None, 1, 2]), exception=st.integers(0, 2))
    def resize(self, capacity: int | None, category: int | None, per_structure: int | None, exception: int) -> None:
        self.event.capacity, self.event.per_structure = capacity, per_structure
        self.exception.places = exception
        if self.categories[1] is not None:
            self.categories[1].capacity = category
        seats.capacities_changed(self.event, now=self.now)

    @rule(hours=st.integers(1, 60))
    def bring_the_closing_forward(self, hours: int) -> None:
        self.closing = self.event.closes_at = min(self.closing, self.now + hours * HOUR)
        seats.capacities_changed(self.event, now=self.now)

    @invariant()
    def nobody_waits_whom_no_limit_keeps_back(self) -> None:
        """An own count, in Python, of everything that holds a place."""
        people = self.everybody()
        held = [one for one in people if one.is_confirmed or one.has_offer]
        for one in people:
            if one.is_waiting and not one.has_offer:
                assert self.is_kept_back(one, held), one.id

    def is_kept_back(self, one: Registration, held: list[Registration]) -> bool:
        capacity, category, structure = self.event.capacity, one.category, one.structure
        if capacity is not None and len(held) >= capacity:
            return True
        in_category = [other for other in held if other.category is category]
        if category is not None and category.capacity is not None and len(in_category) >= category.capacity:
            return True
        most = self.exception.places if structure is self.exception.structure else self.event.per_structure
        of_structure = [other for other in held if other.structure is structure]
        return structure is not None and most is not None and len(of_structure) >= most

    @invariant()
    def no_offer_outlives_the_closing(self) -> None:
        until = [one.offer_until for one in self.everybody() if one.offer_until is not None]
        assert all(self.now < deadline <= self.closing for deadline in until)

    @invariant()
    def the_order_of_the_queue_never_changes(self) -> None:
        order = [one.id for one in self.everybody() if seats.position(one) is not None]
        assert [seats.position(db.session.get_one(Registration, key)) for key in order] == list(
            range(1, len(order) + 1)
        )
        stayed = [key for key in self.order if key in order]
        assert order[: len(stayed)] == stayed
        self.order = order

    @invariant()
    def each_state_is_reached_by_one_row_of_the_journal(self) -> None:
        rows = db.session.execute(db.select(Entry.subject_id, Entry.act).where(Entry.event_id == self.event.id))
        acts = Counter((subject, act) for subject, act in rows if str(act).startswith("registration."))
        for one in self.everybody():
            given = sum(acts[one.id, act] for act in GIVEN)
            assert acts[one.id, "registration.created"] == 1
            assert given <= 1
            assert one.confirmed_at is not None or given == 0
            assert sum(acts[one.id, act] for act in ENDED) == (1 if one.status is Status.CANCELLED else 0)

    @invariant()
    def each_state_is_told_by_one_letter(self) -> None:
        letters = Counter(
            (message.context["registration_id"], message.letter)
            for message in db.session.scalars(db.select(Message).where(Message.event_id == self.event.id))
        )
        for one in self.everybody():
            told = [letters[one.id, f"registrations/{name}"] for name in ("confirmed", "promoted")]
            assert sum(told) == (1 if one.confirmed_at is not None else 0)
            assert letters[one.id, "registrations/cancelled"] == (1 if one.is_cancelled else 0)


def test_no_order_of_acts_breaks_the_rules_of_the_queue() -> None:
    run_state_machine_as_test(Waiting, settings=settings(max_examples=12, stateful_step_count=20, deadline=None))
