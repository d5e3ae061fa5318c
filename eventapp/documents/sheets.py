"""Who signs, on which sheet, in which order. Never an address, a telephone number or a diet: the paper lies about."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, select

from eventapp.agenda.models import BookingMode, Session
from eventapp.events.models import Category, Event
from eventapp.extensions import db
from eventapp.network.models import Departement, Structure
from eventapp.registrations.models import Booking, Registration, Status

People = Select[str, str, str, str, str]  # last name, first name, organisation, category, département

DEFAULT_BLANKS = 10
MOST_BLANKS = 100
HEADER = ("Feuille", "N°", "NOM", "Prénom", "Organisme", "Signature")


class Grouping(StrEnum):
    """Its value is its name in an address. Each group begins on a new page, with its own numbers."""

    NONE = "alphabetique"
    CATEGORY = "categorie"
    DEPARTEMENT = "departement"

    @property
    def label(self) -> str:
        return {
            "alphabetique": "une seule liste alphabétique",
            "categorie": "une feuille par catégorie",
            "departement": "une feuille par département",
        }[self.value]


@dataclass(frozen=True)
class Options:
    """As asked in the address; what makes no sense there is as if it were not asked."""

    grouping: Grouping = Grouping.NONE
    blanks: int = DEFAULT_BLANKS

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Options":
        grouping, blanks = args.get("ordre", ""), args.get("lignes", "")
        return cls(
            Grouping(grouping) if grouping in list(Grouping) else Grouping.NONE,
            min(int(blanks), MOST_BLANKS) if re.fullmatch("[0-9]{1,3}", blanks) else DEFAULT_BLANKS,
        )


@dataclass(frozen=True)
class Line:
    number: int
    last_name: str
    first_name: str
    organisation: str


@dataclass(frozen=True)
class Sheet:
    """`title`: of its group, empty when there is but one sheet. `blanks`: the numbers of its empty lines."""

    title: str
    lines: Sequence[Line]
    blanks: range


def sheets(people: People, options: Options) -> list[Sheet]:
    """The sheets of `people` (see `attending`, `booked`); one, with empty lines only, when nobody is expected."""
    rows = _ordered(people, options.grouping)
    groups = groupby(rows, key=_title_of(options.grouping))
    return [_sheet(title, lines, options.blanks) for title, lines in groups] or [_sheet("", (), options.blanks)]


def attending(event: Event) -> People:
    """The people confirmed, whose signature each half-day asks for."""
    return (
        select(
            Registration.last_name,
            Registration.first_name,
            func.coalesce(Structure.name, Registration.organisation).label("organisation"),
            func.coalesce(Category.name, "Sans catégorie").label("category"),
            func.coalesce(Departement.name, "Autres organismes").label("departement"),
        )
        .outerjoin(Structure, Registration.structure_id == Structure.id)
        .outerjoin(Departement, Structure.departement_code == Departement.code)
        .outerjoin(Category, Registration.category_id == Category.id)
        .where(Registration.event_id == event.id, Registration.status == Status.CONFIRMED)
    )


def booked(event: Event, session: Session) -> People:
    """Those of them who hold a seat in this session."""
    seats = select(Booking.registration_id).where(
        Booking.session_id == session.id, Booking.released_at.is_(None), Booking.confirmed_at.is_not(None)
    )
    return attending(event).where(Registration.id.in_(seats))


def bookable(event: Event) -> Select[Session]:
    """The sessions that have a sheet of their own."""
    return Session.held(event).where(Session.booking != BookingMode.NONE)


def expected(event: Event) -> int:
    people = select(func.count()).where(Registration.event_id == event.id, Registration.status == Status.CONFIRMED)
    return db.session.scalar(people) or 0


def seats_held(event: Event) -> dict[int, int]:
    """How many people hold a seat, by session."""
    rows = (
        select(Booking.session_id, func.count())
        .where(Booking.event_id == event.id, Booking.released_at.is_(None), Booking.confirmed_at.is_not(None))
        .group_by(Booking.session_id)
    )
    return dict(db.session.execute(rows).all())


def cells(found: Iterable[Sheet]) -> Iterator[tuple[Any, ...]]:
    """Rows for a spreadsheet, with a column to sign in; without the empty lines, which a spreadsheet has plenty of."""
    for sheet in found:
        for line in sheet.lines:
            yield (sheet.title, line.number, line.last_name, line.first_name, line.organisation, "")


def _ordered(people: People, grouping: Grouping) -> Sequence[Any]:
    first: dict[Grouping, tuple[Any, ...]] = {
        Grouping.NONE: (),
        # No row of the outer join: last, on both databases.
        Grouping.CATEGORY: (Category.id.is_(None), Category.position, Category.id),
        Grouping.DEPARTEMENT: (Departement.code.is_(None), Departement.code),
    }
    return db.session.execute(people.order_by(*first[grouping], Registration.name_folded, Registration.id)).all()


def _title_of(grouping: Grouping) -> Callable[[Any], str]:
    def title(row: Any) -> str:
        titles = {Grouping.NONE: "", Grouping.CATEGORY: row.category, Grouping.DEPARTEMENT: row.departement}
        return titles[grouping]

    return title


def _sheet(title: str, rows: Iterable[Any], blanks: int) -> Sheet:
    lines = [
        Line(number, row.last_name.upper(), row.first_name, row.organisation) for number, row in enumerate(rows, 1)
    ]
    return Sheet(title, lines, range(len(lines) + 1, len(lines) + blanks + 1))
