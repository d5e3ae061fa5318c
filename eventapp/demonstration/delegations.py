"""Structures invited with places: one named colleagues, one answered for its own, one is silent."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from eventapp.accounts.models import User
from eventapp.demonstration import people
from eventapp.events.models import Category, Event
from eventapp.extensions import db
from eventapp.invitations import delegating, naming, sending
from eventapp.invitations.models import Guest, GuestKind, Invitation
from eventapp.network.models import Structure
from eventapp.registrations.people import Colleague, Person

Act = tuple[datetime, Callable[[datetime], None]]

PLACES = (3, 2, 2)  # of each structure
FIRST = 2  # the structures before it have a group, or an exception


def acts(
    event: Event, organiser: User, lottery: random.Random, *, accept: Callable[..., None], start: datetime
) -> Iterator[Act]:
    """What to do, and when. `accept`: a guest's acceptance, with a choice of sessions."""
    event_id, organiser_id, seed = event.id, organiser.id, lottery.getrandbits(64)

    def invite(at: datetime) -> None:
        event, organiser = db.session.get_one(Event, event_id), db.session.get_one(User, organiser_id)
        guests = []
        for structure, count in zip(_structures(), PLACES, strict=False):
            guests.append(delegating.invite_structure(event, structure, count, structure.email, at, organiser))
        sending.invite(event, guests, now=at, by=organiser)

    def name(at: datetime) -> None:
        first = _invitation(event_id, 0)
        delegating.name_colleagues(first, _team(first, 2, seed), now=at)

    def reply(at: datetime) -> None:
        """The first comes, the second sends a colleague, who has not answered."""
        comes, sends = naming.live_names(_invitation(event_id, 0).guest)
        if comes.invitation is not None and sends.invitation is not None:
            accept(comes.invitation, random.Random(seed), at)  # noqa: S311
            other = _team(sends.invitation, 3, seed)[-1]
            facts = {"first_name": other.first_name, "last_name": other.last_name, "email": other.email}
            naming.send_instead(sends.invitation, Colleague(**facts), now=at)

    def answer(at: datetime) -> None:
        second = _invitation(event_id, 1)
        delegating.answer_for(second, _team(second, 1, seed + 1), now=at)

    for hours, act in ((20, invite), (30, name), (52, reply), (76, answer)):
        yield start + timedelta(hours=hours), act


def _structures() -> list[Structure]:
    return list(db.session.scalars(select(Structure).order_by(Structure.id).offset(FIRST).limit(len(PLACES))))


def _invitation(event_id: int, place: int) -> Invitation:
    """Of the structure at this place among those invited."""
    invited = select(Invitation).join(Invitation.guest).where(Guest.kind == GuestKind.STRUCTURE)
    return db.session.scalars(invited.where(Guest.event_id == event_id).order_by(Guest.id)).all()[place]


def _team(invitation: Invitation, size: int, seed: int) -> list[Person]:
    guest = invitation.guest
    structure = db.session.get_one(Structure, guest.structure_id)
    return people.team(structure, _category(guest.event), size, random.Random(seed))  # noqa: S311


def _category(event: Event) -> Category:
    return next(category for category in event.categories if category.slug == "conseillers")
