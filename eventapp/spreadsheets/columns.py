"""Find the wanted columns of a file among the titles that its author chose."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eventapp.text import fold, one_line


@dataclass(frozen=True)
class Columns:
    """`places`: wanted name → column; `missing`: wanted names not found; `unknown`: titles nobody wants."""

    places: dict[str, int]
    missing: list[str]
    unknown: list[str]

    def pick(self, cells: Sequence[str]) -> dict[str, str]:
        """Wanted name → cell of one row, on one line; « » where the column or the cell is absent."""
        values = dict.fromkeys(self.missing, "")
        for name, place in self.places.items():
            values[name] = one_line(cells[place]) if place < len(cells) else ""
        return values


def match_columns(header: Sequence[str], wanted: Mapping[str, Sequence[str]]) -> Columns:
    """`wanted` gives every name its possible titles, the preferred first; case, accents, « _ » do not matter."""
    titles = [_title(title) for title in header]
    places: dict[str, int] = {}
    for name, aliases in wanted.items():
        for alias in (name, *aliases):
            place = next((i for i, title in enumerate(titles) if title == _title(alias)), None)
            if place is not None and place not in places.values():
                places[name] = place
                break
    taken = set(places.values())
    unknown = [one_line(title) for i, title in enumerate(header) if i not in taken and titles[i]]
    return Columns(places, [name for name in wanted if name not in places], unknown)


def columns_in_words(names: Sequence[str], one: str, many: str) -> str:
    """« colonne absente : nom », « colonnes absentes : nom, ville »."""
    return f"{one if len(names) == 1 else many}\u00a0: {', '.join(names)}"


def _title(text: str) -> str:
    return fold(re.sub(r"[_*:.()/]+", " ", text))
