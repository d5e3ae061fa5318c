"""Somebody's address is corrected: their letters that have not left go to the new one, and nothing of theirs to the old
one but what takes back, from its calendar, what it was sent.

The letter that is written at once to the new address brings all the calendar's entries: none of them follows.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from eventapp.agenda.models import Session
from eventapp.extensions import db
from eventapp.outbox import following
from eventapp.outbox.letters import ENTRY
from eventapp.outbox.models import Message, State
from eventapp.registrations import calendar_letters
from eventapp.registrations.calendar_letters import UPDATE
from eventapp.registrations.calendar_mail import CANCEL, REQUEST, Part
from eventapp.registrations.models import Registration

LINK = "registrations/link"
NEVER_LEFT = (State.QUEUED, State.HELD, State.DROPPED)


def follow(registration: Registration, old: str, parts: Sequence[Part], *, now: datetime) -> tuple[int, list[Part]]:
    """How many follow; and which of `parts`, that take back what the old mailbox was sent, still have something to take
    back there. Call it once the row has the new address."""
    event = registration.event
    own = [message for message in following.waiting(event, old) if _is_about(message, registration)]
    unsent = {_entry(message) for message in own if message.calendar_method == REQUEST}
    unsure = {_entry(message) for message in own if message.state is State.UNCERTAIN}
    cancels = [(message, _part(message)) for message in own if message.calendar_method == CANCEL]
    moved = [message for message in own if message.letter != UPDATE and _moves(message, registration, now=now)]
    for message in own:
        if message.letter == UPDATE and message.calendar_method == REQUEST:
            following.withdraw(message)
    unsent -= unsure | _shown(registration, old)
    for message, part in cancels:
        if message.letter == UPDATE and _entry(message) in unsent:
            following.withdraw(message)
        elif message in moved and _entry(message) not in unsent:
            about = {"now": now, "event": event, "registration_id": registration.id, "to": old}
            calendar_letters.post_updates([part], about)
    return len(moved), [part for part in parts if (part.session.id if part.session else None) not in unsent]


def _moves(message: Message, registration: Registration, *, now: datetime) -> bool:
    """Whether it now goes to the new address. A letter with the links of several people keeps those of the others; the
    link itself is written anew."""
    if message.letter == LINK:
        others = [key for key in message.context["registration_ids"] if key != registration.id]
        if others:
            following.reword(message, message.context | {"registration_ids": others})
        else:
            following.withdraw(message)
        return False
    return following.follow(message, registration.email, event=registration.event, now=now) is not None


def _is_about(message: Message, registration: Registration) -> bool:
    about = message.context
    return about.get("registration_id") == registration.id or registration.id in about.get("registration_ids", ())


def _entry(message: Message) -> int | None:
    number: int | None = message.context.get(ENTRY)
    return number


def _part(message: Message) -> Part:
    number, sequence = _entry(message), message.calendar_sequence or 0
    return Part(CANCEL, sequence, db.session.get(Session, number) if number is not None else None)


def _shown(registration: Registration, address: str) -> set[int | None]:
    """The entries, by session, that the calendar of a mailbox was sent: None is that of the event."""
    here = Message.event_id == registration.event_id, following.goes_to(address)
    left = select(Message.context).where(*here, Message.calendar_method == REQUEST, Message.state.not_in(NEVER_LEFT))
    return {context.get(ENTRY) for context in db.session.scalars(left)}
