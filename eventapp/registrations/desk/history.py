"""What happened to one registration, by whom, and what was written to the person."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.outbox.models import Message
from eventapp.registrations.groups.models import Party
from eventapp.registrations.models import Registration


@dataclass(frozen=True)
class Moment:
    """`who` did it, in words, unless the sentence names them; `of`: the other registration that it happened to, united
    with this one since."""

    entry: Entry
    who: str
    of: Registration | None


@dataclass(frozen=True)
class Relatives:
    """The other registrations of the event that this one took over from, or that took over from it."""

    came_from: Registration | None  # whose holder passed the place on
    went_to: Registration | None  # to whom the holder passed the place on
    stays: Registration | None  # into which this one was merged
    merged: Sequence[Registration]  # into this one


def moments(registration: Registration, found: Relatives) -> list[Moment]:
    """Newest first, those of the registrations merged into this one included."""
    about = {one.id: one for one in found.merged} | {registration.id: None}
    of_these = Entry.subject_kind == registration.__tablename__, Entry.subject_id.in_(about)
    entries = db.session.scalars(select(Entry).where(*of_these).order_by(Entry.id.desc())).all()
    actors = {entry.actor_id for entry in entries if entry.actor_id is not None}
    users = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(actors)))} if actors else {}
    return [_moment(entry, users, about.get(entry.subject_id or 0), registration) for entry in entries]


def relatives(registration: Registration) -> Relatives:
    own = [key for key in (registration.replaces_id, registration.merged_into_id) if key is not None]
    related = or_(
        Registration.id.in_(own),
        Registration.replaces_id == registration.id,
        Registration.merged_into_id == registration.id,
    )
    query = Registration.of(registration.event).where(related, Registration.id != registration.id)
    found = db.session.scalars(query).unique().all()
    known = {one.id: one for one in found}
    return Relatives(
        came_from=known.get(registration.replaces_id or 0),
        went_to=next((one for one in found if one.replaces_id == registration.id), None),
        stays=known.get(registration.merged_into_id or 0),
        merged=[one for one in found if one.merged_into_id == registration.id],
    )


def party_of(registration: Registration) -> Party | None:
    """The group that they were registered with."""
    return db.session.get(Party, registration.party_id) if registration.party_id is not None else None


def letters(registration: Registration) -> Sequence[Message]:
    """Newest first; a letter with the links of a whole mailbox is found by its address."""
    links = and_(Message.letter == "registrations/link", Message.to == registration.email)
    own = Message.context["registration_id"].as_integer() == registration.id
    query = select(Message).where(Message.event_id == registration.event_id, or_(own, links))
    return db.session.scalars(query.order_by(Message.id.desc())).all()


def _moment(entry: Entry, users: dict[int, User], of: Registration | None, registration: Registration) -> Moment:
    """Where somebody else's link made or gave the registration, the sentence names them."""
    is_gift = entry.act == "registration.received"
    is_gift = is_gift or (entry.act == "registration.created" and (of or registration).party_id is not None)
    return Moment(entry, "" if is_gift and entry.actor == journal.PERSON else _who(entry, users), of)


def _who(entry: Entry, users: dict[int, User]) -> str:
    if entry.actor == journal.PERSON:
        return "par la personne"
    if entry.actor != journal.ORGANISER:
        return "automatiquement"
    user = users.get(entry.actor_id or 0)
    return f"par {user.name}" if user is not None and user.name else "par l’équipe"
