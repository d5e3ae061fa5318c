"""Whose turn it is, and what became of it. Each function is one short transaction, committed here: a lease must be
in the database before anyone speaks SMTP, and no transaction stays open meanwhile."""

import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask import current_app
from sqlalchemy import CursorResult, Update
from sqlalchemy.exc import DBAPIError

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.outbox.models import Message, Priority, State
from eventapp.outbox.rendering import reading

LEASE = timedelta(seconds=60)  # one mail, connection included, is cut after half of it
PATIENCE = timedelta(hours=72)
LONGEST_WAIT = timedelta(hours=1)
FIRST_WAIT = timedelta(seconds=15)
CANDIDATES = 10
WAITING = (State.UNCERTAIN, State.QUEUED)
INTERRUPTED = (
    "L’envoi a été interrompu\u00a0; le courriel est peut-être parti. Il est renvoyé avec le même identifiant."
)


class CannotResend(Refused):
    message = "Ce courriel est déjà envoyé ou va l’être\u00a0: il n’y a rien à renvoyer."


@dataclass(frozen=True)
class Lease:
    """One message, ours until `until`. `may_have_left`: an earlier try may have arrived."""

    id: int
    token: str
    until: datetime
    may_have_left: bool


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`state` queued or uncertain: to be tried again."""

    state: State
    error: str | None = None

    @property
    def is_final(self) -> bool:
        return self.state not in WAITING


def recover(now: datetime) -> int:
    """Messages whose worker died or froze: uncertain, and due again, later each time."""
    lost = db.select(Message.id, Message.attempts).where(Message.state == State.SENDING, Message.leased_until < now)
    with reading():
        rows = db.session.execute(lost.limit(500)).all()
    for number, attempts in rows:
        due_at = now if attempts < 3 else now + wait(attempts)
        db.session.execute(
            db.update(Message)
            .where(Message.id == number, Message.state == State.SENDING, Message.leased_until < now)
            .values(state=State.UNCERTAIN, lease=None, leased_until=None, due_at=due_at, last_error=INTERRUPTED)
        )
    if rows:
        db.session.commit()
    return len(rows)


def claim(now: datetime, due_by: datetime) -> Lease | None:
    """The next message due, leased and committed; None when there is none. Losing a race tries the next one."""
    token = secrets.token_hex(16)
    for number, state in _candidates(due_by):
        leased = _changed(
            db.update(Message)
            .where(Message.id == number, Message.state == state, Message.due_at <= due_by)
            .values(
                state=State.SENDING,
                lease=token,
                leased_until=now + LEASE,
                attempts=Message.attempts + 1,
                first_tried_at=db.func.coalesce(Message.first_tried_at, now),
            )
        )
        db.session.commit()
        if leased:
            return Lease(number, token, now + LEASE, state is State.UNCERTAIN)
    return None


def settle(lease: Lease, outcome: Outcome, now: datetime, *also: Any) -> State | None:
    """Write what became of it, with the rows `also`: its state, or None when the lease was taken over meanwhile.

    A database that is away for a moment is waited for: the mail has left, and forgetting it would send it twice.
    """
    deadline = time.monotonic() + LEASE.total_seconds() / 2
    while True:
        try:
            return _settle(lease, outcome, now, also)
        except DBAPIError:
            db.session.rollback()
            if time.monotonic() >= deadline:
                raise
            current_app.logger.warning("message %s: outcome not written yet, trying again", lease.id)
            time.sleep(1)


def due(now: datetime) -> int:
    """How many still wait that were due at `now`: the mail server is away."""
    waiting = db.select(db.func.count(Message.id)).where(Message.state.in_(WAITING), Message.due_at <= now)
    with reading():
        return db.session.scalar(waiting) or 0


def wait(attempts: int) -> timedelta:
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 12), LONGEST_WAIT)


def resend(message: Message, *, now: datetime) -> None:
    """An organiser's wish, for what failed or may not have arrived. Same Message-ID. Committed by the caller."""
    changed = _changed(
        db.update(Message)
        .where(Message.id == message.id, Message.state.in_((State.FAILED, State.UNCERTAIN)))
        .values(
            state=db.case((Message.state == State.UNCERTAIN, State.UNCERTAIN), else_=State.QUEUED),
            due_at=now,
            attempts=0,
            first_tried_at=None,
            last_error=None,
        )
        .execution_options(synchronize_session="fetch")
    )
    if not changed:
        raise CannotResend


def _candidates(due_by: datetime) -> list[tuple[int, State]]:
    """A few ids: single letters before bulk ones, the longest due first; each question is one index range."""
    with reading():
        for priority in Priority:
            for state in WAITING:
                due = (
                    db.select(Message.id)
                    .where(Message.state == state, Message.priority == priority, Message.due_at <= due_by)
                    .order_by(Message.due_at, Message.id)
                )
                ids = db.session.scalars(due.limit(CANDIDATES)).all()
                if ids:
                    return [(number, state) for number in ids]
    return []


def _settle(lease: Lease, outcome: Outcome, now: datetime, also: tuple[Any, ...]) -> State | None:
    ours = (Message.id == lease.id, Message.lease == lease.token)
    message = db.session.execute(db.select(Message.attempts, Message.first_tried_at).where(*ours)).first()
    if message is None:
        db.session.rollback()
        return None
    changes: dict[str, Any] = {"state": outcome.state, "last_error": outcome.error}
    if outcome.state is State.SENT:
        changes["sent_at"] = now
    elif not outcome.is_final:
        changes["due_at"] = now + wait(message.attempts)
        if message.first_tried_at is not None and now - message.first_tried_at >= PATIENCE:
            changes["state"] = State.FAILED
    changed = _changed(db.update(Message).where(*ours).values(**changes, lease=None, leased_until=None))
    if changed:
        db.session.add_all(also)
    db.session.commit()
    return changes["state"] if changed else None


def _changed(statement: Update) -> bool:
    return cast(CursorResult, db.session.execute(statement)).rowcount == 1
