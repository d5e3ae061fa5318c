"""Half-days as they are usually held, to begin a programme from: titles to be rewritten, hours that fit together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from eventapp.agenda.models import BookingMode, Kind, Room, Session
from eventapp.events.models import Event


@dataclass(frozen=True)
class Line:
    """`parallel`: as many at once as asked, each in a room of its own, to be booked."""

    minutes: int
    kind: Kind
    title: str
    parallel: bool = False


@dataclass(frozen=True)
class Model:
    key: str
    label: str
    begins: str
    lines: Sequence[Line]

    @property
    def minutes(self) -> int:
        return sum(line.minutes for line in self.lines)

    @property
    def summary(self) -> str:
        return ", ".join(line.title[:1].lower() + line.title[1:] for line in self.lines)


PLENARY_MORNING = (
    Line(30, Kind.WELCOME, "Accueil café"),
    Line(20, Kind.OPENING, "Ouverture de la rencontre"),
    Line(40, Kind.PLENARY, "Bilan et perspectives du réseau"),
    Line(30, Kind.DISCUSSION, "Échanges avec la salle"),
    Line(20, Kind.BREAK, "Pause"),
    Line(60, Kind.ROUND_TABLE, "Table ronde\u00a0: regards croisés d’opérateurs et d’agents"),
    Line(10, Kind.TALK, "Conclusion de la matinée"),
)
WORKSHOP_MORNING = (
    Line(30, Kind.WELCOME, "Accueil café"),
    Line(15, Kind.OPENING, "Présentation des ateliers"),
    Line(75, Kind.WORKSHOP, "Atelier", parallel=True),
    Line(20, Kind.BREAK, "Pause"),
    Line(75, Kind.WORKSHOP, "Atelier, second tour", parallel=True),
)
WORKSHOP_AFTERNOON = (
    Line(90, Kind.WORKSHOP, "Atelier", parallel=True),
    Line(20, Kind.BREAK, "Pause"),
    Line(45, Kind.REPORT_BACK, "Restitution des ateliers"),
    Line(15, Kind.CLOSING, "Clôture de la rencontre"),
)
DEBATE_AFTERNOON = (
    Line(75, Kind.ROUND_TABLE, "Table ronde\u00a0: ce qui change pour les usagers"),
    Line(30, Kind.DISCUSSION, "Échanges avec la salle"),
    Line(20, Kind.BREAK, "Pause"),
    Line(30, Kind.TALK, "Grand témoin"),
    Line(20, Kind.CLOSING, "Clôture de la rencontre"),
)
MODELS = (
    Model("matinee-pleniere", "Matinée plénière", "09:00", PLENARY_MORNING),
    Model("matinee-ateliers", "Matinée d’ateliers", "09:00", WORKSHOP_MORNING),
    Model("apres-midi-ateliers", "Après-midi d’ateliers en parallèle", "14:00", WORKSHOP_AFTERNOON),
    Model("apres-midi-debat", "Après-midi\u00a0: table ronde et clôture", "14:00", DEBATE_AFTERNOON),
    Model(
        "journee", "Journée entière\u00a0: plénière le matin, ateliers l’après-midi", "09:00",
        (*PLENARY_MORNING, Line(90, Kind.MEAL, "Déjeuner"), *WORKSHOP_AFTERNOON),
    ),
)  # fmt: skip


def written(model: Model, event: Event, rooms: Sequence[Room], starts_at: datetime, tracks: int) -> Iterator[Session]:
    """Sessions unknown to the database, to look at or to add. The first room is that of what everyone attends."""
    number = 0
    for line in model.lines:
        ends_at = starts_at + timedelta(minutes=line.minutes)
        for track in range(tracks if line.parallel else 1):
            number += 1
            yield _session(line, event, _room(line, rooms, track), starts_at, ends_at, track, number)
        starts_at = ends_at


def _room(line: Line, rooms: Sequence[Room], track: int) -> Room | None:
    if line.kind.is_pause:
        return None
    if not line.parallel:
        return rooms[0] if rooms else None
    apart = [*rooms[1:], *rooms[:1]]
    return apart[track] if track < len(apart) else None


def _session(
    line: Line, event: Event, room: Room | None, starts_at: datetime, ends_at: datetime, track: int, number: int
) -> Session:
    first, _comma, rest = line.title.partition(",")
    return Session(
        id=-number, event_id=event.id, event=event, slug=f"nouvelle-{number}",
        title=f"{first} {track + 1}{_comma}{rest}" if line.parallel else line.title,
        kind=line.kind, starts_at=starts_at, ends_at=ends_at, room=room, room_id=room and room.id,
        booking=BookingMode.OPTIONAL if line.parallel else BookingMode.NONE,
        capacity=room.capacity if line.parallel and room is not None else None, description="",
    )  # fmt: skip
