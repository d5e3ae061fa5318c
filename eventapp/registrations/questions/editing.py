"""The organiser's questions: added, edited, put in order, retired (their answers stay)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.errors import Refused
from eventapp.events.lifecycle import touch
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import typo
from eventapp.journal.models import Entry
from eventapp.registrations.questions.models import KEPT_DAYS, Answer, Question
from eventapp.text import slugify


class KindIsFixed(Refused):
    message = "Des personnes ont déjà répondu\u00a0: ajoutez une autre question plutôt que de changer son type."
    field = "kind"


class OthersDepend(Refused):
    """Another question would never be asked again, or always."""

    def __init__(self, others: Sequence[Question], field: str | None = None) -> None:
        labels = ", ".join(f"«\u00a0{typo(other.label)}\u00a0»" for other in others)
        super().__init__(f"De cette réponse dépend une autre question\u00a0: modifiez d’abord {labels}.", field=field)


class ConditionIsGone(Refused):
    message = (
        "La question dont celle-ci dépendrait n’est plus posée avant elle, ou n’offre plus cette réponse\u00a0: "
        "choisissez une autre condition."
    )
    field = "condition"


class PromiseIsMade(Refused):
    """People agreed to these words and to this time."""

    message = (
        "Des personnes ont donné leur accord à cette question telle qu’elle est\u00a0: elle reste sensible, dans les "
        "mêmes termes et pas plus longtemps. Ajoutez plutôt une autre question."
    )
    field = "sensitive"


def add_question(event: Event, facts: dict[str, Any], *, now: datetime, by: User, key: str | None = None) -> Question:
    """`key`: of the form; the same question sent twice with it is the one that it made the first time."""
    hold(event)
    submission = sha256("\n".join((key, facts["label"])).encode()).hexdigest() if key else ""
    earlier = _made_by(event, submission) if submission else None
    if earlier is not None:
        return earlier
    _check_condition(event, None, facts.get("shown_if"))
    last = db.session.scalar(select(func.max(Question.position)).where(Question.event_id == event.id))
    question = Question(event=event, slug=_free_slug(event, facts["label"]), position=(last or 0) + 1, **facts)
    db.session.add(question)
    db.session.flush()
    sentence = f"Question «\u00a0{question.label}\u00a0» ajoutée."
    _record("question.added", sentence, question, now, by, **({"submission": submission} if submission else {}))
    return question


def edit_question(question: Question, facts: dict[str, Any], *, now: datetime, by: User) -> None:
    """No answer is lost by it: a choice that is withdrawn stays the answer of those who made it."""
    hold(question.event)
    check_answered(question, facts)
    _check_condition(question.event, question, facts.get("shown_if"))
    _check_dependants(question, facts)
    for name, value in facts.items():
        setattr(question, name, value)
    _record("question.edited", f"Question «\u00a0{question.label}\u00a0» modifiée.", question, now, by)


def retire_question(question: Question, *, now: datetime, by: User) -> None:
    hold(question.event)
    if question.retired_at is not None:
        return
    if others := dependants(question):
        raise OthersDepend(others)
    question.retired_at = now
    _record("question.retired", f"Question «\u00a0{question.label}\u00a0» retirée du formulaire.", question, now, by)


def move_question(question: Question, *, up: bool, now: datetime) -> None:
    """Exchange it with its neighbour; the first cannot go up, nor the last down, nor a question before the one on
    whose answer it depends."""
    hold(question.event)
    asked = list(db.session.scalars(Question.asked(question.event)))
    here = asked.index(question) if question in asked else 0
    there = here + (-1 if up else 1)
    if 0 <= there < len(asked):
        first, second = asked[min(here, there)], asked[max(here, there)]
        if second in dependants(first):
            raise OthersDepend([second])
        asked[here], asked[there] = asked[there], asked[here]
    for position, one in enumerate(asked, start=1):
        one.position = position
    touch(question.event, now=now, calendar=False)


def dependants(question: Question) -> list[Question]:
    """Those whose condition is about this question's answer."""
    asked = db.session.scalars(Question.asked(question.event))
    return [one for one in asked if (one.shown_if or {}).get("question") == question.slug]


def check_answered(question: Question, facts: Mapping[str, Any]) -> None:
    """What answers forbid to change, by hand or by a file."""
    if facts["kind"] is not question.kind and _is_answered(question):
        raise KindIsFixed
    if not question.sensitive or not _is_answered(question, Answer.consented_at.is_not(None)):
        return
    days = facts.get("kept_days", question.kept_days)
    is_longer = (KEPT_DAYS if days is None else days) > question.days_kept
    if is_longer or not facts.get("sensitive", True) or facts.get("consent", question.consent) != question.consent:
        raise PromiseIsMade


def conditions(event: Event, question: Question | None = None) -> Sequence[Question]:
    """Questions on whose answer another may depend: those with known answers, that come before it."""
    asked = list(db.session.scalars(Question.asked(event)))
    before = asked[: asked.index(question)] if question in asked else asked
    return [one for one in before if one.kind.has_choices or one.kind.value == "yes_no"]


def _check_condition(event: Event, question: Question | None, condition: Mapping[str, Any] | None) -> None:
    """What the form offered may have been retired or moved since, or the choice withdrawn."""
    if not condition:
        return
    source = next((one for one in conditions(event, question) if one.slug == condition["question"]), None)
    if source is None or (source.kind.has_choices and condition["is"] not in source.choices):
        raise ConditionIsGone


def _check_dependants(question: Question, facts: Mapping[str, Any]) -> None:
    """The values on which others depend can still be given."""
    others = dependants(question)
    if facts["kind"] is not question.kind and others:
        raise OthersDepend(others, "kind")
    if not question.kind.has_choices:
        return
    gone = set(question.choices) - set(facts.get("choices", question.choices))
    orphans = [other for other in others if (other.shown_if or {}).get("is") in gone]
    if orphans:
        raise OthersDepend(orphans, "choices")


def _is_answered(question: Question, *which: ColumnElement[bool]) -> bool:
    return bool(db.session.scalar(select(exists().where(Answer.question_id == question.id, *which))))


def _free_slug(event: Event, label: str) -> str:
    base = slugify(label, 60) or "question"
    taken = set(db.session.scalars(select(Question.slug).where(Question.event_id == event.id)))
    names = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _made_by(event: Event, submission: str) -> Question | None:
    """What this form already made, be it retired or in other words since."""
    rows = select(Entry).where(Entry.event_id == event.id, Entry.act == "question.added")
    same = rows.where(Entry.details["submission"].as_string() == submission)
    entry = db.session.scalar(same.limit(1))
    return db.session.get(Question, entry.subject_id) if entry is not None else None


def _record(act: str, sentence: str, question: Question, now: datetime, by: User, **details: str) -> None:
    """The form, which everyone sees, has changed."""
    touch(question.event, now=now, calendar=False)
    journal.record(act, sentence, now=now, by=by, event=question.event, subject=question, **details)
