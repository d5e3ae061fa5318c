"""The event's own questions: which apply, what answers them, and writing the answers down."""

import math
from collections.abc import Mapping
from typing import Any

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations.models import Answer, Question, QuestionKind, Registration
from eventapp.registrations.refusals import AnswerRefused

TEXT_LENGTH = 300
LONG_TEXT_LENGTH = 3_000
LARGEST_NUMBER = 1_000_000_000


def check_answers(event: Event, answers: Mapping[str, Any]) -> list[tuple[Question, Any]]:
    """The answers that count, by question. Questions that do not apply are forgotten; a missing one refuses."""
    kept: list[tuple[Question, Any]] = []
    for question in db.session.scalars(Question.asked(event)):
        if not applies(question, answers):
            continue
        value = answers.get(question.slug)
        if is_empty(value):
            if question.required:
                raise AnswerRefused(f"Répondez à «\u00a0{question.label}\u00a0».", field=f"question-{question.slug}")
            continue
        kept.append((question, _checked(question, value)))
    return kept


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


def in_words(answer: Answer) -> str:
    """An answer as a sentence shows it."""
    if isinstance(answer.value, bool):
        return "Oui" if answer.value else "Non"
    if isinstance(answer.value, list):
        return ", ".join(str(item) for item in answer.value)
    return str(answer.value)


def _checked(question: Question, value: Any) -> Any:
    kind, choices = question.kind, question.choices
    good = {
        QuestionKind.YES_NO: isinstance(value, bool),
        QuestionKind.TEXT: isinstance(value, str) and len(value) <= TEXT_LENGTH,
        QuestionKind.LONG_TEXT: isinstance(value, str) and len(value) <= LONG_TEXT_LENGTH,
        QuestionKind.CHOICE: value in choices,
        QuestionKind.CHOICES: isinstance(value, list) and all(item in choices for item in value),
        QuestionKind.NUMBER: _is_number(value),
    }[kind]
    if not good:
        raise AnswerRefused(
            f"La réponse à «\u00a0{question.label}\u00a0» n’est pas valable.", field=f"question-{question.slug}"
        )
    return list(dict.fromkeys(value)) if kind is QuestionKind.CHOICES else value


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and abs(value) <= LARGEST_NUMBER
