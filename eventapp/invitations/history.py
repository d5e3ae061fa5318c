"""What happened to one guest, and who of the team did it."""

from typing import NamedTuple

from sqlalchemy import select

from eventapp.accounts.models import User
from eventapp.extensions import db
from eventapp.invitations.models import Guest
from eventapp.journal.models import Entry

LONGEST = 50


class Moment(NamedTuple):
    entry: Entry
    who: str  # empty where a guest acted, whom the sentence names, or nobody did


def moments(guest: Guest) -> list[Moment]:
    """The newest first."""
    about = select(Entry, User).outerjoin(User, User.id == Entry.actor_id)
    theirs = about.where(Entry.subject_kind == Guest.__tablename__, Entry.subject_id == guest.id)
    rows = db.session.execute(theirs.order_by(Entry.id.desc()).limit(LONGEST))
    return [Moment(entry, f"par {user.label}" if user is not None else "") for entry, user in rows]
