"""The worker's sign of life, for /readyz."""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult
from sqlalchemy.exc import IntegrityError

from eventapp.extensions import db
from eventapp.outbox.models import Heartbeat

WORKER = "worker"
EVERY = timedelta(seconds=10)
ALIVE_FOR = timedelta(seconds=90)  # a worker may spend 30 s on one slow mail server


def beat(now: datetime) -> None:
    """Sign, and commit: workers may sign at once."""
    signed = db.update(Heartbeat).where(Heartbeat.name == WORKER).values(beaten_at=now)
    if not cast(CursorResult, db.session.execute(signed)).rowcount:
        db.session.add(Heartbeat(name=WORKER, beaten_at=now))
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()


def is_alive(now: datetime) -> bool:
    beaten_at = db.session.scalar(db.select(Heartbeat.beaten_at).where(Heartbeat.name == WORKER))
    return beaten_at is not None and now - beaten_at < ALIVE_FOR
