"""The guest list as the organiser reads it and as campaigns choose from it: searched, filtered, counted."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Select, exists, false, func, or_, select
from werkzeug.datastructures import MultiDict

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import segments
from eventapp.invitations.models import Guest, GuestKind, GuestState, Invitation
from eventapp.invitations.segments import Standing
from eventapp.network.models import Departement, Structure
from eventapp.registrations.models import Registration
from eventapp.text import fold

LONGEST_SEARCH = 200
NOBODY = 0  # no guest has this number


QUERY_NAMES = {
    "text": "q",
    "state": "etat",
    "departement": "departement",
    "category": "categorie",
    "kind": "nature",
    "structure_kind": "type",
    "structure_form": "format",
    "former": "precedent",
    "before": "lien",
    "guests": "invites",
}


@dataclass(frozen=True)
class Choice:
    """What the filters say, as plain values that any address or file may hold; empty: everything.

    A value that names nothing (any more) keeps nobody: a letter never goes further than was meant.
    """

    text: str = ""
    state: str = ""  # segments.Standing
    departement: str = ""  # its code
    category: str = ""  # its slug
    kind: str = ""  # GuestKind
    structure_kind: str = ""  # Structure.kind: Principal, Antenne
    structure_form: str = ""  # Structure.form: Fixe, Itinérante…
    former: str = ""  # the slug of another event of the organisation
    before: str = ""  # segments.Before: what they were there; registered unless said
    guests: tuple[int, ...] = ()  # these people only

    @property
    def is_everything(self) -> bool:
        return not self.as_dict()

    @property
    def goes_far(self) -> bool:
        """Whether it uses more than the usual filters."""
        return bool(self.kind or self.structure_kind or self.structure_form or self.former or self.before)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: what is filled, under the names above."""
        return {name: list(value) if name == "guests" else value for name, value in vars(self).items() if value}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Choice":
        """What `as_dict` gave, or anything else: unknown names are left out."""
        words = {
            field.name: value.replace("\0", "")[:LONGEST_SEARCH]
            for field in fields(cls)
            if field.name != "guests" and isinstance(value := values.get(field.name), str)
        }
        ids = values.get("guests") or ()
        known = tuple(n for n in ids if type(n) is int and 0 < n < 2**31) if isinstance(ids, list | tuple) else ()
        return cls(**words, guests=known or ((NOBODY,) if ids else ()))

    def as_query(self) -> dict[str, Any]:
        """For `url_for`: the same under the French names of addresses."""
        return {QUERY_NAMES[name]: value for name, value in self.as_dict().items()}

    @classmethod
    def from_query(cls, values: "MultiDict[str, str]") -> "Choice":
        """From an address or a form."""
        named = {name: values.get(word) for name, word in QUERY_NAMES.items() if name != "guests"}
        return cls.from_dict(named | {"guests": [number(text) for text in values.getlist(QUERY_NAMES["guests"])]})


def listed(event: Event, choice: Choice) -> Select["Guest"]:
    """The guests that the filters keep, by name."""
    query = Guest.of(event)
    for word in fold(choice.text[:LONGEST_SEARCH]).split():
        query = query.where(Guest.search_text.contains(word, autoescape=True))
    if choice.guests:
        query = query.where(Guest.id.in_(choice.guests))
    if choice.category:
        query = query.where(Guest.category_id.in_([c.id for c in event.categories if c.slug == choice.category]))
    if choice.kind:
        query = query.where(Guest.kind == choice.kind if choice.kind in tuple(GuestKind) else false())
    if choice.state:
        query = query.where(segments.stands(event, choice.state))
    if choice.former:
        query = query.where(segments.was_there(event, choice.former, choice.before))
    return query.where(
        *segments.structure_is(departement=choice.departement, kind=choice.structure_kind, form=choice.structure_form)
    )


def count(query: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def states(event: Event) -> dict[GuestState, int]:
    """How many guests are in each state."""
    rows = db.session.execute(
        select(Invitation.id.is_not(None), Invitation.reply, func.count())
        .select_from(Guest)
        .outerjoin(Invitation, (Invitation.guest_id == Guest.id) & Invitation.revoked_at.is_(None))
        .where(Guest.event_id == event.id, Guest.removed_at.is_(None))
        .group_by(Invitation.id.is_not(None), Invitation.reply)
    )
    counts = dict.fromkeys(GuestState, 0)
    for invited, reply, how_many in rows:
        state = GuestState.NOT_INVITED if not invited else GuestState(reply.value) if reply else GuestState.SILENT
        counts[state] += how_many
    return counts


def standings(event: Event) -> dict[Standing, int]:
    """How many guests each filter would keep."""
    counted = [func.count().filter(segments.stands(event, standing)) for standing in Standing]
    here = select(*counted).where(Guest.event_id == event.id, Guest.removed_at.is_(None))
    return dict(zip(Standing, db.session.execute(here).one(), strict=True))


def departements(event: Event) -> list[Departement]:
    """Those where somebody on the list works."""
    codes = (
        select(Structure.departement_code)
        .join(Guest, Guest.structure_id == Structure.id)
        .where(Guest.event_id == event.id, Guest.removed_at.is_(None))
    )
    return list(db.session.scalars(select(Departement).where(Departement.code.in_(codes)).order_by(Departement.code)))


def structure_values(event: Event, column: Any) -> list[str]:
    """The kinds, or forms, of the structures that somebody on the list works for."""
    here = select(column).join(Guest, Guest.structure_id == Structure.id)
    values = here.where(Guest.event_id == event.id, Guest.removed_at.is_(None), column != "").distinct()
    return sorted(db.session.scalars(values), key=fold)


def former_events(event: Event) -> list[Event]:
    """The organisation's earlier ones that had guests or registrations, latest first."""
    others = select(Event).where(
        Event.organisation_id == event.organisation_id, Event.id != event.id, Event.starts_at <= event.starts_at
    )
    peopled = or_(
        exists().where(Guest.event_id == Event.id, Guest.removed_at.is_(None)),
        exists().where(Registration.event_id == Event.id),
    )
    return list(db.session.scalars(others.where(peopled).order_by(Event.starts_at.desc(), Event.id.desc())))


def number(text: str) -> int:
    """The number that an address or a form gives, or nobody's."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else NOBODY
