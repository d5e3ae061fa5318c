"""Granting the wishes of one slot exactly; nothing of the database.

The best distribution is, in this order: the fewest people left without a session; the lowest sum of the ranks granted;
the structure worst served on average served as well as can be; then the lowest draw of a lottery. Whoever gets nothing
counts, in the average of their structure, one rank more than the longest list of wishes: a short list neither helps
nor harms.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

DRAWS = 1_000_000


@dataclass(frozen=True)
class Ask:
    """The sessions that a person would like, the best first; `group`: their structure, if any."""

    person: int
    wishes: tuple[int, ...]
    group: int | None = None


class Arc(NamedTuple):
    """What may be given to a person, and the number they drew for it: a session, or nothing."""

    person: int
    session: int | None
    rank: int
    draw: int


class Granted(NamedTuple):
    session: int
    rank: int


@dataclass(frozen=True)
class Outcome:
    """`left_out`: in the order of the lottery. `is_proven`: false when the time given was not enough to prove that
    nothing better exists; the number of people left out and the sum of ranks are the best in any case."""

    granted: Mapping[int, Granted]
    left_out: Sequence[int]
    worst: Fraction | None
    worst_group: int | None
    is_proven: bool

    @property
    def rank_sum(self) -> int:
        return sum(granted.rank for granted in self.granted.values())


class WrongAllocation(Exception):
    """What the solver returned is not what it promised."""


def allocate(asks: Iterable[Ask], seats: Mapping[int, int | None], *, seed: str, seconds: float = 10.0) -> Outcome:
    """`seats`: what is left in each session, None without limit. The same asks, seats and seed, in any order, give the
    same outcome."""
    people = sorted((ask for ask in asks if ask.wishes), key=lambda ask: ask.person)
    if not people:
        return Outcome({}, (), None, None, True)
    from eventapp.registrations.wishes.optimum import best  # the solver takes a second to load: only when it is needed

    options = arcs(people, seed)
    found = best(options, [ask.group for ask in people], _at_most(seats, len(people)), seconds=seconds)
    granted = {
        people[arc.person].person: Granted(arc.session, arc.rank) for arc in found.chosen if arc.session is not None
    }
    _check(people, granted, seats)
    drawn = sorted((arc.draw, arc.person) for arc in found.chosen if arc.session is None)
    worst, group = worst_average(people, granted)
    if (len(drawn), sum(g.rank for g in granted.values())) != found.promise or (found.worst or worst) != worst:
        raise WrongAllocation
    return Outcome(granted, tuple(people[index].person for _, index in drawn), worst, group, found.is_proven)


def arcs(people: Sequence[Ask], seed: str) -> list[Arc]:
    """All that may be given, with the draws of the lottery; `person` is the place in `people`."""
    lottery, nothing = random.Random(seed), rank_of_nothing(people)  # noqa: S311 - reproducible on purpose
    return [
        Arc(index, session, rank, lottery.randrange(DRAWS))
        for index, ask in enumerate(people)
        for rank, session in [*enumerate(ask.wishes, 1), (nothing, None)]
    ]


def rank_of_nothing(people: Iterable[Ask]) -> int:
    return max((len(ask.wishes) for ask in people), default=0) + 1


def worst_average(people: Sequence[Ask], granted: Mapping[int, Granted]) -> tuple[Fraction | None, int | None]:
    """The structure worst served, and the average rank of its people."""
    nothing, sums, sizes = rank_of_nothing(people), Counter[int](), Counter[int]()
    for ask in people:
        if ask.group is not None:
            sizes[ask.group] += 1
            sums[ask.group] += granted[ask.person].rank if ask.person in granted else nothing
    averages = [(Fraction(sums[group], size), group) for group, size in sorted(sizes.items())]
    return max(averages, key=lambda pair: pair[0], default=(None, None))


def _at_most(seats: Mapping[int, int | None], people: int) -> dict[int, int]:
    """Seats that count: no session gives more than there are people."""
    return {session: people if left is None else min(people, max(0, left)) for session, left in sorted(seats.items())}


def _check(people: Sequence[Ask], granted: Mapping[int, Granted], seats: Mapping[int, int | None]) -> None:
    given = Counter(one.session for one in granted.values())
    is_within = all((left := seats[session]) is None or given[session] <= max(0, left) for session in given)
    wishes = {ask.person: ask.wishes for ask in people}
    if not is_within or any(wishes[person][one.rank - 1] != one.session for person, one in granted.items()):
        raise WrongAllocation
