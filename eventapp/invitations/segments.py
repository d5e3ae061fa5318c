"""What sets guests apart, as conditions on their rows: where they stand, their structure, what they were at a former
event."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Exists, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations.models import Guest, GuestKind, Invitation, Reply
from eventapp.network.models import Structure
from eventapp.registrations.models import Registration, Status


class Standing(StrEnum):
    """What the list is filtered by; unlike `GuestState`, they overlap."""

    NOT_INVITED = "not_invited"
    INVITED = "invited"
    SILENT = "silent"
    ACCEPTED = "accepted"
    WAITING = "waiting"  # accepted, and still without a place
    DECLINED = "declined"
    UNDELIVERABLE = "undeliverable"

    @property
    def label(self) -> str:
        return STANDINGS[self]


STANDINGS = {
    Standing.NOT_INVITED: "À inviter",
    Standing.INVITED: "Invités",
    Standing.SILENT: "Sans réponse",
    Standing.ACCEPTED: "Ont accepté",
    Standing.WAITING: "En attente de place",
    Standing.DECLINED: "Ont décliné",
    Standing.UNDELIVERABLE: "Adresses à corriger",
}


class Before(StrEnum):
    """What somebody was at a former event."""

    REGISTERED = "registered"
    INVITED = "invited"
    ABSENT = "absent"  # not registered there, invited or not

    @property
    def label(self) -> str:
        return BEFORE[self]


BEFORE = {
    Before.REGISTERED: "y étaient inscrits",
    Before.INVITED: "y étaient invités",
    Before.ABSENT: "n’y étaient pas inscrits",
}


def structure_is(*, departement: str = "", kind: str = "", form: str = "") -> Iterator[ColumnElement[bool]]:
    wanted = {
        Structure.departement_code: departement,
        Structure.kind: kind,
        Structure.form: form,
    }
    told = [column == value for column, value in wanted.items() if value]
    if told:
        yield Guest.structure_id.in_(select(Structure.id).where(*told))


def stands(event: Event, state: str) -> ColumnElement[bool]:
    valid = select(Invitation.guest_id).where(Invitation.event_id == event.id, Invitation.revoked_at.is_(None))
    waiting = Invitation.registration_id.in_(select(Registration.id).where(Registration.status == Status.WAITING))
    conditions = {
        Standing.NOT_INVITED: Guest.id.not_in(valid),
        Standing.INVITED: Guest.id.in_(valid),
        Standing.SILENT: Guest.id.in_(valid.where(Invitation.reply.is_(None))),
        Standing.ACCEPTED: Guest.id.in_(valid.where(Invitation.reply == Reply.ACCEPTED)),
        Standing.WAITING: Guest.id.in_(valid.where(waiting)),
        Standing.DECLINED: Guest.id.in_(valid.where(Invitation.reply == Reply.DECLINED)),
        Standing.UNDELIVERABLE: Guest.undeliverable_at.is_not(None),
    }
    return conditions[Standing(state)] if state in conditions else false()


Who = type[Guest] | type[Registration]


def was_there(event: Event, former: str, before: str, who: Who = Guest) -> ColumnElement[bool]:
    """The same person, or for a structure anybody of it, at the former event. `who`: of which rows it is asked."""
    slugs = select(Event.id).where(Event.slug == former, Event.organisation_id == event.organisation_id)
    former_id = db.session.scalar(slugs.where(Event.id != event.id))
    before = before or Before.REGISTERED
    if former_id is None or before not in tuple(Before):
        return false()
    there = _invited_at(former_id, who) if before == Before.INVITED else _registered_at(former_id, who)
    return ~there if before == Before.ABSENT else there


def _registered_at(event_id: int, who: Who) -> ColumnElement[bool]:
    then = aliased(Registration)
    return _same(exists().where(then.event_id == event_id, then.status != Status.CANCELLED), then, who)


def _invited_at(event_id: int, who: Who) -> ColumnElement[bool]:
    then = aliased(Guest)
    invited = exists().where(
        then.event_id == event_id,
        then.removed_at.is_(None),
        then.id == Invitation.guest_id,
        Invitation.event_id == event_id,
    )
    return _same(invited, then, who)


def _same(there: Exists, then: Any, who: Who) -> ColumnElement[bool]:
    themselves = there.where(then.email_folded == who.email_folded, then.name_folded == who.name_folded)
    if who is Registration:
        return themselves
    return or_(
        themselves, and_(Guest.kind == GuestKind.STRUCTURE, there.where(then.structure_id == Guest.structure_id))
    )
