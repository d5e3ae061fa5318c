"""Somebody's address is corrected: their entries leave the calendar of the old mailbox, and arrive in that of the new.

What left for a mailbox is known by the registrations that have its address (see calendar_mail): the one that goes
leaves what it knows to another one there.
"""

from datetime import datetime

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.outbox import bounces
from eventapp.registrations import calendar_mail
from eventapp.registrations.calendar_mail import CANCEL, Part
from eventapp.registrations.models import CalendarMail, Registration, Status


def leave(registration: Registration, *, now: datetime) -> list[Part]:
    """What takes back, from the address that the row still has, what no colleague there attends; nothing where mail to
    it came back. From then on the calendar of the next address is empty, and what it is sent tops all that was."""
    event = registration.event
    parts = [] if event.has_ended(now) else calendar_mail.of_end(registration, now=now)
    own = _rows(registration)
    heir = _heir(registration) if own else None
    if heir is not None:
        _bequeath(own, heir)
    for row in own:
        row.last_method = CANCEL
    db.session.flush()
    return [] if bounces.has_come_back(event, registration.email) else parts


def swap(one: Registration, other: Registration) -> None:
    """What left for the mailbox of each, when each takes the other's address."""
    both = select(CalendarMail).where(CalendarMail.registration_id.in_((one.id, other.id)))
    rows = {(row.registration_id, row.uid): row for row in db.session.scalars(both)}
    for (number, uid), row in rows.items():
        twin = rows.get((other.id if number == one.id else one.id, uid))
        if twin is None:
            row.registration_id = other.id if number == one.id else one.id
        elif number == one.id:
            row.last_sequence, twin.last_sequence = twin.last_sequence, row.last_sequence
            row.last_method, twin.last_method = twin.last_method, row.last_method
    db.session.flush()


def _rows(registration: Registration) -> list[CalendarMail]:
    db.session.flush()
    return list(db.session.scalars(select(CalendarMail).where(CalendarMail.registration_id == registration.id)))


def _heir(registration: Registration) -> Registration | None:
    """Whoever else ever came from there; those who still do first."""
    same = Registration.event_id == registration.event_id, Registration.email_folded == registration.email_folded
    others = select(Registration).where(*same, Registration.id != registration.id)
    return db.session.scalar(
        others.order_by((Registration.status == Status.CONFIRMED).desc(), Registration.id).limit(1)
    )


def _bequeath(rows: list[CalendarMail], heir: Registration) -> None:
    theirs = {row.uid: row for row in _rows(heir)}
    for row in rows:
        kept = theirs.get(row.uid)
        if kept is None:
            kept = CalendarMail(
                registration_id=heir.id, uid=row.uid, last_sequence=row.last_sequence, last_method=row.last_method
            )
            db.session.add(kept)
        elif calendar_mail.rank(row) > calendar_mail.rank(kept):
            kept.last_sequence, kept.last_method = row.last_sequence, row.last_method
