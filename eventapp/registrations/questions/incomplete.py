"""The registrations that still lack something the event needs, found by the database: `completeness.missing` says it of
one person, this of the rows of a list."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, exists, false, not_, or_, true

from eventapp.agenda.programme import BookingSlot, booking_slots
from eventapp.events.models import Event
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.questions.answers import as_number, as_yes_no, asked
from eventapp.registrations.questions.models import Answer, Question
from eventapp.registrations.wishes.models import Wish
from eventapp.registrations.wishes.wish_slots import takes_wishes

WRITTEN = cast(Answer.value, Text)  # as the database keeps it: one way of writing each value


def can_lack(event: Event) -> bool:
    """Whether anything is needed at all beside the identity."""
    return bool(event.choice_required) or any(question.required for question in asked(event))


def is_incomplete(event: Event) -> ColumnElement[bool]:
    """For a row of Registration: it is live, and lacks a required answer that applies to it or a required session."""
    lacks = [*_lacks_answers(asked(event)), *(_lacks_choice(event, s) for s in booking_slots(event) if s.required)]
    return and_(Registration.status != Status.CANCELLED, or_(false(), *lacks))


def _lacks_answers(questions: Sequence[Question]) -> list[ColumnElement[bool]]:
    """As `answers.applying` decides for one person: a condition on what is asked later, or no more, means nothing."""
    met: dict[str, ColumnElement[bool]] = {}
    earlier: dict[str, Question] = {}
    for question in questions:
        condition = question.shown_if or {}
        source = earlier.get(condition.get("question", ""))
        met[question.slug] = and_(met[source.slug], _answered(source, condition.get("is"))) if source else true()
        earlier[question.slug] = question
    needed = (question for question in questions if question.required)
    return [and_(met[question.slug], not_(_has_answer(question))) for question in needed]


def _has_answer(question: Question, *more: Any) -> ColumnElement[bool]:
    return exists().where(Answer.registration_id == Registration.id, Answer.question_id == question.id, *more)


def _answered(question: Question, wanted: Any) -> ColumnElement[bool]:
    """That value, or a list that contains it."""
    text = json.dumps(str(wanted))
    values, number, yes_no = {text}, as_number(wanted), as_yes_no(wanted)
    if yes_no is not None:
        values.add(json.dumps(yes_no))
    if number == number:  # a number
        values |= {json.dumps(number), json.dumps(int(number)) if number.is_integer() else json.dumps(number)}
    one_of = and_(WRITTEN.startswith("["), WRITTEN.contains(text, autoescape=True))
    return _has_answer(question, or_(WRITTEN.in_(values), one_of))


def _lacks_choice(event: Event, slot: BookingSlot) -> ColumnElement[bool]:
    """A wish is a choice too, as long as wishes are what the event takes."""
    sessions = [session.id for session in slot.sessions]
    held = Booking.registration_id == Registration.id, Booking.released_at.is_(None), Booking.session_id.in_(sessions)
    chosen: ColumnElement[bool] = exists().where(*held)
    if takes_wishes(event):
        wished = Wish.registration_id == Registration.id, Wish.session_id.in_(sessions)
        chosen = or_(chosen, exists().where(*wished))
    return not_(chosen)
