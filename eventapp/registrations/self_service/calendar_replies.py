"""What people's calendars answered, matched with what they were sent: suggestions for the organisers.

A mail proves nothing about who sent it. So an answer changes no registration; it is shown, and an organiser decides.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, true
from sqlalchemy.exc import IntegrityError

from eventapp.accounts.models import User
from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.outbox.replies import Answer, when_answered
from eventapp.registrations.models import Booking, CalendarMail, Registration, Status
from eventapp.registrations.self_service import unmatched_replies
from eventapp.registrations.self_service.calendar_models import CalendarReply, Participation
from eventapp.text import fold_email


@when_answered
def keep(answer: Answer, now: datetime) -> bool:
    """Kept once, where this mailbox was sent this entry as it is now; of each kind of answer the latest stays, so that
    whoever floods us fills no table. A forged « I come » settles nothing: what was answered before stays open."""
    if db.session.scalar(select(CalendarReply.id).where(CalendarReply.mail_id == answer.mail_id)) is not None:
        return False
    session = db.session.scalar(select(Session).where(Session.calendar_uid == answer.uid))
    registration = _registration(answer)
    if registration is None:
        unmatched_replies.keep(answer, now=now)
        return False
    reply = CalendarReply(
        event_id=registration.event_id,
        registration_id=registration.id,
        session_id=session.id if session is not None else None,
        participation=Participation(answer.participation.lower()),
        comment=answer.comment,
        mail_id=answer.mail_id,
        received_at=now,
    )
    if reply.participation is Participation.ACCEPTED:  # as we believed
        reply.settled_at = now
    try:
        with db.session.begin_nested():
            db.session.execute(delete(CalendarReply).where(_is_replaced_by(reply)))
            db.session.add(reply)
    except IntegrityError:
        return False  # another worker keeps it at this moment
    return True


def open_ones(event: Event) -> Select[CalendarReply]:
    """Those that still say otherwise than the list, oldest first."""
    return select(CalendarReply).where(CalendarReply.event_id == event.id, _is_open()).order_by(CalendarReply.id)


def of_registration(registration: Registration) -> list[CalendarReply]:
    mine = open_ones(registration.event).where(CalendarReply.registration_id == registration.id)
    return list(db.session.scalars(mine))


def count_open(event: Event) -> int:
    counted = select(func.count(CalendarReply.id)).where(CalendarReply.event_id == event.id, _is_open())
    return db.session.scalar(counted) or 0


def ignore(reply: CalendarReply, *, now: datetime, by: User) -> None:
    """Twice changes nothing."""
    if reply.settled_at is None:
        reply.settled_at, reply.settled_by_id = now, by.id


def _registration(answer: Answer) -> Registration | None:
    """Who was sent this entry at this address; of several who share it, the first one who still comes. Nobody when the
    answer is to what was sent before a later change (RFC 5546, section 2.1.5): they are asked again."""
    current = true() if answer.sequence is None else CalendarMail.last_sequence <= answer.sequence
    return db.session.scalar(
        select(Registration)
        .join(CalendarMail, CalendarMail.registration_id == Registration.id)
        .where(CalendarMail.uid == answer.uid, CalendarMail.mailbox == Registration.email_folded, current)
        .where(Registration.email_folded == fold_email(answer.attendee))
        .order_by((Registration.status == Status.CONFIRMED).desc(), Registration.id)
        .limit(1)
    )


def _is_replaced_by(reply: CalendarReply) -> ColumnElement[bool]:
    return and_(
        CalendarReply.event_id == reply.event_id,
        CalendarReply.registration_id == reply.registration_id,
        CalendarReply.session_id.is_not_distinct_from(reply.session_id),
        CalendarReply.participation == reply.participation,
    )


def _is_open() -> ColumnElement[bool]:
    comes = exists().where(Registration.id == CalendarReply.registration_id, Registration.status == Status.CONFIRMED)
    sits = exists().where(
        Booking.registration_id == CalendarReply.registration_id,
        Booking.session_id == CalendarReply.session_id,
        Booking.confirmed_at.is_not(None),
        Booking.released_at.is_(None),
    )
    return and_(CalendarReply.settled_at.is_(None), comes, or_(CalendarReply.session_id.is_(None), sits))
