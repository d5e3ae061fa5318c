"""Figures as a table: the median of the runs, between the slowest and the fastest, and whether the floor is held."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.load import Measure

HELD, MISSED = "tenu", "manqué"


@dataclass(frozen=True, kw_only=True)
class Row:
    """`floor`: of the ratio when there are `ratios`, else of the median per second."""

    name: str
    measures: Sequence[Measure]
    ratios: Sequence[float] = ()
    floor: float | None = None

    @property
    def rates(self) -> list[float]:
        return [measure.per_second for measure in self.measures]

    @property
    def is_held(self) -> bool:
        return self.floor is None or median(self.ratios or self.rates) >= self.floor

    @property
    def cells(self) -> list[str]:
        ratio = f"{median(self.ratios):.2f}".replace(".", ",") if self.ratios else ""
        verdict = "" if self.floor is None else f"{HELD if self.is_held else MISSED} (≥ {self.floor:g})"
        return [
            self.name,
            number(median(self.rates)),
            f"{number(min(self.rates))}–{number(max(self.rates))}",
            ratio,
            number(median(measure.cpu_ms for measure in self.measures)),
            number(max(measure.slowest_ms for measure in self.measures)),
            verdict.replace(".", ","),
        ]


HEADER = ["", "par seconde", "de–à", "/ Flask nu", "CPU (ms)", "le plus lent (ms)", "plancher"]


def show(title: str, rows: Sequence[Row]) -> str:
    cells = [HEADER, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADER))]
    lines = ["  ".join(_aligned(cell, width, at) for at, (cell, width) in enumerate(zip(line, widths, strict=True)))
             for line in cells]  # fmt: skip
    return "\n".join(("", title, *(line.rstrip() for line in lines)))


def number(value: float) -> str:
    """Three figures are all that such measures mean; « — » for what was not measured."""
    if value == 0:
        return "—"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}".replace(",", "\u202f").replace(".", ",")


def _aligned(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column in (0, len(HEADER) - 1) else cell.rjust(width)
