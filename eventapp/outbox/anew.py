"""A letter that has left, once more: a new message of the same letter about the same person, written as of now."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.outbox.letters import ENTRY, NothingToSay, ids_of, post
from eventapp.outbox.models import Message, State
from eventapp.outbox.rendering import render

REST = timedelta(minutes=1)


class NotSent(Refused):
    message = "Ce courriel n’est pas encore parti\u00a0: il n’y a rien à envoyer de nouveau."


class NoLongerTrue(Refused):
    """What the letter says has passed."""


def check(message: Message, *, to: str, now: datetime) -> None:
    """Raises NotSent; NoLongerTrue where the letter would mislead whoever reads it now, or cannot be made."""
    if message.state is not State.SENT:
        raise NotSent
    calendar = {"calendar_method": message.calendar_method, "calendar_sequence": message.calendar_sequence}
    draft = Message(letter=message.letter, context=message.context, to=to, created_at=now, **calendar)
    try:
        render(draft).contents.check_moment(now)
    except NothingToSay as reason:
        raise NoLongerTrue(str(reason) or "cette lettre n’a plus lieu d’être") from None


def send(message: Message, *, to: str, event: Any, now: datetime) -> Message:
    """Its own Message-ID, outside any campaign; a second press within a minute gives the same message."""
    since = Message.event_id == message.event_id, Message.created_at > now - REST, Message.id != message.id
    recent = select(Message).where(*since, Message.letter == message.letter, Message.to == to)
    for twin in db.session.scalars(recent):
        if ids_of(twin) == ids_of(message):
            return twin
    return post(
        message.letter,
        to=to,
        now=now,
        event=event,
        calendar_method=message.calendar_method,
        calendar_sequence=message.calendar_sequence,
        calendar_entry=message.context.get(ENTRY),
        **ids_of(message),
    )
