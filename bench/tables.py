"""Figures as a table: the median of the runs, between the slowest and the fastest, and whether the limits are held."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from bench.load import Measure


class Line(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def is_held(self) -> bool: ...

    @property
    def cells(self) -> list[str]: ...


@dataclass(frozen=True, kw_only=True)
class Row:
    """`floor`: of the ratio when there are `ratios`, else of the median per second. `cpu_ceiling`: milliseconds."""

    name: str
    measures: Sequence[Measure]
    ratios: Sequence[float] = ()
    floor: float | None = None
    cpu_ceiling: float | None = None
    ratio_ceiling: float | None = None
    slowest_ceiling: float | None = None  # milliseconds

    @property
    def rates(self) -> list[float]:
        return [measure.per_second for measure in self.measures]

    @property
    def cpu_ms(self) -> float:
        return median(measure.cpu_ms for measure in self.measures)

    @property
    def is_held(self) -> bool:
        return all(is_held for is_held, _ in self._verdicts())

    @property
    def cells(self) -> list[str]:
        return [
            self.name,
            number(median(self.rates)),
            f"{number(min(self.rates))}–{number(max(self.rates))}",
            f"{median(self.ratios):.2f}".replace(".", ",") if self.ratios else "",
            number(self.cpu_ms),
            number(max(measure.slowest_ms for measure in self.measures)),
            " ; ".join(verdict(is_held, limit) for is_held, limit in self._verdicts()),
        ]

    def _verdicts(self) -> list[tuple[bool, str]]:
        found = []
        if self.floor is not None:
            found.append((median(self.ratios or self.rates) >= self.floor, f"≥ {self.floor:g}"))
        if self.cpu_ceiling is not None:
            found.append((self.cpu_ms <= self.cpu_ceiling, f"CPU ≤ {self.cpu_ceiling:g} ms"))
        if self.ratio_ceiling is not None and self.ratios:
            found.append((median(self.ratios) <= self.ratio_ceiling, f"≤ {self.ratio_ceiling:g} fois"))
        if self.slowest_ceiling is not None:
            slowest = max(measure.slowest_ms for measure in self.measures)
            found.append((slowest <= self.slowest_ceiling, f"≤ {self.slowest_ceiling / 1000:g} s"))
        return found


HEADER = ("", "par seconde", "de–à", "/ Flask nu", "CPU (ms)", "le plus lent (ms)", "limites")


@dataclass(frozen=True, kw_only=True)
class Table:
    """The first column and the last are words, the others figures."""

    title: str
    rows: Sequence[Line]
    header: Sequence[str] = HEADER

    def __str__(self) -> str:
        lines = [self.header, *(row.cells for row in self.rows)]
        columns = range(len(self.header))
        widths = [max(len(line[column]) for line in lines) for column in columns]
        words = (columns[0], columns[-1])
        aligned = [
            "  ".join(line[c].ljust(widths[c]) if c in words else line[c].rjust(widths[c]) for c in columns).rstrip()
            for line in lines
        ]
        return "\n".join(("", self.title, *aligned))


def verdict(is_held: bool, limit: str) -> str:
    return f"{'tenu' if is_held else 'manqué'} ({limit.replace('.', ',')})"


def number(value: float) -> str:
    """Three figures are all that such measures mean; « — » for what was not measured."""
    if value == 0:
        return "—"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}".replace(",", "\u202f").replace(".", ",")
