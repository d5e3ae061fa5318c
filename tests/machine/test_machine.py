"""Whatever people, organisers and the clock do, in whatever order: what `invariants` says holds after every act.

`make test` walks some orders; `make test-full` 500 of 50 acts on each database.
"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import false

from eventapp.registrations import changes, seats
from eventapp.registrations.waiting import waiting_list
from tests.machine.desk import Desk

Patch = pytest.MonkeyPatch


def run(examples: int, steps: int, **more: Any) -> None:
    facts = {"deadline": None, "suppress_health_check": list(HealthCheck), **more}
    run_state_machine_as_test(Desk, settings=settings(max_examples=examples, stateful_step_count=steps, **facts))


def test_no_order_of_acts_breaks_the_rules() -> None:
    run(25, 25)


@pytest.mark.both_databases
def test_nor_on_the_other_database(database: str) -> None:
    if database == "postgresql":
        run(8, 20)


@pytest.mark.long
@pytest.mark.both_databases
def test_no_long_order_of_acts_breaks_the_rules() -> None:
    run(500, 50)


def forget_structures(patch: Patch) -> None:
    patch.setattr(waiting_list, "structure_is_full", lambda *_rows, **_facts: false())


def forget_categories(patch: Patch) -> None:
    patch.setattr(waiting_list, "category_is_full", lambda *_rows: false())


def forget_the_queue(patch: Patch) -> None:
    """Whoever comes is seated although others wait."""
    patch.setattr(changes, "fill", lambda *_event, **_facts: None)


def forget_the_journal(patch: Patch) -> None:
    patch.setattr(waiting_list, "_record", lambda *_what, **_details: None)


def forget_the_letter(patch: Patch) -> None:
    patch.setattr(waiting_list.notices, "promoted", lambda *_who, **_when: None)


FORGETTING = [forget_structures, forget_categories, forget_the_queue, forget_the_journal, forget_the_letter]


@pytest.mark.parametrize("forget", FORGETTING)
def test_what_is_forgotten_is_noticed(monkeypatch: Patch, forget: Callable[[Patch], None]) -> None:
    """Each of these mistakes breaks a rule; whoever is seated without the queue would hide some."""
    monkeypatch.setattr(seats, "seat_newcomer", lambda *_who, **_when: None)
    forget(monkeypatch)
    with pytest.raises(AssertionError):
        run(200, 25, phases=[Phase.generate], print_blob=False)
