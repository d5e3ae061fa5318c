"""Answers of calendars about an entry of ours, from an address that was never sent it: a forward, an alias, a liar.

They are one line each in the history of the event, for whoever organises it to read. Nothing is ever done with them.
"""

from datetime import datetime

from sqlalchemy import Select, exists, select

from eventapp import journal
from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.outbox.replies import Answer
from eventapp.registrations.models import Registration
from eventapp.registrations.self_service.calendar_models import Participation
from eventapp.text import fold_email

ACT = "calendar.reply_unmatched"
MOST_KEPT = 50  # of one event: whoever floods us fills no table
LONGEST_ADDRESS = 100
LONGEST_COMMENT = 200


def keep(answer: Answer, *, now: datetime) -> bool:
    """Whether it was about an event of ours, and is not known already."""
    session = db.session.scalar(select(Session).where(Session.calendar_uid == answer.uid))
    same = Event.calendar_uid == answer.uid if session is None else Event.id == session.event_id
    event = db.session.scalar(select(Event).where(same))
    if event is None or _is_known(answer, event):
        return False
    known = db.session.scalars(_of(event)).all()
    if len(known) >= MOST_KEPT or any(entry.details.get("mail_id") == answer.mail_id for entry in known):
        return False
    journal.record(ACT, _sentence(answer, session), now=now, event=event, mail_id=answer.mail_id)
    db.session.flush()
    return True


def of_event(event: Event) -> list[Entry]:
    """Newest first."""
    return list(db.session.scalars(_of(event).limit(MOST_KEPT)))


def _of(event: Event) -> Select[Entry]:
    return select(Entry).where(Entry.event_id == event.id, Entry.act == ACT).order_by(Entry.id.desc())


def _is_known(answer: Answer, event: Event) -> bool:
    """Somebody of this event: theirs is an old answer, which says nothing of what is asked now."""
    there = Registration.event_id == event.id, Registration.email_folded == fold_email(answer.attendee)
    return bool(db.session.scalar(select(exists().where(*there))))


def _sentence(answer: Answer, session: Session | None) -> str:
    participation = Participation(answer.participation.lower()).label
    about = f" (session «\u00a0{session.title}\u00a0»)" if session is not None else ""
    comment = f" «\u00a0{answer.comment[:LONGEST_COMMENT]}\u00a0»" if answer.comment else ""
    whose = f"Le calendrier de {answer.attendee[:LONGEST_ADDRESS]}, adresse inconnue ici,"
    return f"{whose} a répondu\u00a0: {participation}{about}.{comment}"
