"""The lock that every act takes before it looks."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from eventapp.events.models import Event
from eventapp.extensions import db


def hold(event: Event) -> None:
    """Others wait here until we commit, on PostgreSQL and SQLite alike. Holding again costs nothing."""
    session = db.session()
    session.flush()
    event_id, held = event.id, _held(session)
    if event_id in held:
        return
    # Not its key: SQLite would then go through all the rows that refer to the event.
    no_change = update(Event).where(Event.id == event_id).values(revision=Event.revision)
    session.execute(no_change, execution_options={"synchronize_session": False})
    if session.get_bind().dialect.name != "sqlite":  # there a writing transaction begins with the lock
        session.expire_all()  # whatever was read before the lock is stale
    if not session.in_nested_transaction():  # a savepoint could still give the lock back
        session.info["held"] = (session.get_transaction(), held | {event_id})


def _held(session: Session) -> frozenset[int]:
    """The events held in this very transaction: nothing of them read since can be stale."""
    transaction, held = session.info.get("held", (None, frozenset()))
    return held if transaction is not None and transaction is session.get_transaction() else frozenset()
