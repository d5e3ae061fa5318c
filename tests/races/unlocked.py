"""The same application with the lock taken out: what the race must then show proves that the race is one.

Between the counting of the places and the writing of the one that is taken, nobody else may write: that is the lock.

PostgreSQL: it is the row that `hold` updates, and nothing else; here `hold` does nothing.

SQLite: it is the write lock that a writing transaction takes as it begins, before it reads (`BEGIN IMMEDIATE`), and
keeps until its end; `hold` itself has nothing left to wait for, so that doing nothing would take nothing away. Here the
places are counted where one would hold, and that transaction ends: the lock is given back before the place is written,
in the next transaction, which trusts the count. That is the mistake `hold` exists against. (Beginning without the lock
would show less: SQLite refuses, with an error, to write after a reading that is no longer true.)
"""

from flask import g

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations import seats
from eventapp.registrations.places.limits import Places
from eventapp.registrations.waiting import waiting_list
from wsgi import app

__all__ = ["app"]

count = waiting_list.places


def look_without_holding(event: Event) -> None:
    if db.engine.dialect.name == "sqlite":
        g.counted = count(event)
        db.session.commit()


def what_was_counted(event: Event) -> Places:
    return g.pop("counted") if "counted" in g else count(event)


seats.hold = look_without_holding
waiting_list.places = what_was_counted
