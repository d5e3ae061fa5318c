"""A test message to oneself: what became of it shows whether our mail leaves and arrives."""

from datetime import datetime, timedelta

from sqlalchemy import select

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.outbox.letters import Contents, letter, post
from eventapp.outbox.models import Message

NAME = "outbox/trial"
REST = timedelta(minutes=1)


class TrialUnderWay(Refused):
    message = "Un essai vient de partir\u00a0: attendez une minute avant le suivant."


def send(to: str, *, now: datetime) -> Message:
    """Raises TrialUnderWay."""
    before = last(to)
    if before is not None and now - before.created_at < REST:
        raise TrialUnderWay
    return post(NAME, to=to, now=now)


def last(to: str) -> Message | None:
    trials = select(Message).where(Message.event_id.is_(None), Message.letter == NAME, Message.to == to)
    return db.session.scalar(trials.order_by(Message.id.desc()).limit(1))


@letter(NAME, title="Courriel d’essai")
def contents(message: Message) -> Contents:
    return Contents(context={"asked_at": message.created_at})
