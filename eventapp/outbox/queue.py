"""Whose turn it is, and what became of it. Each function is one short transaction, committed here.

A worker takes several messages in one commit: they are reserved, by the token in `lease`, and still wait. Each is then
begun by itself, in the transaction that writes what became of the one before: what is `sending` is in the database
before anyone speaks SMTP, never more than one mail per worker is in doubt, and no transaction stays open meanwhile. A
pause or a cancellation is noticed at the next beginning.
"""

import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from flask import current_app
from sqlalchemy import ColumnElement, CursorResult, Select, Table, Update, bindparam, func, or_, select, update
from sqlalchemy.exc import DBAPIError

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.outbox import bounces
from eventapp.outbox.models import Message, Priority, State
from eventapp.outbox.pace import Pace, Room
from eventapp.outbox.rendering import reading

LEASE = timedelta(seconds=60)  # one mail, connection included, is cut after half of it
RESERVED_FOR = timedelta(seconds=30)  # what a dead worker had not begun comes back after that
PATIENCE = timedelta(hours=72)
LONGEST_WAIT = timedelta(hours=1)
FIRST_WAIT = timedelta(seconds=15)
WAITING = (State.UNCERTAIN, State.QUEUED)
Turn = tuple[Priority, State]  # one range of an index


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
    """`state` queued or uncertain: to be tried again. `also`: rows to write with it. `dead_address`: why the address
    itself takes no mail, when that is what the server said."""

    state: State
    error: str | None = None
    also: tuple[Any, ...] = ()
    dead_address: str = ""


class Step(NamedTuple):
    """`state`: of what was settled, None when its lease was taken over meanwhile. `begun`: the next lease."""

    state: State | None = None
    begun: Lease | None = None


# Written once, and on the table: building a statement costs more than running it, and every mail runs these two.
TABLE = cast(Table, Message.__table__)
ROW = TABLE.c
OURS = ROW.id == bindparam("number"), ROW.lease == bindparam("token")
BEGIN = (
    update(TABLE)
    .where(*OURS, ROW.state.in_((*WAITING, State.SENDING)))  # sending: by us, in a transaction tried again
    .values(
        state=State.SENDING,
        leased_until=bindparam("until"),
        attempts=ROW.attempts + 1,
        first_tried_at=func.coalesce(ROW.first_tried_at, bindparam("now", type_=ROW.first_tried_at.type)),
    )
)
SETTLE = (
    update(TABLE)
    .where(*OURS)
    .values(
        state=bindparam("becomes"),
        last_error=bindparam("error"),
        sent_at=bindparam("sent_at"),
        due_at=func.coalesce(bindparam("again_at", type_=ROW.due_at.type), ROW.due_at),
        lease=None,
        leased_until=None,
    )
)


def claim(now: datetime, limit: int = 1) -> list[Lease]:
    """The next messages of one kind, reserved: single letters before bulk ones, the longest due first."""
    pace = Pace.configured()
    with reading():
        turn = _turn(now, pace)
    return [] if turn is None else _reserve(turn, now, pace, limit)


def step(now: datetime, done: tuple[Lease, Outcome] | None = None, following: Lease | None = None) -> Step:
    """Write what became of one message, and begin the next one, which others may have stopped or taken meanwhile.

    A database that is away for a moment is waited for: the mail has left, and forgetting it would send it twice.
    """
    deadline = time.monotonic() + LEASE.total_seconds() / 2
    while True:
        try:
            state = _settle(*done, now) if done else None
            begun = _begin(following, now) if following else None
            db.session.commit()
            return Step(state, begun)
        except DBAPIError:
            db.session.rollback()
            if done is None or time.monotonic() >= deadline:
                raise
            current_app.logger.warning("message %s: outcome not written yet, trying again", done[0].id)
            time.sleep(1)


def release(leases: Collection[Lease]) -> None:
    """What was reserved and not begun waits for its turn again, at once."""
    db.session.rollback()
    if leases:
        numbers, tokens = [lease.id for lease in leases], {lease.token for lease in leases}
        ours = Message.id.in_(numbers), Message.lease.in_(tokens), Message.state.not_in((State.SENDING, State.SENT))
        free = update(Message).where(*ours).values(lease=None, leased_until=None, paced_at=None)
        db.session.execute(free.execution_options(synchronize_session=False))
        db.session.commit()


