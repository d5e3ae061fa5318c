"""The lock that every act on places takes before it looks."""

from sqlalchemy import update

from eventapp.events.models import Event
from eventapp.extensions import db


def hold(event: Event) -> None:
    """Others wait here until we commit, on PostgreSQL and SQLite alike."""
    db.session.flush()
    no_change = update(Event).where(Event.id == event.id).values(id=Event.id)
    db.session.execute(no_change, execution_options={"synchronize_session": False})
    db.session.expire_all()  # whatever was read before the lock is stale
