"""The numbered rows « order, person, role, note » of the session form.

They are plain repeated controls, so that rows can be added without JavaScript; the protocol order is the number typed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from eventapp.agenda.editing import Cast
from eventapp.agenda.models import Session, Speaker, SpeakerRole
from eventapp.text import one_line

NAMES = ("cast_order", "cast_speaker", "cast_role", "cast_note")
SPARE = 3
MOST = 60
LONGEST_NOTE = 200


@dataclass
class Row:
    order: str = ""
    speaker: str = ""  # slug
    role: str = SpeakerRole.SPEAKER.value
    note: str = ""
    error: str = ""


@dataclass
class Rows:
    """Filled rows first, then empty ones to write in."""

    rows: list[Row] = field(default_factory=list)

    @classmethod
    def of(cls, session: Session | None) -> "Rows":
        appearances = session.appearances if session is not None else []
        filled = [
            Row(str(number), a.speaker.slug, a.role.value, a.note) for number, a in enumerate(appearances, start=1)
        ]
        return cls(filled).with_spare(SPARE)

    @classmethod
    def typed(cls, form: MultiDict[str, str]) -> "Rows":
        columns = [form.getlist(name)[:MOST] for name in NAMES]
        return cls([Row(*map(one_line, cells)) for cells in zip(*columns, strict=False)])

    def with_spare(self, number: int) -> "Rows":
        """`number` more empty rows, numbered after the others."""
        room = max(0, min(number, MOST - len(self.rows)))
        empty = [Row(str(len(self.rows) + place)) for place in range(1, room + 1)]
        return Rows([*self.rows, *empty])

    @property
    def filled(self) -> list[Row]:
        return [row for row in self.rows if row.speaker]

    def check(self, speakers: Mapping[str, Speaker]) -> bool:
        """Whether every filled row can be kept; each wrong one says why."""
        seen: set[str] = set()
        for row in self.filled:
            row.error = _fault(row, speakers, seen)
            seen.add(row.speaker)
        return not self.errors

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(anchor, sentence) of each wrong row, for the summary."""
        return [
            (f"cast-{number}-speaker", f"Intervenant {number}\u00a0: {row.error}")
            for number, row in enumerate(self.rows, start=1)
            if row.error
        ]

    def cast(self, speakers: Mapping[str, Speaker]) -> Sequence[Cast]:
        """In the order of the numbers; equal numbers keep the order of the rows."""
        ordered: Iterable[Row] = sorted(self.filled, key=lambda row: _number(row.order))
        return [Cast(speakers[row.speaker], SpeakerRole(row.role), row.note) for row in ordered]


def _fault(row: Row, speakers: Mapping[str, Speaker], seen: set[str]) -> str:
    if row.speaker not in speakers:
        return "cette personne ne figure plus parmi les intervenants."
    if row.speaker in seen:
        return "cette personne figure déjà dans cette session."
    if row.role not in list(SpeakerRole):
        return "ce rôle n’existe pas."
    if len(row.note) > LONGEST_NOTE:
        return f"la précision dépasse {LONGEST_NOTE} caractères."
    return "" if _number(row.order) < NO_NUMBER or not row.order else "l’ordre doit être un nombre entier."


NO_NUMBER = 1_000_000


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else NO_NUMBER
