"""Whatever people, organisers and the clock do, in whatever order: what `invariants` says holds after every act.

`make test` walks some orders; `make test-full` 500 of 50 acts on each database.
"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import false

from eventapp.registrations import changes, seats
from eventapp.registrations.sessions import seats as session_seats
from eventapp.registrations.waiting import waiting_list
from tests.machine.desk import Desk

Patch = pytest.MonkeyPatch
SHORT = {"sqlite": (20, 25), "postgresql": (6, 20)}  # how many orders, of how many acts


def run(examples: int, steps: int) -> None:
    facts = {"deadline": None, "suppress_health_check": list(HealthCheck)}
    run_state_machine_as_test(Desk, settings=settings(max_examples=examples, stateful_step_count=steps, **facts))


@pytest.mark.both_databases
def test_no_order_of_acts_breaks_the_rules(database: str) -> None:
    run(*SHORT[database])


@pytest.mark.long
@pytest.mark.both_databases
def test_no_long_order_of_acts_breaks_the_rules() -> None:
    run(500, 50)


def walk() -> None:
    """Three places, one for each structure and one in the first category; a session of one seat, which the fourth
    person awaits beside another of the same hour, and the fifth gives up with their place."""
    desk = Desk()
    waiting = [(0, 1, ()), (1, 0, ())]
    first = [(1, 1, ()), *waiting, (0, 0, (1,)), (0, 0, (0,)), (0, 0, ())]
    facts: Any = {"limits": (3, 1, None, 1), "seats_of": [1, None, None, None], "first": first}
    try:
        desk.open(**facts, offer_hours=None, waiting_list=True, wishes=False)
        desk.everything_holds()
        desk.wait_beside(which=3, other=0)
        desk.everything_holds()
        desk.cancel(which=4, by_person=True)
        desk.everything_holds()
    finally:
        desk.teardown()


def do_nothing(*_what: object, **_facts: object) -> None:
    """In place of what is forgotten."""


def forget_structures(patch: Patch) -> None:
    patch.setattr(waiting_list, "structure_is_full", lambda *_rows, **_facts: false())


def forget_categories(patch: Patch) -> None:
    patch.setattr(waiting_list, "category_is_full", lambda *_rows: false())


def forget_the_queue(patch: Patch) -> None:
    patch.setattr(changes, "fill", do_nothing)


def forget_the_journal(patch: Patch) -> None:
    patch.setattr(waiting_list, "_record", do_nothing)


def forget_the_letter(patch: Patch) -> None:
    patch.setattr(waiting_list.notices, "promoted", do_nothing)


def forget_that_sessions_clash(patch: Patch) -> None:
    patch.setattr(session_seats, "in_the_way", lambda _booking: [])


def forget_who_waits_for_a_seat(patch: Patch) -> None:
    patch.setattr(waiting_list, "give_session_seats", do_nothing)


MISTAKES = [forget_structures, forget_categories, forget_the_queue, forget_the_journal, forget_the_letter]
MISTAKES += [forget_that_sessions_clash, forget_who_waits_for_a_seat]


def test_a_walk_without_mistake_is_right() -> None:
    walk()


@pytest.mark.parametrize("forget", MISTAKES)
def test_what_is_forgotten_is_noticed(monkeypatch: Patch, forget: Callable[[Patch], None]) -> None:
    """The negative controls: each of these mistakes breaks a rule. Whoever is seated without the queue would hide
    some."""
    monkeypatch.setattr(seats, "seat_newcomer", do_nothing)
    forget(monkeypatch)
    with pytest.raises(AssertionError):
        walk()
