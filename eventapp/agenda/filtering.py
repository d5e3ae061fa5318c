"""The part of a programme that somebody asks for: a kind, a room, a speaker. Pure: rows and words in, rows out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eventapp.agenda.models import Kind, Room, Session, Speaker
from eventapp.formats import person, person_sorted
from eventapp.text import fold, slugify

Option = tuple[str, str]  # its value in an address, its words


@dataclass(frozen=True)
class Choice:
    """One list to choose from. A value that it does not offer is as if it were not asked."""

    name: str
    label: str
    every: str
    options: Sequence[Option]
    asked: str

    @property
    def value(self) -> str:
        return self.asked if self.word else ""

    @property
    def word(self) -> str:
        return dict(self.options).get(self.asked, "")

    @property
    def is_offered(self) -> bool:
        return len(self.options) > 1


@dataclass(frozen=True)
class Selection:
    sessions: Sequence[Session]
    total: int
    choices: Sequence[Choice]

    @property
    def is_active(self) -> bool:
        return any(choice.value for choice in self.choices)

    @property
    def words(self) -> str:
        """« Atelier, Salle Vauban »."""
        return ", ".join(choice.word for choice in self.choices if choice.value)

    @property
    def offered(self) -> list[Choice]:
        return [choice for choice in self.choices if choice.is_offered or choice.value]


def select_from(sessions: Sequence[Session], asked: Mapping[str, str]) -> Selection:
    """`asked`: as in an address, « type=atelier&salle=salle-vauban&intervenant=jeanne-martin »."""
    choices = (
        Choice("type", "Type", "Tous", _kinds(sessions), asked.get("type", "")),
        Choice("salle", "Salle", "Toutes", _rooms(sessions), asked.get("salle", "")),
        Choice("intervenant", "Intervenant", "Tous", _speakers(sessions), asked.get("intervenant", "")),
    )
    kind, room, speaker = (choice.value for choice in choices)
    kept = [
        session
        for session in sessions
        if (not kind or slugify(session.kind.label) == kind)
        and (not room or (session.room is not None and session.room.slug == room))
        and (not speaker or any(one.speaker.slug == speaker for one in session.appearances))
    ]
    return Selection(kept, len(sessions), choices)


def _kinds(sessions: Iterable[Session]) -> list[Option]:
    held = {session.kind for session in sessions}
    return [(slugify(kind.label), kind.label) for kind in Kind if kind in held]


def _rooms(sessions: Iterable[Session]) -> list[Option]:
    rooms: set[Room] = {session.room for session in sessions if session.room is not None}
    return [(room.slug, room.name) for room in sorted(rooms, key=lambda room: (room.position, room.id))]


def _speakers(sessions: Iterable[Session]) -> list[Option]:
    found: set[Speaker] = {one.speaker for session in sessions for one in session.appearances}
    by_name = sorted(found, key=lambda speaker: (fold(person_sorted(speaker)), speaker.id))
    return [(speaker.slug, person(speaker)) for speaker in by_name]
