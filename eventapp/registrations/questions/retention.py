"""Sensitive answers are erased a few days after the event, as their consent says."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select

from eventapp import journal
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import plural
from eventapp.registrations.questions.models import Answer, Question


def events_with_answers_over(*, now: datetime) -> Sequence[int]:
    return list(dict.fromkeys(question.event_id for question in _over(now)))


def forget_sensitive(event_id: int, *, now: datetime) -> None:
    """Erase the answers whose time is over, those to retired questions too. The journal says how many, not whose."""
    event = db.session.get_one(Event, event_id)
    hold(event)
    over = [question.id for question in _over(now) if question.event_id == event_id]
    gone = db.session.scalars(delete(Answer).where(Answer.question_id.in_(over)).returning(Answer.id)).all()
    if gone:
        count = plural(len(gone), "réponse sensible effacée", "réponses sensibles effacées")
        journal.record("answers.forgotten", f"{count}, comme promis.", now=now, event=event, subject=event)


def _over(now: datetime) -> list[Question]:
    """Sensitive questions with an answer left, whose event has been over for long enough."""
    is_answered = exists().where(Answer.question_id == Question.id)
    of_past = select(Question).join(Question.event).where(Question.sensitive, Event.ends_at <= now, is_answered)
    questions = db.session.scalars(of_past.order_by(Event.ends_at, Question.id))
    return [one for one in questions if now >= one.event.ends_at + timedelta(days=one.days_kept)]
