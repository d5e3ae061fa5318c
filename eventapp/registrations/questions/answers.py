"""The event's own questions: which apply, what answers them, and writing the answers down."""

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam

from eventapp.events.locks import read_once
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations.models import Registration
from eventapp.registrations.questions.consents import check_consent
from eventapp.registrations.questions.models import Answer, Question, QuestionKind
from eventapp.registrations.refusals import AnswerRefused

TEXT_LENGTH = 300
LONG_TEXT_LENGTH = 3_000
LARGEST_NUMBER = 1_000_000_000
# Written once: building a question costs more than asking it.
ASKED = Question.asked_at(bindparam("event_id"))


def check_answers(event: Event, answers: Mapping[str, Any], *, incomplete: bool = False) -> list[tuple[Question, Any]]:
    """The answers that count, by question. Questions that do not apply are forgotten; the first fault refuses.
    `incomplete`: what is needed may be missing, for the person to complete."""
    applicable = applying(asked(event), answers)
    for question in applicable:
        if not (incomplete and is_empty(answers.get(question.slug))):
            _refuse_fault(question, answers.get(question.slug))
    given = ((question, answers.get(question.slug)) for question in applicable)
    return [(question, _kept(question, value)) for question, value in given if not is_empty(value)]


def asked(event: Event) -> list[Question]:
    return read_once(event, "questions", lambda: db.session.scalars(ASKED, {"event_id": event.id}))


def reserved(event: Event) -> set[str]:
    """Slugs of the sensitive questions, and of those that depend on them."""
    return betraying(event) | {question.slug for question in asked(event) if question.sensitive}


def betraying(event: Event) -> set[str]:
    """Slugs of the questions that some answer to a sensitive one brings: even to see them answered tells it."""
    hidden, found = set[str](), set[str]()
    for question in asked(event):
        if (question.shown_if or {}).get("question") in hidden:
            found.add(question.slug)
        if question.sensitive or question.slug in found:
            hidden.add(question.slug)
    return found


def unanswered(registration: Registration) -> list[Question]:
    """What is asked of this person, and they have not answered."""
    held = {answer.question.slug: answer.value for answer in registration.answers}
    return [question for question in applying(asked(registration.event), held) if question.slug not in held]


def fault_in(question: Question, value: Any, held: Any = None) -> str | None:
    """The sentence that says what is wrong with the answer to a question that applies, if anything is.

    `held`: what the person answered before; it stays good when the organiser no longer offers it.
    """
    if is_empty(value):
        return _missing(question) if question.required else None
    return None if _is_valid(question, value, held) else _hint(question)


def applying(questions: Sequence[Question], answers: Mapping[str, Any]) -> list[Question]:
    """Those whose condition is met, in order. A question that is hidden hides those that depend on it.

    A condition on a question that is no longer asked, or only later, means nothing any more: see exchange/taking.
    """
    met: dict[str, bool] = {}
    for question in questions:
        condition = question.shown_if or {}
        source = condition.get("question", "")
        met[question.slug] = source not in met or (met[source] and _meets(answers.get(source), condition.get("is")))
    return [question for question in questions if met[question.slug]]


def _meets(given: Any, wanted: Any) -> bool:
    """A list of choices meets the condition by containing the value."""
    if isinstance(given, list):
        return wanted in given
    if isinstance(given, bool):
        return given is as_yes_no(wanted)
    if isinstance(given, int | float):
        return as_number(wanted) == given
    return not is_empty(given) and str(given) == str(wanted)


