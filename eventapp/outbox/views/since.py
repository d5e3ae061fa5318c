"""What changed after a letter left: its preview is made of the words that it had and of what is known today."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select

from eventapp.extensions import db
from eventapp.invitations.models import Invitation
from eventapp.journal.models import Entry
from eventapp.outbox.models import Message

FACTS = ("event", "agenda_session", "room")
MOST = 8


def changed_since(message: Message) -> Sequence[Entry]:
    """In the event, its programme, and what concerns the person whom the letter is about; the oldest first."""
    if message.sent_at is None:
        return []
    invitation = db.session.get(Invitation, message.context.get("invitation_id") or 0)
    about = [("registration", message.context.get("registration_id")), ("guest", invitation and invitation.guest_id)]
    theirs = [and_(Entry.subject_kind == kind, Entry.subject_id == number) for kind, number in about if number]
    after = Entry.event_id == message.event_id, Entry.at > message.sent_at
    entries = select(Entry).where(*after, or_(Entry.subject_kind.in_(FACTS), *theirs))
    return db.session.scalars(entries.order_by(Entry.id).limit(MOST)).all()
