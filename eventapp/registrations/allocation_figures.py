"""What organisers read of wishes and of their allocation: figures with the names that go with them."""

from dataclasses import dataclass

from sqlalchemy import select

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import fr_number, ordinal
from eventapp.network.models import Structure
from eventapp.registrations.models import Registration
from eventapp.registrations.wish_models import Allocation
from eventapp.registrations.wish_slots import MOST_WISHES, ranked_slots
from eventapp.registrations.wishes import count_wishes


@dataclass(frozen=True)
class Wished:
    """One slot before its allocation. `rows`: session, then how many people gave it each rank."""

    label: str
    people: int
    most: int
    rows: list[tuple[Session, list[int]]]


@dataclass(frozen=True)
class Share:
    label: str
    count: int
    percent: str


@dataclass(frozen=True)
class Allocated:
    """One slot of an allocation. `rows`: title, seats there were, seats given."""

    label: str
    people: int
    shares: list[Share]
    left_out: list[Registration]
    rows: list[tuple[str, int | None, int]]
    worst: str
    worst_structure: str
    is_proven: bool


def people_and_wishes(event: Event) -> list[Wished]:
    counted, found = count_wishes(event), []
    for slot in ranked_slots(event):
        most = min(len(slot.sessions), MOST_WISHES)
        rows = [
            (s, [counted[s.id][rank] if s.id in counted else 0 for rank in range(1, most + 1)]) for s in slot.sessions
        ]
        found.append(Wished(slot.label, sum(counts[0] for _, counts in rows), most, rows))
    return found


def slots_of(allocation: Allocation) -> list[Allocated]:
    event = allocation.event
    titles = dict(db.session.execute(select(Session.id, Session.title).where(Session.event_id == event.id)).all())
    found = []
    for slot in allocation.figures["slots"]:
        structure = db.session.get(Structure, slot["worst_structure"]) if slot["worst_structure"] else None
        left_out = Registration.of(event).where(Registration.id.in_(slot["left_out"]))
        found.append(
            Allocated(
                slot["label"],
                slot["people"],
                _shares(slot["people"], slot["ranks"], len(slot["left_out"])),
                list(db.session.scalars(left_out).unique()),
                [(titles[session], left, given) for session, left, given in slot["sessions"] if session in titles],
                "" if slot["worst"] is None else fr_number(slot["worst"], 2),
                structure.full_label if structure is not None else "",
                slot["is_proven"],
            )
        )
    return found


def _shares(people: int, ranks: list[int], left_out: int) -> list[Share]:
    counted = [(f"{ordinal(rank)} souhait", count) for rank, count in enumerate(ranks, 1)]
    counted.append(("Aucun souhait", left_out))
    return [Share(label, count, f"{fr_number(100 * count / people, 1)}\u00a0%") for label, count in counted]
