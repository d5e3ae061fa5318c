"""The worker's sign of life, for /readyz."""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult
from sqlalchemy.exc import IntegrityError

from eventapp.extensions import db
from eventapp.outbox.models import Heartbeat

WORKER = "worker"
MAILBOX = "bounce mailbox"
EVERY = timedelta(seconds=10)
ALIVE_FOR = timedelta(seconds=90)  # a worker may spend 30 s on one slow mail server


def beat(now: datetime, name: str = WORKER) -> None:
    """Sign, and commit: workers may sign at once."""
    signed = db.update(Heartbeat).where(Heartbeat.name == name).values(beaten_at=now)
    if not cast(CursorResult, db.session.execute(signed)).rowcount:
        db.session.add(Heartbeat(name=name, beaten_at=now))
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()


def last(name: str) -> datetime | None:
    return db.session.scalar(db.select(Heartbeat.beaten_at).where(Heartbeat.name == name))


def is_alive(now: datetime) -> bool:
    beaten_at = last(WORKER)
    return beaten_at is not None and now - beaten_at < ALIVE_FOR
