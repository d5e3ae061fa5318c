"""The numbered rows « order, person, role, note » of the session form.

They are plain repeated controls, so that rows can be added without JavaScript; the protocol order is the number typed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from eventapp.agenda.editing import Cast
from eventapp.agenda.models import Kind, Session, Speaker, SpeakerRole
from eventapp.agenda.presence import Presence, note_of, presence_of
from eventapp.text import one_line

NAMES = ("cast_order", "cast_speaker", "cast_role", "cast_note", "cast_presence")
SPARE = 3
MOST = 60
LONGEST_NOTE = 200


@dataclass
class Row:
    order: str = ""
    speaker: str = ""  # slug
    role: str = SpeakerRole.SPEAKER.value
    note: str = ""
    presence: str = ""
    error: str = ""
    wrong: str = ""  # the field that the error is about


@dataclass
class Rows:
    """Filled rows first, then empty ones to write in."""

    rows: list[Row] = field(default_factory=list)

    @classmethod
    def of(cls, session: Session | None) -> "Rows":
        appearances = session.appearances if session is not None else []
        filled = []
        for number, appearance in enumerate(appearances, start=1):
            presence, note = presence_of(appearance.note)
            filled.append(Row(str(number), appearance.speaker.slug, appearance.role.value, note, presence.value))
        return cls(filled).with_spare(SPARE)

    @classmethod
    def typed(cls, form: MultiDict[str, str]) -> "Rows":
        *columns, presences = [form.getlist(name)[:MOST] for name in NAMES]
        presences += [""] * MOST
        rows = zip(*columns, presences, strict=False)
        return cls([Row(*map(one_line, cells)) for cells in rows])

    def arranged(self, form: MultiDict[str, str]) -> "Rows":
        """One row moved up or down, as the pressed button says; else more rows to write in."""
        for name, step in (("cast_up", -1), ("cast_down", 1)):
            if name in form:
                return self._moved(form[name], step)
        return self.with_spare(SPARE)

    def _moved(self, text: str, step: int) -> "Rows":
        rows = sorted(self.rows, key=lambda row: (not row.speaker, _number(row.order)))
        places = [place for place, row in enumerate(rows) if row.speaker and row.speaker == one_line(text)]
        for place in places[:1]:
            rows.insert(max(0, place + step), rows.pop(place))
        for number, row in enumerate(rows, start=1):
            row.order = str(number)
        return Rows(rows)

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
            row.wrong, row.error = _fault(row, speakers, seen)
            seen.add(row.speaker)
        return not self.errors

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(anchor, sentence) of each wrong row, for the summary."""
        return [
            (f"cast-{number}-{row.wrong}", f"Intervenant {number}\u00a0: {row.error}")
            for number, row in enumerate(self.rows, start=1)
            if row.error
        ]

    def cast(self, speakers: Mapping[str, Speaker], kind: Kind = Kind.TALK) -> Sequence[Cast]:
        """In the order of the numbers; equal numbers keep the order of the rows. In a video nobody is on stage; who was
        removed from the speakers meanwhile is left out."""
        ordered: Iterable[Row] = sorted(self.filled, key=lambda row: _number(row.order))
        found = [(speakers[row.speaker], row) for row in ordered if row.speaker in speakers]
        return [Cast(speaker, _role(row, kind), note_of(row.presence, row.note, speaker)) for speaker, row in found]


def _fault(row: Row, speakers: Mapping[str, Speaker], seen: set[str]) -> tuple[str, str]:
    """The field, and what is wrong with it."""
    if row.speaker not in speakers:
        return "speaker", "cette personne ne figure plus parmi les intervenants."
    if row.speaker in seen:
        return "speaker", "cette personne figure déjà dans cette session."
    if row.role not in list(SpeakerRole):
        return "role", "ce rôle n’existe pas."
    if len(note_of(row.presence, row.note, speakers[row.speaker])) > LONGEST_NOTE:
        return "note", f"la précision dépasse {LONGEST_NOTE} caractères."
    if row.presence not in list(Presence):
        return "presence", "cette présence n’existe pas."
    if row.presence == Presence.REPRESENTED and not row.note:
        return "note", "indiquez qui représente cette personne."
    is_ranked = _number(row.order) < NO_NUMBER or not row.order
    return ("", "") if is_ranked else ("order", "l’ordre doit être un nombre entier.")


def _role(row: Row, kind: Kind) -> SpeakerRole:
    role = SpeakerRole(row.role)
    return SpeakerRole.VIDEO if kind is Kind.VIDEO and role is SpeakerRole.SPEAKER else role


NO_NUMBER = 1_000_000


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else NO_NUMBER
