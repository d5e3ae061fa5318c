"""A calendar answered by mail that somebody who has a place will not come: the organisers decide."""

from datetime import datetime, timedelta

from sqlalchemy import select

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.outbox.replies import Answer
from eventapp.registrations.models import CalendarMail, Registration, Status
from eventapp.registrations.self_service import calendar_replies

COMMENT = "En formation ce jour-là."


def decline(event: Event, *, now: datetime) -> None:
    """The last one who registered and was sent the event's entry."""
    sent = (
        select(Registration, CalendarMail.last_sequence)
        .join(CalendarMail, CalendarMail.registration_id == Registration.id)
        .where(
            Registration.event_id == event.id,
            Registration.status == Status.CONFIRMED,
            CalendarMail.uid == event.calendar_uid,
            CalendarMail.mailbox == Registration.email_folded,
            CalendarMail.last_method == "REQUEST",
        )
        .order_by(Registration.id.desc())
        .limit(1)
    )
    registration, sequence = db.session.execute(sent).unique().one()
    answer = Answer(
        uid=event.calendar_uid,
        attendee=registration.email,
        participation="DECLINED",
        comment=COMMENT,
        sequence=sequence,
        mail_id=f"<reponse-{event.slug}@agenda.example>",
    )
    calendar_replies.keep(answer, now - timedelta(hours=3))
