"""The event's own questions: which apply, what answers them, and writing the answers down."""

import math
from collections.abc import Mapping
from typing import Any

from eventapp.events.locks import read_once
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations.models import Answer, Question, QuestionKind, Registration
from eventapp.registrations.refusals import AnswerRefused

TEXT_LENGTH = 300
LONG_TEXT_LENGTH = 3_000
LARGEST_NUMBER = 1_000_000_000


def check_answers(event: Event, answers: Mapping[str, Any]) -> list[tuple[Question, Any]]:
    """The answers that count, by question. Questions that do not apply are forgotten; the first fault refuses."""
    questions = asked(event)
    for question in questions:
        fault = fault_in(question, answers)
        if fault is not None:
            raise AnswerRefused(fault, field=f"question-{question.slug}")
    given = ((question, answers.get(question.slug)) for question in questions if applies(question, answers))
    return [(question, _kept(question, value)) for question, value in given if not is_empty(value)]


def asked(event: Event) -> list[Question]:
    return read_once(event, "questions", lambda: db.session.scalars(Question.asked(event)))


def fault_in(question: Question, answers: Mapping[str, Any]) -> str | None:
    """The sentence that says what is wrong with the answer to this question, if anything is."""
    if not applies(question, answers):
        return None
    value = answers.get(question.slug)
    if is_empty(value):
        return _missing(question) if question.required else None
    return None if _is_valid(question, value) else _hint(question)


def applies(question: Question, answers: Mapping[str, Any]) -> bool:
    """Whether `shown_if` is met; a list of choices meets it by containing the value."""
    if not question.shown_if:
        return True
    given, wanted = answers.get(question.shown_if.get("question", "")), question.shown_if.get("is")
    if isinstance(given, list):
        return wanted in given
    if isinstance(given, bool):
        return given is as_yes_no(wanted)
    return not is_empty(given) and str(given) == str(wanted)


def as_yes_no(value: Any) -> bool | None:
    """How an event file may write yes and no."""
    if isinstance(value, bool):
        return value
    return {"oui": True, "yes": True, "true": True, "non": False, "no": False, "false": False}.get(str(value).lower())


def is_empty(value: Any) -> bool:
    return value is None or value == "" or value == []


def write_answers(registration: Registration, kept: list[tuple[Question, Any]]) -> None:
    """Make the kept answers those of the registration; answers to retired questions stay."""
    wanted = {question.id: (question, value) for question, value in kept}
    for answer in list(registration.answers):
        if answer.question_id in wanted:
            answer.value = wanted.pop(answer.question_id)[1]
        elif answer.question.retired_at is None:
            registration.answers.remove(answer)
    for question, value in wanted.values():
        registration.answers.append(Answer(question=question, value=value))


def _kept(question: Question, value: Any) -> Any:
    return list(dict.fromkeys(value)) if question.kind is QuestionKind.CHOICES else value


def _is_valid(question: Question, value: Any) -> bool:
    choices = question.choices
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