def as_number(value: Any) -> float:
    """As a condition of an event file may write it; what is none equals nothing."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def as_yes_no(value: Any) -> bool | None:
    """How an event file may write yes and no."""
    if isinstance(value, bool):
        return value
    return {"oui": True, "yes": True, "true": True, "non": False, "no": False, "false": False}.get(str(value).lower())


def offered(question: Question, held: Any = None) -> list[str]:
    """The choices, and those that this person made before they were withdrawn."""
    made = [held] if question.kind is QuestionKind.CHOICE else held if question.kind is QuestionKind.CHOICES else []
    return list(dict.fromkeys([*question.choices, *(one for one in made or [] if isinstance(one, str) and one)]))


def is_empty(value: Any) -> bool:
    return value is None or value == "" or value == []


def write_answers(
    registration: Registration,
    kept: list[tuple[Question, Any]],
    consented_at: datetime | None,
    consents: Collection[str] = (),
) -> None:
    """The first answers of a registration. `consented_at`: when the person agreed, for those that are sensitive;
    `consents`: see consents.check_consent."""
    for question, value in kept:
        check_consent(question, consents)
        agreed = consented_at if question.sensitive else None
        answer = Answer(question=question, value=value, asked_as=question.label, consented_at=agreed)
        registration.answers.append(answer)


def change_answers(
    registration: Registration, answers: Mapping[str, Any], *, consents: Collection[str] = (), now: datetime
) -> None:
    """`answers` holds what was asked in this act: an answer to any other question stays as it is.

    One goes only by the person's own act: they emptied it, or changed the answer on which its question depends.
    `consents`: slugs of the sensitive questions whose box is ticked (see consents.check_consent).
    """
    questions = asked(registration.event)
    held = {answer.question.slug: answer for answer in registration.answers}
    before = {slug: answer.value for slug, answer in held.items()}
    applied, applicable = applying(questions, before), applying(questions, {**before, **answers})
    for question in questions:
        answer = held.get(question.slug)
        if question in applicable and question.slug in answers:
            _refuse_fault(question, answers[question.slug], before.get(question.slug))
            _write(registration, question, answer, _kept(question, answers[question.slug]))
        elif question in applied and question not in applicable and answer is not None:
            registration.answers.remove(answer)
    _agree(registration, before, answers, consents, now)


def _write(registration: Registration, question: Question, answer: Answer | None, value: Any) -> None:
    if is_empty(value):
        if answer is not None:
            registration.answers.remove(answer)
    elif answer is None:
        registration.answers.append(Answer(question=question, value=value, asked_as=question.label))
    else:
        answer.value, answer.asked_as = value, question.label


def _agree(
    registration: Registration,
    before: Mapping[str, Any],
    answers: Mapping[str, Any],
    consents: Collection[str],
    now: datetime,
) -> None:
    """An agreement is to one answer: another answer needs another."""
    for answer in registration.answers:
        slug = answer.question.slug
        if slug not in answers or not answer.question.sensitive:
            continue
        is_same = answer.value == before.get(slug)
        if slug in consents or not is_same:
            check_consent(answer.question, consents)
        if slug not in consents:
            answer.consented_at = answer.consented_at if is_same else None
        elif answer.consented_at is None or not is_same:
            answer.consented_at = registration.consented_at = now


def _refuse_fault(question: Question, value: Any, held: Any = None) -> None:
    fault = fault_in(question, value, held)
    if fault is not None:
        raise AnswerRefused(fault, field=f"question-{question.slug}")


def _kept(question: Question, value: Any) -> Any:
    return list(dict.fromkeys(value)) if question.kind is QuestionKind.CHOICES else value


def _is_valid(question: Question, value: Any, held: Any) -> bool:
    choices = offered(question, held)
    return {
        QuestionKind.YES_NO: isinstance(value, bool),
        QuestionKind.TEXT: isinstance(value, str) and len(value) <= TEXT_LENGTH,
        QuestionKind.LONG_TEXT: isinstance(value, str) and len(value) <= LONG_TEXT_LENGTH,
        QuestionKind.CHOICE: value in choices,
        QuestionKind.CHOICES: isinstance(value, list) and all(item in choices for item in value),
        QuestionKind.NUMBER: _is_number(value),
    }[question.kind]


def _missing(question: Question) -> str:
    """Shown beside the question, so without repeating it."""
    return {
        QuestionKind.YES_NO: "Répondez oui ou non.",
        QuestionKind.CHOICE: "Choisissez une réponse.",
        QuestionKind.CHOICES: "Cochez au moins une réponse.",
        QuestionKind.NUMBER: "Écrivez un nombre, par exemple 12.",
    }.get(question.kind, "Écrivez votre réponse.")


def _hint(question: Question) -> str:
    return {
        QuestionKind.TEXT: f"La réponse dépasse {TEXT_LENGTH} caractères.",
        QuestionKind.LONG_TEXT: f"La réponse dépasse {LONG_TEXT_LENGTH} caractères.",
        QuestionKind.NUMBER: "Écrivez un nombre, par exemple 12.",
    }.get(question.kind, "Choisissez une des réponses proposées.")


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and abs(value) <= LARGEST_NUMBER
