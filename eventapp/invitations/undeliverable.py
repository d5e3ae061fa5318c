"""Guests whose address takes no mail: marked when a server says so, and as long as the address stays the same."""

from datetime import datetime

from eventapp import journal
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.invitations.models import Guest
from eventapp.outbox.bounces import when_undeliverable
from eventapp.outbox.models import Message
from eventapp.text import fold_email

LONGEST_REASON = 500


@when_undeliverable
def mark(message: Message, why: str, now: datetime) -> None:
    """Everyone of that event who is written to at this address. An address corrected since is another one."""
    event = db.session.get(Event, message.event_id) if message.event_id is not None else None
    if event is None:
        return
    here = Guest.of(event).where(Guest.email_folded == fold_email(message.to), Guest.undeliverable_at.is_(None))
    for guest in db.session.scalars(here):
        guest.undeliverable_at, guest.undeliverable_why = now, why[:LONGEST_REASON]
        sentence = f"Adresse injoignable\u00a0: {name_of(guest)}"
        journal.record("guest.undeliverable", sentence, now=now, event=event, subject=guest)
