"""What organisers read of wishes and of their allocation: figures with the names that go with them."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import select

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import fr_number, ordinal
from eventapp.network.models import Structure
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.wishes.models import Allocation, Wish
from eventapp.registrations.wishes.wish_slots import most_in, ranked_slots


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
    """Of those with a place at the event, or waiting for one."""
    people, found = _rankings(event), []
    for slot in ranked_slots(event):
        ids = {session.id for session in slot.sessions}
        own = [wished for sessions in people if (wished := [session for session in sessions if session in ids])]
        counted = Counter((session, rank) for wished in own for rank, session in enumerate(wished))
        most = most_in(slot)
        rows = [(session, [counted[session.id, rank] for rank in range(most)]) for session in slot.sessions]
        found.append(Wished(slot.label, len(own), most, rows))
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


def to_announce(event: Event) -> Allocation | None:
    """Applied, and nobody was told yet."""
    applied = Allocation.applied_at.is_not(None), Allocation.announced_at.is_(None)
    if event.allocated_at is None:
        return None
    return db.session.scalar(select(Allocation).where(Allocation.event_id == event.id, *applied))


def _shares(people: int, ranks: list[int], left_out: int) -> list[Share]:
    counted = [(f"{ordinal(rank)} souhait", count) for rank, count in enumerate(ranks, 1)]
    counted.append(("Aucun souhait", left_out))
    return [Share(label, count, f"{fr_number(100 * count / people, 1)}\u00a0%") for label, count in counted]


def _rankings(event: Event) -> list[list[int]]:
    """The sessions of each person, the best first."""
    rows = (
        select(Wish.registration_id, Wish.session_id)
        .join(Registration, Wish.registration_id == Registration.id)
        .where(Wish.event_id == event.id, Registration.status != Status.CANCELLED)
        .order_by(Wish.registration_id, Wish.rank, Wish.id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for registration_id, session_id in db.session.execute(rows):
        found[registration_id].append(session_id)
    return list(found.values())
