"""The mathematics of `allocating`: linear programmes, solved by HiGHS. Imported only when somebody allocates.

Giving sessions is a flow in a network, so that one linear programme settles the first two aims, in whole numbers. Its
dual prices say more: every distribution as good as the one found uses only what costs nothing at these prices, and
fills every session that has a price. Among those the structures are served as evenly as possible, and the lottery
decides.
"""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, hstack

from eventapp.registrations.wishes.allocating import Arc

OPTIMAL, INFEASIBLE = 0, 2
ROUNDING = 1e-6


@dataclass(frozen=True)
class Best:
    """`promise`: how many get nothing, and the sum of the ranks granted. `worst`: the average of the structure worst
    served, without structures None."""

    chosen: Sequence[Arc]
    promise: tuple[int, int]
    worst: Fraction | None
    is_proven: bool


@dataclass
class Face:
    """All the distributions as good as one another for the first two aims: arcs that may be used, sessions that must be
    full. `fallback` is one of them."""

    arcs: list[Arc]
    per_person: Any
    per_session: Any
    seats: Any
    at_least: Any
    fallback: list[Arc]


@dataclass
class Search:
    """Programmes solved one after the other until the time is over."""

    face: Face
    per_group: Any
    sizes: Any
    until: float
    solved: dict[Fraction | None, list[Arc] | None] = field(default_factory=dict)
    is_proven: bool = True

    def solution(self, average: Fraction | None) -> list[Arc] | None:
        """The luckiest distribution in which no group does worse than `average`."""
        if average not in self.solved:
            self.solved[average] = self._solve(average)
        return self.solved[average]

    def lower_bound(self) -> float:
        """What the worst average would be if people could be split."""
        face, count = self.face, len(self.face.arcs)
        per_group = hstack([self.per_group, csr_matrix(-self.sizes.reshape(-1, 1).astype(float))])
        constraints = [
            LinearConstraint(_widened(face.per_person), 1, 1),
            LinearConstraint(_widened(face.per_session), face.at_least, face.seats),
            LinearConstraint(per_group.tocsr(), -np.inf, 0),
        ]
        found = milp(np.append(np.zeros(count), 1.0), constraints=constraints, bounds=Bounds(0, np.inf))
        return 0.0 if found.x is None else float(found.fun)

    def _solve(self, average: Fraction | None) -> list[Arc] | None:
        face, left = self.face, self.until - time.monotonic()
        if left <= 0:
            self.is_proven = False
            return None
        constraints = [
            LinearConstraint(face.per_person, 1, 1),
            LinearConstraint(face.per_session, face.at_least, face.seats),
        ]
        if average is not None:
            most = [int(size) * average.numerator // average.denominator for size in self.sizes]
            constraints.append(LinearConstraint(self.per_group, -np.inf, most))
        draws, whole = [float(arc.draw) for arc in face.arcs], np.ones(len(face.arcs))
        options = {"mip_rel_gap": 0, "time_limit": left}
        found = milp(draws, constraints=constraints, integrality=whole, bounds=Bounds(0, 1), options=options)
        self.is_proven = self.is_proven and found.status in (OPTIMAL, INFEASIBLE)
        return None if found.x is None else _used(face.arcs, found.x)


def best(arcs: Sequence[Arc], groups: Sequence[int | None], seats: Mapping[int, int], *, seconds: float) -> Best:
    until = time.monotonic() + seconds
    face = _cheapest(arcs, len(groups), seats)
    nothing = [arc for arc in face.fallback if arc.session is None]
    promise = (len(nothing), sum(arc.rank for arc in face.fallback if arc.session is not None))
    sizes = Counter(group for group in groups if group is not None)
    rows = {group: row for row, group in enumerate(sorted(sizes))}
    placed = [
        (rows[group], n, arc.rank) for n, arc in enumerate(face.arcs) if (group := groups[arc.person]) is not None
    ]
    per_group = _matrix(placed, len(rows), len(face.arcs))
    search = Search(face, per_group, np.array([sizes[group] for group in sorted(sizes)]), until)
    worst = _fairest(search, _averages(groups, sizes, face.fallback)) if sizes else None
    chosen = search.solution(worst) or face.fallback
    return Best(chosen, promise, worst if search.is_proven else None, search.is_proven)


def _cheapest(arcs: Sequence[Arc], people: int, seats: Mapping[int, int]) -> Face:
    """A price of nothing above all ranks together makes leaving nobody out the first aim."""
    dear = people * max(arc.rank for arc in arcs) + 1
    cost = np.array([float(dear if arc.session is None else arc.rank) for arc in arcs])
    per_person, per_session = _rows(arcs, people, list(seats))
    left = np.array([float(number) for number in seats.values()])
    found = linprog(cost, A_ub=per_session, b_ub=left, A_eq=per_person, b_eq=np.ones(people), method="highs-ds")
    prices, wages = found.ineqlin.marginals, found.eqlin.marginals  # whole numbers, as the costs are
    reduced = cost - per_person.T @ wages - per_session.T @ prices
    kept = [arc for arc, dearer in zip(arcs, reduced, strict=True) if dearer < 0.5]
    rows = _rows(kept, people, list(seats))
    return Face(kept, *rows, left, np.where(prices < -0.5, left, 0.0), _used(arcs, found.x))


def _fairest(search: Search, known: Sequence[Fraction]) -> Fraction:
    """The smallest worst average that some distribution reaches; an average is a whole sum over a size."""
    bound, worst = search.lower_bound() - ROUNDING, max(known)
    sums = range(1, max(arc.rank for arc in search.face.arcs) * int(max(search.sizes)) + 1)
    averages = {Fraction(total, int(size)) for size in set(search.sizes) for total in sums}
    tried = sorted(average for average in averages if bound <= average < worst)
    if tried and search.solution(tried[0]) is not None:
        return tried[0]
    first = bisect_left(tried, True, lo=min(1, len(tried)), key=lambda average: search.solution(average) is not None)
    return tried[first] if first < len(tried) else worst


def _averages(groups: Sequence[int | None], sizes: Counter[int], chosen: Sequence[Arc]) -> list[Fraction]:
    sums = Counter[int]()
    for arc in chosen:
        if (group := groups[arc.person]) is not None:
            sums[group] += arc.rank
    return [Fraction(sums[group], size) for group, size in sizes.items()]


def _rows(arcs: Sequence[Arc], people: int, sessions: list[int]) -> tuple[Any, Any]:
    """One row for each person, one for each session."""
    places = {session: row for row, session in enumerate(sessions)}
    taking = [(places[arc.session], n, 1) for n, arc in enumerate(arcs) if arc.session is not None]
    given = [(arc.person, n, 1) for n, arc in enumerate(arcs)]
    return _matrix(given, people, len(arcs)), _matrix(taking, len(sessions), len(arcs))


def _matrix(entries: Sequence[tuple[int, int, int]], height: int, width: int) -> Any:
    rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
    return csr_matrix((np.array(values, dtype=float), (rows, columns)), shape=(height, width))


def _widened(matrix: Any) -> Any:
    """With a column for the worst average."""
    return hstack([matrix, csr_matrix((matrix.shape[0], 1))]).tocsr()


def _used(arcs: Sequence[Arc], values: Any) -> list[Arc]:
    return [arc for arc, value in zip(arcs, values, strict=True) if value > 0.5]
