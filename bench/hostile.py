"""Seconds to render the longest text an organiser may type, written to be slow."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.tables import Table, number, verdict
from eventapp import markdown
from tests.test_markdown import HOSTILE, NESTED

CEILING = 1.0  # second
INPUTS = {piece.replace("\n", "⏎"): piece for piece in NESTED}
INPUTS["adresses et balises hostiles"] = "\n\n".join([*HOSTILE, ""])


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Of the HTML of pages, and of the plain text of mails and calendars."""

    name: str
    page: float
    mail: float

    @property
    def is_held(self) -> bool:
        return max(self.page, self.mail) <= CEILING

    @property
    def cells(self) -> list[str]:
        return [self.name, number(self.page), number(self.mail), verdict(self.is_held, f"≤ {CEILING:g} s")]


def run(_folder: Path) -> Iterator[Table]:
    rows = [_time(name, piece * markdown.LONGEST) for name, piece in INPUTS.items()]
    length = f"{markdown.LONGEST:,}".replace(",", "\u202f")
    title = f"Markdown hostile, {length} caractères lus (secondes de CPU)"
    yield Table(title=title, rows=rows, header=("", "page", "courriel", "limite"))


def _time(name: str, written: str) -> Timing:
    return Timing(name=name, page=_seconds(markdown.render, written), mail=_seconds(markdown.plain, written))


def _seconds(function: Callable[[str], Any], written: str) -> float:
    """Of CPU: what others do on this machine meanwhile is not its fault."""
    began = time.process_time()
    function(written)
    return time.process_time() - began
