"""Which SEQUENCE a calendar mail carries: per address and entry it never goes down, and a CANCEL tops every REQUEST."""

from sqlalchemy import bindparam, func, select

from eventapp.extensions import db
from eventapp.registrations.models import CalendarMail, Registration, Status

REQUEST, CANCEL = "REQUEST", "CANCEL"

# Written once: building a question costs more than asking it, and every confirmation asks. The mailbox first: else
# PostgreSQL, which knows little of young tables, may read every mail of the event for each registration.
MAILBOX = (
    select(Registration.id)
    .where(Registration.event_id == bindparam("event_id"), Registration.email_folded == bindparam("email"))
    .cte("mailbox")
    .prefix_with("MATERIALIZED")
)
LAST = (
    select(CalendarMail)
    .where(CalendarMail.registration_id.in_(select(MAILBOX.c.id)), CalendarMail.uid == bindparam("uid"))
    .order_by(CalendarMail.last_sequence.desc(), CalendarMail.last_method, CalendarMail.id.desc())
    .limit(1)
)


def next_request(registration: Registration, *, raised: bool = False, is_first: bool = False) -> int:
    """For a confirmation, or (`raised`) for a change of date or place that calendars must notice. `is_first`: this
    mailbox, as whoever holds the event has seen, never had another registration here; nothing is looked up then."""
    last = None if is_first else _last(registration)
    sequence = registration.event.sequence
    if last is not None:
        above = 1 if raised or last.last_method == CANCEL else 0
        sequence = max(sequence, last.last_sequence + above)
    return _keep(registration, last, REQUEST, sequence)


def next_cancel(registration: Registration) -> int | None:
    """None when there is nothing to take out of this mailbox's calendar: never sent, or a colleague still comes."""
    last = _last(registration)
    if last is None or last.last_method == CANCEL or _colleague_comes(registration):
        return None
    return _keep(registration, last, CANCEL, max(registration.event.sequence, last.last_sequence + 1))


def _last(registration: Registration) -> CalendarMail | None:
    """Whatever this mailbox last received for the event, also by an earlier registration."""
    event = registration.event
    mailbox = {"event_id": event.id, "email": registration.email_folded}
    return db.session.scalar(LAST, mailbox | {"uid": event.calendar_uid})


def _colleague_comes(registration: Registration) -> bool:
    if registration.event.cancelled_at is not None:
        return False
    colleagues = select(func.count()).where(
        Registration.event_id == registration.event_id,
        Registration.email_folded == registration.email_folded,
        Registration.status == Status.CONFIRMED,
        Registration.id != registration.id,
    )
    return bool(db.session.scalar(colleagues))


def _keep(registration: Registration, last: CalendarMail | None, method: str, sequence: int) -> int:
    """`last` is of this registration or of another one of its mailbox; None: there is no row of either."""
    uid, row = registration.event.calendar_uid, last
    if last is not None and last.registration_id != registration.id:
        row = db.session.scalar(
            select(CalendarMail).where(CalendarMail.registration_id == registration.id, CalendarMail.uid == uid)
        )
    if row is None:
        row = CalendarMail(registration_id=registration.id, uid=uid, last_sequence=sequence, last_method=method)
        db.session.add(row)
    row.last_sequence, row.last_method = sequence, method
    return sequence
