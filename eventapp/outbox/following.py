"""Letters that still wait for somebody whose address is corrected: they go to the new one, or never leave.

What a worker has begun stays as it is. What one has only reserved is taken out of its hands: it has made that mail for
the old address, finds at its beginning that it is no longer its own, and makes it anew at its next turn.
"""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, func, or_, select, update

from eventapp.extensions import db
from eventapp.outbox.letters import domain_of, ids_of, post
from eventapp.outbox.models import Message, State

STILL_HERE = (State.QUEUED, State.HELD)
FOLLOWS = "L’adresse a été corrigée avant l’envoi."
GIVEN_UP = "Non envoyé\u00a0: l’adresse a été corrigée, un autre courriel part à la nouvelle."
PERHAPS = "Peut-être parti à l’ancienne adresse, corrigée depuis\u00a0: il n’y est pas renvoyé."


def waiting(event: Any, address: str) -> list[Message]:
    """The letters of an event that have not left for this address, or perhaps not; the oldest first."""
    here = Message.event_id == event.id, goes_to(address), Message.state.in_((*STILL_HERE, State.UNCERTAIN))
    found = select(Message).where(*here).order_by(Message.id)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def goes_to(address: str) -> ColumnElement[bool]:
    return or_(Message.to == address, func.lower(Message.to) == address.lower())


def follow(
    message: Message, to: str, *, event: Any, now: datetime, context: dict[str, Any] | None = None
) -> Message | None:
    """To the new address, in its campaign and at its turn, without the calendar's entry, which is that of a mailbox.
    What may have left is written anew: another message is returned then. None when a worker has begun it meanwhile.
    `context`: what it is about from now on."""
    facts: dict[str, Any] = {"to": to, "domain": domain_of(to), "context": dict(context or message.context)}
    if message.state is not State.UNCERTAIN:
        facts |= {"calendar_method": None, "calendar_sequence": None, "last_error": FOLLOWS}
        return message if _change(message, facts) else None
    if not withdraw(message):
        return None
    copy = post(message.letter, to=to, now=now, event=event, priority=message.priority, **ids_of(message))
    copy.context = facts["context"]
    return copy


def withdraw(message: Message) -> bool:
    """It never leaves. False when a worker has begun it meanwhile."""
    said = PERHAPS if message.state is State.UNCERTAIN else GIVEN_UP
    return _change(message, {"state": State.DROPPED, "last_error": said})


def reword(message: Message, context: dict[str, Any]) -> bool:
    """To the same address, about something else. False when a worker has begun it meanwhile."""
    return _change(message, {"context": context})


def _change(message: Message, values: dict[str, Any]) -> bool:
    """As long as nobody has begun it; whoever has reserved it loses it."""
    free = {"lease": None, "leased_until": None, "paced_at": None}
    still = update(Message).where(Message.id == message.id, Message.state == message.state).values(**free, **values)
    changed = cast(CursorResult[Any], db.session.execute(still.execution_options(synchronize_session=False)))
    db.session.refresh(message)
    return changed.rowcount == 1
