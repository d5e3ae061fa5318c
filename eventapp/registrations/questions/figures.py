"""What a question was answered, counted: by the database, without a name."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.questions.answers import as_yes_no
from eventapp.registrations.questions.models import Answer, Question, QuestionKind

WORDS = {True: "Oui", False: "Non"}


@dataclass(frozen=True)
class Line:
    label: str
    confirmed: int
    waiting: int


@dataclass(frozen=True)
class Figures:
    """`lines`: by choice, none for texts and numbers; `unconfirmed_consents`: answers given before the question became
    sensitive, which nobody reads until the person agrees."""

    lines: list[Line]
    answered: Line
    total: Line | None  # of the confirmed who typed a number
    unconfirmed_consents: int


def figures(question: Question) -> Figures:
    counts: dict[Status, Counter[Any]] = {Status.CONFIRMED: Counter(), Status.WAITING: Counter()}
    people: Counter[Status] = Counter()
    sums: Counter[Status] = Counter()
    for text, status, count in db.session.execute(_grouped(question)):
        value = json.loads(text)
        people[status] += count
        if question.kind is QuestionKind.NUMBER:
            sums[status] += value * count
        for one in value if isinstance(value, list) else [value]:
            counts[status][one] += count
    total = Line("Total", sums[Status.CONFIRMED], sums[Status.WAITING])
    return Figures(
        lines=list(_lines(question, counts[Status.CONFIRMED], counts[Status.WAITING])),
        answered=Line("Personnes qui ont répondu", people[Status.CONFIRMED], people[Status.WAITING]),
        total=total if question.kind is QuestionKind.NUMBER else None,
        unconfirmed_consents=_count_unconfirmed(question) if question.sensitive else 0,
    )


def count_received(event: Event) -> dict[int, int]:
    """Answers of the live registrations, by question id."""
    counted = select(Answer.question_id, func.count()).join(Registration, Answer.registration_id == Registration.id)
    live = counted.where(Registration.event_id == event.id, Registration.status != Status.CANCELLED)
    return dict(db.session.execute(live.group_by(Answer.question_id)).all())


def answers_to(question: Question) -> Select[Answer]:
    """Those that may be read: of live registrations, whose condition holds, agreed to where that is needed."""
    agreed = Answer.consented_at.is_not(None) if question.sensitive else true()
    conditions = [_condition(source, wanted) for source, wanted in _chain(question)]
    return (
        select(Answer)
        .join(Registration, Answer.registration_id == Registration.id)
        .where(Answer.question_id == question.id, Registration.status != Status.CANCELLED, agreed, *conditions)
    )


def _grouped(question: Question) -> Any:
    text = cast(Answer.value, Text)
    grouped = answers_to(question).with_only_columns(text, Registration.status, func.count())
    return grouped.group_by(text, Registration.status).order_by(text)


def _lines(question: Question, confirmed: Counter[Any], waiting: Counter[Any]) -> Iterator[Line]:
    """In the order of the form, then what it no longer offers."""
    offered: list[Any] = [True, False] if question.kind is QuestionKind.YES_NO else list(question.choices)
    if not offered:
        return
    for choice in offered:
        yield Line(WORDS.get(choice, str(choice)), confirmed[choice], waiting[choice])
    for choice in sorted({*confirmed, *waiting} - set(offered), key=str):
        yield Line(f"{choice} (n’est plus proposé)", confirmed[choice], waiting[choice])


def _count_unconfirmed(question: Question) -> int:
    without = select(func.count()).where(Answer.question_id == question.id, Answer.consented_at.is_(None))
    return db.session.scalar(without) or 0


def _chain(question: Question) -> list[tuple[Question, Any]]:
    """The questions on which this one depends, each with the answer that it takes (see `answers.applying`)."""
    earlier: dict[str, Question] = {}
    for one in db.session.scalars(Question.asked(question.event)):
        if one.id == question.id:
            break
        earlier[one.slug] = one
    chain: list[tuple[Question, Any]] = []
    condition = question.shown_if or {}
    while (source := earlier.get(condition.get("question", ""))) is not None:
        chain.append((source, condition.get("is")))
        earlier.pop(source.slug)
        condition = source.shown_if or {}
    return chain


def _condition(source: Question, wanted: Any) -> ColumnElement[bool]:
    """The same person gave that answer: compared as it is stored, in JSON."""
    other = aliased(Answer)
    given = cast(other.value, Text)
    if source.kind is QuestionKind.CHOICES:
        meets: ColumnElement[bool] = given.contains(json.dumps(wanted), autoescape=True)
    elif source.kind is QuestionKind.YES_NO:
        meets = given == json.dumps(as_yes_no(wanted))
    elif source.kind is QuestionKind.NUMBER:
        meets = or_(*(given == written for written in _written(wanted)))
    else:
        meets = given == json.dumps(str(wanted))
    same = and_(other.registration_id == Answer.registration_id, other.question_id == source.id)
    return exists().where(same, meets).correlate(Answer)


def _written(wanted: Any) -> set[str]:
    """« 12 » and « 12.0 » are one number."""
    try:
        number = float(wanted)
    except (TypeError, ValueError):
        return {"null"}
    return {json.dumps(number), json.dumps(int(number))} if number.is_integer() else {json.dumps(number)}
