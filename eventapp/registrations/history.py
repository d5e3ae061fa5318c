"""What happened to one registration, and what was written to the person."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select

from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.outbox.models import Message
from eventapp.registrations.models import Registration


def entries(registration: Registration) -> Sequence[Entry]:
    """Newest first."""
    query = select(Entry).where(Entry.subject_kind == registration.__tablename__, Entry.subject_id == registration.id)
    return db.session.scalars(query.order_by(Entry.id.desc())).all()


def letters(registration: Registration) -> Sequence[Message]:
    """Newest first; a letter with the links of a whole mailbox is found by its address."""
    links = and_(Message.letter == "registrations/link", Message.to == registration.email)
    own = Message.context["registration_id"].as_integer() == registration.id
    query = select(Message).where(Message.event_id == registration.event_id, or_(own, links))
    return db.session.scalars(query.order_by(Message.id.desc())).all()
