"""Seconds to grant the wishes of 500 people in a slot of 12 sessions, popular ones among them."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench.tables import Table, number, verdict
from eventapp.registrations.wishes.allocating import Ask, Outcome, allocate

PEOPLE, SESSIONS = 500, 12
CEILING = 2.0  # seconds
# Wishes each, structures, seats in each session.
CASES = {
    "4 souhaits, 205 structures, 41 places": (4, 205, 41),
    "5 souhaits, 40 structures, 42 places": (5, 40, 42),
    "3 souhaits, 150 structures, 38 places": (3, 150, 38),
    "12 souhaits, 205 structures, 41 places": (12, 205, 41),
    "12 souhaits, 100 structures, 30 places": (12, 100, 30),
}


@dataclass(frozen=True, kw_only=True)
class Timing:
    name: str
    seconds: float
    outcome: Outcome

    @property
    def is_held(self) -> bool:
        return self.seconds <= CEILING and self.outcome.is_proven

    @property
    def cells(self) -> list[str]:
        figures = [str(len(self.outcome.left_out)), str(self.outcome.rank_sum)]
        return [self.name, number(self.seconds), *figures, verdict(self.is_held, f"≤ {CEILING:g} s, prouvé")]


def run(_folder: Path) -> Iterator[Table]:
    _time("", 1, 1, 1)  # loads the solver, which each process does once
    rows = [_time(name, *facts) for name, facts in CASES.items()]
    title = f"Attribution des souhaits, {PEOPLE} personnes et {SESSIONS} sessions (secondes de CPU)"
    yield Table(title=title, rows=rows, header=("", "secondes", "sans session", "somme des rangs", "limite"))


def _time(name: str, wishes: int, structures: int, seats: int) -> Timing:
    draw = Random(name)
    asks = [Ask(n, _wishes(draw, wishes), draw.randrange(structures)) for n in range(PEOPLE)]
    began = time.process_time()
    outcome = allocate(asks, dict.fromkeys(range(SESSIONS), seats), seed="1")
    return Timing(name=name, seconds=time.process_time() - began, outcome=outcome)


def _wishes(draw: Random, count: int) -> tuple[int, ...]:
    """The first sessions are the popular ones."""
    left, chosen = list(range(SESSIONS)), []
    for _ in range(count):
        chosen.append(draw.choices(left, [1 / (session + 1) for session in left])[0])
        left.remove(chosen[-1])
    return tuple(chosen)
