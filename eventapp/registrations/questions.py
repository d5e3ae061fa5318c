"""The organiser's questions: added, edited, put in order, retired (their answers stay)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.errors import Refused
from eventapp.events.lifecycle import touch
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations.models import Answer, Question
from eventapp.text import slugify


class KindIsFixed(Refused):
    message = "Des personnes ont déjà répondu\u00a0: ajoutez une autre question plutôt que de changer son type."
    field = "kind"


def add_question(event: Event, facts: dict[str, Any], *, now: datetime, by: User) -> Question:
    hold(event)
    last = db.session.scalar(select(func.max(Question.position)).where(Question.event_id == event.id))
    question = Question(event=event, slug=_free_slug(event, facts["label"]), position=(last or 0) + 1, **facts)
    db.session.add(question)
    db.session.flush()
    _record("question.added", f"Question «\u00a0{question.label}\u00a0» ajoutée.", question, now, by)
    return question


def edit_question(question: Question, facts: dict[str, Any], *, now: datetime, by: User) -> None:
    hold(question.event)
    if facts["kind"] is not question.kind and _is_answered(question):
        raise KindIsFixed
    for name, value in facts.items():
        setattr(question, name, value)
    _record("question.edited", f"Question «\u00a0{question.label}\u00a0» modifiée.", question, now, by)


def retire_question(question: Question, *, now: datetime, by: User) -> None:
    hold(question.event)
    if question.retired_at is not None:
        return
    question.retired_at = now
    _record("question.retired", f"Question «\u00a0{question.label}\u00a0» retirée du formulaire.", question, now, by)


def move_question(question: Question, *, up: bool, now: datetime) -> None:
    """Exchange it with its neighbour; the first cannot go up, nor the last down."""
    hold(question.event)
    asked = list(db.session.scalars(Question.asked(question.event)))
    here = asked.index(question) if question in asked else 0
    there = here + (-1 if up else 1)
    if 0 <= there < len(asked):
        asked[here], asked[there] = asked[there], asked[here]
    for position, one in enumerate(asked, start=1):
        one.position = position
    touch(question.event, now=now, calendar=False)


def conditions(event: Event, question: Question | None = None) -> Sequence[Question]:
    """Questions on whose answer another may depend: those with known answers, that come before it."""
    asked = list(db.session.scalars(Question.asked(event)))
    before = asked[: asked.index(question)] if question in asked else asked
    return [one for one in before if one.kind.has_choices or one.kind.value == "yes_no"]


def _is_answered(question: Question) -> bool:
    return bool(db.session.scalar(select(exists().where(Answer.question_id == question.id))))


def _free_slug(event: Event, label: str) -> str:
    base = slugify(label, 60) or "question"
    taken = set(db.session.scalars(select(Question.slug).where(Question.event_id == event.id)))
    names = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _record(act: str, sentence: str, question: Question, now: datetime, by: User) -> None:
    """The form, which everyone sees, has changed."""
    touch(question.event, now=now, calendar=False)
    journal.record(act, sentence, now=now, by=by, event=question.event, subject=question)
