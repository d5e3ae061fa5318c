"""The organiser's list: search, filters, orders and counts. Everything is an indexed select or an aggregate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self, TypeVar

from sqlalchemy import Select, exists, func, select, true
from sqlalchemy.orm import aliased

from eventapp.agenda.models import Session
from eventapp.events.models import Category, Event
from eventapp.extensions import db
from eventapp.network.models import Departement, Structure
from eventapp.pagination import Order
from eventapp.registrations.groups.models import Party
from eventapp.registrations.models import Booking, Registration, Source, Status
from eventapp.registrations.questions.incomplete import can_lack, is_incomplete
from eventapp.text import fold

LONGEST_SEARCH = 200
MOST_GROUPS = 200
INCOMPLETE, ANY_GROUP = "a-completer", "oui"  # in the address
Member = TypeVar("Member", bound=StrEnum)

_structure = func.coalesce(Structure.sort_key, Registration.organisation)


def _structure_of(registration: Registration) -> tuple[str, int]:
    structure = registration.structure
    return (structure.sort_key if structure else registration.organisation, registration.id)


def _name_of(registration: Registration) -> tuple[str, int]:
    return (registration.name_folded, registration.id)


def _date_of(registration: Registration) -> tuple[datetime, int]:
    return (registration.queued_at, registration.id)


_name, _date, _place = (
    (Registration.name_folded, Registration.id),
    (Registration.queued_at, Registration.id),
    (_structure, Registration.id),
)
ORDERS = {
    "nom": Order(_name, _name_of),
    "-nom": Order(_name, _name_of, descending=True),
    "date": Order(_date, _date_of),
    "-date": Order(_date, _date_of, descending=True),
    "structure": Order(_place, _structure_of),
    "-structure": Order(_place, _structure_of, descending=True),
}


@dataclass(frozen=True, kw_only=True)
class Filters:
    """As typed in the address; what is not known there filters nothing."""

    q: str = ""
    status: Status | None = None
    category: str = ""
    departement: str = ""
    session: str = ""
    source: Source | None = None
    group: str = ""  # its id, or ANY_GROUP
    incomplete: bool = False  # only those that lack something the event needs
    doubles: bool = False  # only those of whom another live one has the same name

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Self:
        text = {key: args.get(key, "").replace("\0", "")[:LONGEST_SEARCH] for key in FILTER_NAMES}
        return cls(
            q=text["q"],
            status=_member(Status, text["etat"]),
            category=text["categorie"],
            departement=text["departement"],
            session=text["session"],
            source=_member(Source, text["origine"]),
            group=text["groupe"],
            incomplete=text["etat"] == INCOMPLETE,
            doubles=text["doublons"] == "oui",
        )

    @property
    def state(self) -> str:
        """As in the address."""
        return INCOMPLETE if self.incomplete else self.status.value if self.status else ""


FILTER_NAMES = ("q", "etat", "categorie", "departement", "session", "origine", "groupe", "doublons")


def find_registrations(event: Event, filters: Filters) -> Select[Registration]:
    query = Registration.of(event).outerjoin(Structure, Registration.structure_id == Structure.id)
    for word in fold(filters.q).split():
        query = query.where(Registration.search_text.contains(word, autoescape=True))
    if filters.status is not None:
        query = query.where(Registration.status == filters.status)
    if filters.source is not None:
        query = query.where(Registration.source == filters.source)
    if filters.category:
        categories = select(Category.id).where(Category.event_id == event.id, Category.slug == filters.category)
        query = query.where(Registration.category_id.in_(categories))
    if filters.departement:
        query = query.where(Structure.departement_code == filters.departement)
    if filters.session:
        query = query.where(_has_session(event, filters.session))
    if filters.group:
        query = query.where(_is_in_group(filters.group))
    if filters.incomplete:
        query = query.where(is_incomplete(event))
    return query.where(_has_a_double()) if filters.doubles else query


def count(query: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def count_incomplete(event: Event) -> int:
    return count(find_registrations(event, Filters(incomplete=True))) if can_lack(event) else 0


def counts_by_status(event: Event) -> dict[Status, int]:
    rows = select(Registration.status, func.count()).where(Registration.event_id == event.id)
    counts = dict.fromkeys(Status, 0)
    for status, number in db.session.execute(rows.group_by(Registration.status)):
        counts[status] = number
    return counts


def departements_of(event: Event) -> list[Departement]:
    """Those from which somebody registered, by code."""
    present = (
        select(Structure.departement_code)
        .join(Registration, Registration.structure_id == Structure.id)
        .where(Registration.event_id == event.id)
    )
    return list(db.session.scalars(select(Departement).where(Departement.code.in_(present)).order_by(Departement.code)))


def _has_session(event: Event, slug: str) -> Any:
    return exists(
        select(Booking.id)
        .join(Session, Booking.session_id == Session.id)
        .where(
            Booking.registration_id == Registration.id,
            Booking.released_at.is_(None),
            Session.event_id == event.id,
            Session.slug == slug,
        )
    )


def parties_of(event: Event) -> list[Party]:
    """The latest first; past so many, a group is found from the page of one of its people."""
    query = select(Party).where(Party.event_id == event.id).order_by(Party.id.desc()).limit(MOST_GROUPS)
    return list(db.session.scalars(query))


def _is_in_group(group: str) -> Any:
    if group == ANY_GROUP:
        return Registration.party_id.is_not(None)
    is_number = group.isascii() and group.isdigit() and len(group) < 10
    return Registration.party_id == int(group) if is_number else true()


def _has_a_double() -> Any:
    other = aliased(Registration)
    live = Registration.status != Status.CANCELLED, other.status != Status.CANCELLED
    same = other.event_id == Registration.event_id, other.name_folded == Registration.name_folded
    return exists(select(other.id).where(*live, *same, other.id != Registration.id))


def _member(kind: type[Member], value: str) -> Member | None:
    return kind(value) if value in list(kind) else None
