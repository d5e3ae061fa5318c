"""The lock that every act takes before it looks."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import bindparam, inspect, update
from sqlalchemy.orm import Session

from eventapp.events.models import Event
from eventapp.extensions import db

# Not its key: SQLite would then go through all the rows that refer to the event.
NO_CHANGE = (
    update(Event).where(Event.id == bindparam("held_id")).values(revision=Event.revision).returning(Event.revision)
)


def hold(event: Event) -> None:
    """Others wait here until we commit, on PostgreSQL and SQLite alike. Holding again costs nothing."""
    session = db.session()
    session.flush()
    event_id, held = event.id, _held(session)
    if event_id in held:
        return
    revision = session.scalar(NO_CHANGE, {"held_id": event_id}, execution_options={"synchronize_session": False})
    if session.info.get("looked", False):
        _forget_what_is_stale(session, event, revision)
    elif session.get_bind().dialect.name != "sqlite":  # there a writing transaction begins with the lock
        session.expire_all()  # whatever was read before the lock is stale
    if not session.in_nested_transaction():  # a savepoint could still give the lock back
        session.info["held"] = (session.get_transaction(), held | {event_id})


def read_once(event: Event, what: str, read: Callable[[], Iterable[Any]]) -> list[Any]:
    """The rows of the programme or of the form that `read` finds, kept while the event's revision is the same."""
    kept = db.session.info.setdefault("read_once", {})
    key = (what, event.id, event.revision)
    if key not in kept:
        kept[key] = list(read())
    return list(kept[key])


def _forget_what_is_stale(session: Session, event: Event, revision: int | None) -> None:
    """All that was read in `looking`, unless the revision read with it shows that the event and its programme are the
    same."""
    if inspect(event).dict.get("revision") != revision:
        session.expire_all()
        return
    for row in session:
        if not getattr(row, "outlives_hold", False):
            session.expire(row)


def _held(session: Session) -> frozenset[int]:
    """The events held in this very transaction: nothing of them read since can be stale."""
    transaction, held = session.info.get("held", (None, frozenset()))
    return held if transaction is not None and transaction is session.get_transaction() else frozenset()
