"""Somebody's address is corrected: their entries leave the calendar of the old mailbox, and arrive in that of the new.

Each mailbox keeps what left for it (see calendar_mail): who comes from there later, or again, goes on counting. Whoever
still comes from there takes over what was sent to the one who goes.
"""

from datetime import datetime

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.outbox import bounces
from eventapp.registrations import calendar_mail
from eventapp.registrations.calendar_mail import Part
from eventapp.registrations.models import CalendarMail, Registration, Status


def leave(registration: Registration, *, now: datetime) -> list[Part]:
    """What takes back, from the address that the row still has, what no colleague there attends; nothing where mail to
    it came back. What the next address is sent tops all that was."""
    event = registration.event
    parts = [] if event.has_ended(now) else calendar_mail.of_end(registration, now=now)
    own = _rows(registration, registration.email_folded)
    heir = _heir(registration) if own else None
    if heir is not None:
        _bequeath(own, heir)
    db.session.flush()
    return [] if bounces.has_come_back(event, registration.email) else parts


def swap(one: Registration, other: Registration) -> None:
    """What left for the mailbox of each is the other's, when each takes the other's address. Call it before they do."""
    for giver, taker in ((one, other), (other, one)):
        _bequeath(_rows(giver, giver.email_folded), taker)


def _rows(registration: Registration, mailbox: str) -> list[CalendarMail]:
    db.session.flush()
    own = CalendarMail.registration_id == registration.id, CalendarMail.mailbox == mailbox
    return list(db.session.scalars(select(CalendarMail).where(*own)))


def _heir(registration: Registration) -> Registration | None:
    """Whoever else ever came from there; those who still do first."""
    same = Registration.event_id == registration.event_id, Registration.email_folded == registration.email_folded
    others = select(Registration).where(*same, Registration.id != registration.id)
    return db.session.scalar(
        others.order_by((Registration.status == Status.CONFIRMED).desc(), Registration.id).limit(1)
    )


def _bequeath(rows: list[CalendarMail], heir: Registration) -> None:
    theirs = {row.uid: row for row in _rows(heir, rows[0].mailbox)} if rows else {}
    for row in rows:
        kept = theirs.get(row.uid)
        if kept is None:
            kept = CalendarMail(registration_id=heir.id, mailbox=row.mailbox, uid=row.uid)
            db.session.add(kept)
        elif calendar_mail.rank(row) <= calendar_mail.rank(kept):
            continue
        kept.last_sequence, kept.last_method = row.last_sequence, row.last_method
    db.session.flush()
