"""A plot as points: the template draws them, so that no picture is made in Python."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eventapp.formats import NBSP, SHORT_MONTHS, fr_number, french_date, ordinal, plural
from eventapp.statistics.timeline import DayFigures

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 708, 22, 250  # where the drawing itself lies; its words are around it
MOST_DATES = 4
FEWEST_LEVELS = 4
WEEK = 7


@dataclass(frozen=True)
class Tick:
    """A mark of an axis. `anchor`: where its words stand, "" (from there on), "middle" or "end"."""

    at: float
    label: str
    anchor: str = ""


@dataclass(frozen=True)
class Plot:
    """`lines` and `area` are SVG point lists; `reading` says in words what the picture shows."""

    registered: str
    replied: str
    area: str
    last: tuple[float, float]
    levels: Sequence[Tick]
    dates: Sequence[Tick]
    limit: Tick | None
    reading: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT
    top: int = TOP
    bottom: int = BOTTOM


def plot(days: Sequence[DayFigures], capacity: int | None = None) -> Plot | None:
    """None without at least two days. The places are drawn when they are in sight of the line."""
    if len(days) < 2:
        return None
    highest = max(max(day.registered, day.replied) for day in days)
    if capacity is not None and capacity > 2 * highest:
        capacity = None
    levels = nice_levels(max(highest, capacity or 0, 1))

    def x(index: int) -> float:
        return round(LEFT + (RIGHT - LEFT) * index / (len(days) - 1), 1)

    def y(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * value / levels[-1], 1)

    registered = _points((x(i), y(day.registered)) for i, day in enumerate(days))
    has_replies = bool(days[-1].replied)
    return Plot(
        registered=registered,
        replied=_points((x(i), y(day.replied)) for i, day in enumerate(days)) if has_replies else "",
        area=f"{LEFT},{BOTTOM} {registered} {RIGHT},{BOTTOM}",
        last=(x(len(days) - 1), y(days[-1].registered)),
        levels=[Tick(y(level), fr_number(level), "end") for level in levels],
        dates=[Tick(x(i), _short(days[i]), anchor) for i, anchor in _dates(len(days))],
        limit=Tick(y(capacity), plural(capacity, "place", "places"), "end") if capacity else None,
        reading=reading(days),
    )


def nice_levels(highest: int) -> list[int]:
    """From 0 past `highest` by 1, 2 or 5 times a power of ten, in at most five steps: [0, 50, 100, 150, 200, 250]."""
    step = 1
    factors = _nice()
    while step * (FEWEST_LEVELS + 1) < highest:
        step = next(factors)
    return list(range(0, highest + step, step))


def reading(days: Sequence[DayFigures]) -> str:
    """« 231 inscriptions au jeudi 14 janvier 2027, dont 12 depuis une semaine. 250 réponses. »"""
    last, week_ago = days[-1], days[max(0, len(days) - 1 - WEEK)]
    gain = last.registered - week_ago.registered
    text = f"{plural(last.registered, 'inscription', 'inscriptions')} au {french_date(last.date)}"
    text += f", {fr_number(gain)} de plus en une semaine." if gain > 0 and len(days) > WEEK else "."
    if last.replied:
        text += f" {plural(last.replied, 'réponse', 'réponses')} aux invitations."
    return text


def _nice() -> Iterator[int]:
    power = 1
    while True:
        for factor in (2, 5, 10):
            yield factor * power
        power *= 10


def _dates(count: int) -> list[tuple[int, str]]:
    """Which days are named, the first and the last among them, evenly spread."""
    parts = min(MOST_DATES - 1, count - 1)
    places = [round(part * (count - 1) / parts) for part in range(parts + 1)]
    return [(place, "" if not place else "end" if place == count - 1 else "middle") for place in places]


def _short(day: DayFigures) -> str:
    """« 14 janv. »."""
    number = ordinal(1) if day.date.day == 1 else str(day.date.day)
    return f"{number}{NBSP}{SHORT_MONTHS[day.date.month]}"


def _points(points: Iterator[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