def due(now: datetime) -> int:
    """How many still wait that were due at `now`: the mail server is away, or enough has left in this minute."""
    waiting = select(func.count(Message.id)).where(Message.state.in_(WAITING), Message.due_at <= now)
    with reading():
        return db.session.scalar(waiting) or 0


def wait(attempts: int) -> timedelta:
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 12), LONGEST_WAIT)


def resend(message: Message, *, now: datetime) -> None:
    """An organiser's wish, for what failed, may not have arrived or came back. Same Message-ID. Committed by the
    caller."""
    came_back = (Message.state == State.SENT) & Message.bounced_at.is_not(None)
    changed = _changed(
        update(Message)
        .where(Message.id == message.id, Message.state.in_((State.FAILED, State.UNCERTAIN)) | came_back)
        .values(
            state=db.case((Message.state == State.UNCERTAIN, State.UNCERTAIN), else_=State.QUEUED),
            due_at=now,
            attempts=0,
            first_tried_at=None,
            last_error=None,
            sent_at=None,
            bounced_at=None,
            bounce="",
        )
        .execution_options(synchronize_session="fetch")
    )
    if not changed:
        raise CannotResend


def _turn(now: datetime, pace: Pace) -> Turn | None:
    """Whose turn it is; each question is one index range, and none of them locks."""
    for priority in Priority:
        room = pace.room(priority, now)
        for state in WAITING:
            if not room.is_none and db.session.scalar(_due((priority, state), now, room).limit(1)):
                return priority, state
    return None


def _due(turn: Turn, now: datetime, room: Room) -> Select[int]:
    priority, state = turn
    there = Message.state == state, Message.priority == priority, Message.due_at <= now
    waiting = select(Message.id).where(*there, _is_free(now)).order_by(Message.due_at, Message.id)
    full = room.full_domains
    return waiting.where(Message.domain.not_in(full)) if full else waiting


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(Message.leased_until.is_(None), Message.leased_until < now)


def _reserve(turn: Turn, now: datetime, pace: Pace, limit: int) -> list[Lease]:
    """Those that another worker is taking at this moment are passed over."""
    pace.hold()
    room = pace.room(turn[0], now)
    candidates = _due(turn, now, room).add_columns(Message.domain).limit(limit)
    numbers = room.take(db.session.execute(candidates.with_for_update(skip_locked=True)))
    token, until = secrets.token_hex(16), now + RESERVED_FOR
    mine = update(Message).where(Message.id.in_(numbers)).values(lease=token, leased_until=until, paced_at=now)
    db.session.execute(mine.execution_options(synchronize_session=False))
    db.session.commit()
    return [Lease(number, token, until, turn[1] is State.UNCERTAIN) for number in numbers]


def _begin(lease: Lease, now: datetime) -> Lease | None:
    begun = replace(lease, until=now + LEASE)
    ours = {"number": lease.id, "token": lease.token, "until": begun.until, "now": now}
    return begun if _changed(BEGIN, ours) else None


def _settle(lease: Lease, outcome: Outcome, now: datetime) -> State | None:
    ours = {"number": lease.id, "token": lease.token}
    state, again_at = outcome.state, None
    if state in WAITING:
        tried = db.session.execute(select(ROW.attempts, ROW.first_tried_at).where(*OURS), ours).first()
        if tried is None:
            return None
        again_at = now + wait(tried.attempts)
        if tried.first_tried_at is not None and now - tried.first_tried_at >= PATIENCE:
            state = State.FAILED
    facts = {"becomes": state, "error": outcome.error, "again_at": again_at}
    if not _changed(SETTLE, ours | facts | {"sent_at": now if state is State.SENT else None}):
        return None
    db.session.add_all(outcome.also)
    if outcome.dead_address:
        bounces.refused(lease.id, outcome.dead_address, now)
    return state


def _changed(statement: Update, values: dict[str, Any] | None = None) -> bool:
    return cast(CursorResult, db.session.execute(statement, values)).rowcount == 1
