"""The guest list as the organiser reads it: searched, filtered, counted."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations.models import Guest, GuestState, Invitation, Reply
from eventapp.network.models import Departement, Structure
from eventapp.text import fold

LONGEST_SEARCH = 200


@dataclass(frozen=True)
class Choice:
    """What the filters say; empty: everything."""

    text: str = ""
    state: str = ""
    departement: str = ""
    category: str = ""

    @property
    def is_everything(self) -> bool:
        return not (self.text or self.state or self.departement or self.category)


def listed(event: Event, choice: Choice) -> Select["Guest"]:
    """The guests that the filters keep, by name."""
    query = Guest.of(event)
    for word in fold(choice.text[:LONGEST_SEARCH]).split():
        query = query.where(Guest.search_text.contains(word, autoescape=True))
    if choice.state in tuple(GuestState):
        query = query.where(_is_in(event, GuestState(choice.state)))
    if choice.departement:
        at_home = select(Structure.id).where(Structure.departement_code == choice.departement)
        query = query.where(Guest.structure_id.in_(at_home))
    if choice.category:
        ids = [c.id for c in event.categories if c.slug == choice.category]
        query = query.where(Guest.category_id.in_(ids))
    return query


def count(query: Select["Guest"]) -> int:
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


def departements(event: Event) -> list[Departement]:
    """Those where somebody on the list works."""
    codes = (
        select(Structure.departement_code)
        .join(Guest, Guest.structure_id == Structure.id)
        .where(Guest.event_id == event.id, Guest.removed_at.is_(None))
    )
    return list(db.session.scalars(select(Departement).where(Departement.code.in_(codes)).order_by(Departement.code)))


def _is_in(event: Event, state: GuestState) -> ColumnElement[bool]:
    valid = select(Invitation.guest_id).where(Invitation.event_id == event.id, Invitation.revoked_at.is_(None))
    if state is GuestState.NOT_INVITED:
        return Guest.id.not_in(valid)
    if state is GuestState.SILENT:
        return Guest.id.in_(valid.where(Invitation.reply.is_(None)))
    return Guest.id.in_(valid.where(Invitation.reply == Reply(state.value)))
