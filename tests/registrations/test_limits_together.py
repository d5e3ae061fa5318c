"""Event, category, structure and exceptions at once, whatever happens in whatever order: against a plain recount."""

from collections import Counter
from datetime import timedelta
from unittest.mock import patch

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import false

from eventapp.extensions import db
from eventapp.registrations import seats
from eventapp.registrations.models import Registration
from eventapp.registrations.places import allowances
from tests.factories import NOW, make_category, make_event, make_person, make_structure

RELEASE = NOW + timedelta(days=3)
SOME = st.one_of(st.none(), st.integers(0, 3))
AT_LEAST_ONE = st.one_of(st.none(), st.integers(1, 3))


class Limits(RuleBasedStateMachine):
    """The limits as this machine knows them are numbers of its own; only people are read from the database."""

    @initialize(offer_hours=st.sampled_from([None, 24]), shared=st.booleans())
    def open(self, offer_hours: int | None, shared: bool) -> None:
        self.now, self.release = NOW, RELEASE if shared else None
        self.event = make_event(offer_hours=offer_hours, per_structure_until=self.release)
        self.categories = [make_category(self.event) for _ in range(2)]
        self.structures = [make_structure() for _ in range(2)]
        self.limits: dict[object, int | None] = {}
        self.own: dict[int, int] = {}
        self.before: Counter[object] = Counter()

    @rule(category=st.integers(0, 1), structure=st.integers(0, 2))
    def register(self, category: int, structure: int) -> None:
        office = self.structures[structure] if structure < 2 else None
        seats.register(self.event, make_person(category=self.categories[category], structure=office), now=self.now)

    @rule(choice=st.integers(0, 50))
    def cancel(self, choice: int) -> None:
        live = [one for one in self.people() if not one.is_cancelled]
        if live:
            seats.cancel(live[choice % len(live)], now=self.now, by="system")

    @rule(capacity=SOME)
    def resize(self, capacity: int | None) -> None:
        self.event.capacity = self.limits["event"] = capacity
        seats.capacities_changed(self.event, now=self.now)

    @rule(category=st.integers(0, 1), capacity=SOME)
    def resize_category(self, category: int, capacity: int | None) -> None:
        row = self.categories[category]
        row.capacity = self.limits["category", row.id] = capacity
        self.event.revision += 1
        seats.capacities_changed(self.event, now=self.now)

    @rule(most=AT_LEAST_ONE)
    def resize_structures(self, most: int | None) -> None:
        self.event.per_structure = self.limits["structures"] = most
        seats.capacities_changed(self.event, now=self.now)

    @rule(structure=st.integers(0, 1), places=SOME)
    def allow(self, structure: int, places: int | None) -> None:
        row = self.structures[structure]
        self.own = (
            {**self.own, row.id: places} if places is not None else {k: v for k, v in self.own.items() if k != row.id}
        )
        allowances.set_allowances(self.event, {row: places}, now=self.now, by=None)
        seats.capacities_changed(self.event, now=self.now)

    @rule(hours=st.integers(1, 40))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        for event_id in allowances.events_to_release(now=self.now):
            allowances.release(event_id, now=self.now)
        seats.hold(self.event)
        seats.fill(self.event, now=self.now)

    def people(self) -> list[Registration]:
        of_event = db.select(Registration).where(Registration.event_id == self.event.id)
        return list(db.session.scalars(of_event.order_by(Registration.id)))

    def most(self, kind: object) -> int | None:
        if not isinstance(kind, tuple) or kind[0] == "category":
            return self.limits.get(kind)
        if kind[1] is None or (self.release is not None and self.now >= self.release):
            return None
        return self.own.get(kind[1], self.limits.get("structures"))

    @invariant()
    def people_have_what_every_limit_allows(self) -> None:
        taken: Counter[object] = Counter()
        waiting = []
        for one in self.people():
            kinds = ("event", ("category", one.category_id), ("structure", one.structure_id))
            if one.is_confirmed or one.has_offer:
                taken.update(kinds)
            elif one.is_waiting:
                waiting.append(kinds)
        for kind, count in taken.items():
            most = self.most(kind)
            assert most is None or count <= max(most, self.before[kind]), kind
        for kinds in waiting:
            assert any((most := self.most(kind)) is not None and taken[kind] >= most for kind in kinds), kinds
        self.before = taken


@pytest.mark.both_databases
def test_every_limit_counts_whatever_happens() -> None:
    run_state_machine_as_test(Limits, settings=settings(max_examples=20, stateful_step_count=20, deadline=None))


@pytest.mark.long
@pytest.mark.both_databases
def test_every_limit_counts_whatever_happens_for_long() -> None:
    run_state_machine_as_test(Limits, settings=settings(max_examples=500, stateful_step_count=50, deadline=None))


@pytest.mark.parametrize("forgotten", ["structure_is_full", "category_is_full"])
def test_the_recount_notices_a_limit_that_is_forgotten(forgotten: str) -> None:
    quick = settings(max_examples=300, stateful_step_count=20, deadline=None, phases=[Phase.generate], print_blob=False)
    broken = patch(f"eventapp.registrations.waiting.waiting_list.{forgotten}", lambda *_rows, **_facts: false())
    with broken, patch("eventapp.registrations.seats.seat_newcomer"), pytest.raises(AssertionError):
        run_state_machine_as_test(Limits, settings=quick)
