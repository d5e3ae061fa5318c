"""Guests that need no typing: the structures of the network, and the people and structures of a former event."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from eventapp.accounts.models import User
from eventapp.addresses import normal_email
from eventapp.events.models import Category, Event
from eventapp.extensions import db
from eventapp.invitations import delegating, guest_list
from eventapp.invitations.doubles import Doubles
from eventapp.invitations.guest_list import Newcomer
from eventapp.invitations.models import PUBLIC_DIRECTORY, Guest, GuestKind
from eventapp.network.models import Structure
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.people import Person
from eventapp.registrations.people import person_of as registered_person
from eventapp.text import fold_email

USUAL_PLACES = 2


class Whom(StrEnum):
    """Who of a former event is proposed."""

    REGISTERED = "inscrits"
    INVITED = "invites"

    @property
    def label(self) -> str:
        return {Whom.REGISTERED: "les inscrits", Whom.INVITED: "les invités"}[self]


@dataclass(frozen=True)
class Line:
    """A structure that may be invited: at which address, and what prevents it."""

    structure: Structure
    email: str
    is_there: bool = False
    is_ticked: bool = False
    fault: str = ""


@dataclass(frozen=True)
class Proposal:
    """A guest of a former event as they would come back; `places`: a structure; `key`: the value of their box."""

    key: str
    person: Person
    places: int | None = None
    is_there: bool = False
    remark: str = ""
    is_ticked: bool = True


def network(event: Event, structures: Iterable[Structure]) -> list[Line]:
    """Ticked are those that have an address and are not invited yet."""
    there, known = guest_list.structure_ids(event), _known_addresses(event)
    lines = []
    for structure in structures:
        is_there, email = structure.id in there, structure.email or known.get(structure.id, "")
        lines.append(Line(structure, email, is_there, bool(email) and not is_there))
    return lines


def decide(lines: Iterable[Line], ticked: Iterable[int], addresses: Mapping[int, str]) -> list[Line]:
    """The lines as a form sent them back, with what is wrong with those that are ticked."""
    chosen = set(ticked)
    return [_decided(line, line.structure.id in chosen, addresses.get(line.structure.id)) for line in lines]


def add_structures(event: Event, lines: Iterable[Line], places: int, *, now: datetime, by: User) -> int:
    """Invite those ticked which are not there yet; how many that is. Raises delegating.OddPlaces."""
    if not 1 <= places <= delegating.MOST_PLACES:
        raise delegating.OddPlaces
    chosen = [_newcomer(line, places) for line in lines if line.is_ticked and not line.is_there]
    return guest_list.add_many(event, chosen, now=now, by=by)


def from_event(event: Event, former: Event, whom: Whom) -> list[Proposal]:
    """By name; whoever is on the list already says so, and a possible double is not ticked."""
    categories = {category.slug: category for category in event.categories}
    known, there = Doubles(event), guest_list.structure_ids(event)
    people = _registered(former, categories) if whom is Whom.REGISTERED else _invited(former, categories)
    proposals = []
    for key, person, places in people:
        if places is not None and person.structure is not None:
            is_there = person.structure.id in there
            proposals.append(Proposal(key, person, places, is_there, is_ticked=not is_there))
            continue
        found, also = known.find(person), known.remark(person)
        remark = " ".join(filter(None, (found.sentence if found else "", also)))
        is_there, likely = found is not None and found.is_same, found is not None and found.likely
        proposals.append(Proposal(key, person, None, is_there, remark, not (is_there or likely or also)))
    return proposals


def add(event: Event, chosen: Iterable[Proposal], *, origin: str, now: datetime, by: User) -> int:
    """Add those who are not there yet; how many that is."""
    newcomers = [Newcomer(one.person, one.places, origin) for one in chosen]
    return guest_list.add_many(event, newcomers, now=now, by=by)


def _newcomer(line: Line, places: int) -> Newcomer:
    structure = line.structure
    itself = Person(first_name="", last_name=structure.name, email=line.email, structure=structure)
    is_public = fold_email(structure.email) == fold_email(line.email)
    return Newcomer(itself, places, PUBLIC_DIRECTORY if is_public else guest_list.BY_HAND)


def _decided(line: Line, is_ticked: bool, typed: str | None) -> Line:
    email = line.email if typed is None else typed
    if line.is_there or not is_ticked:
        return Line(line.structure, email, line.is_there)
    try:
        if not email:
            raise ValueError("Écrivez l’adresse de cette structure, ou décochez-la.")
        return Line(line.structure, normal_email(email), is_ticked=True)
    except ValueError as fault:
        return Line(line.structure, email, is_ticked=True, fault=str(fault))


def _known_addresses(event: Event) -> dict[int | None, str]:
    """Where the organisation wrote to its structures before; the latest wins, one that failed is no address."""
    rows = db.session.execute(
        select(Guest.structure_id, Guest.email)
        .join(Event, Event.id == Guest.event_id)
        .where(Event.organisation_id == event.organisation_id, Guest.kind == GuestKind.STRUCTURE)
        .where(Guest.removed_at.is_(None), Guest.undeliverable_at.is_(None))
        .order_by(Guest.id)
    )
    return {row.structure_id: row.email for row in rows}


def _registered(former: Event, categories: Mapping[str, Category]) -> Iterable[tuple[str, Person, int | None]]:
    rows = select(Registration).where(Registration.event_id == former.id, Registration.status != Status.CANCELLED)
    for row in db.session.scalars(rows.order_by(Registration.name_folded, Registration.id)).unique():
        yield f"r{row.id}", _here(registered_person(row), categories), None


def _invited(former: Event, categories: Mapping[str, Category]) -> Iterable[tuple[str, Person, int | None]]:
    """Those whose address failed then are left there."""
    for guest in db.session.scalars(Guest.of(former).where(Guest.undeliverable_at.is_(None))).unique():
        yield (
            f"g{guest.id}",
            _here(guest_list.person_of(guest), categories),
            None if guest.places is None else max(1, guest.places),
        )


def _here(person: Person, categories: Mapping[str, Category]) -> Person:
    """In the category of the same name; a telephone is no business of a guest list."""
    category = categories.get(person.category.slug) if person.category else None
    return Person(
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        function=person.function,
        structure=person.structure,
        organisation=person.organisation,
        category=category,
    )
