"""The event's own questions as form fields named `question-<slug>`, with a consent of their own when sensitive."""

import math
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput, ListWidget

from eventapp.formats import typo
from eventapp.registrations.answers import applies, as_yes_no, fault_in, is_empty
from eventapp.registrations.models import Question, QuestionKind
from eventapp.text import many_lines, one_line

RADIOS = 7  # more choices than this make a list to unfold
YES, NO = "oui", "non"
CONSENT = (
    "J’accepte que cette réponse soit utilisée pour préparer mon accueil, puis effacée sept jours après la rencontre"
)


class Needed:
    """Puts `required` on the control; `answers.fault_in` is what checks."""

    field_flags = {"required": True}

    def __call__(self, form: FlaskForm, field: Field) -> None:
        pass


def field_name(question: Question) -> str:
    return f"question-{question.slug}"


def consent_name(question: Question) -> str:
    return f"consent-{question.slug}"


def question_fields(question: Question, others: dict[str, Question]) -> tuple[Any, str | None]:
    """The field, and the words of its consent when the question is sensitive."""
    always = question.required and not question.shown_if
    facts: dict[str, Any] = {
        "label": typo(question.label),
        "description": _hint(question, others),
        "validators": [Needed()] if always else [],
    }
    return _field(question, facts), CONSENT if question.sensitive else None


@dataclass
class Questions:
    asked: list[Question]

    def answers(self, form: Any) -> dict[str, Any]:
        return {question.slug: _value(question, form[field_name(question)].data) for question in self.asked}

    def validate(self, form: Any) -> bool:
        answers, sound = self.answers(form), True
        for question in self.asked:
            fault = fault_in(question, answers)
            if fault is not None:
                form[field_name(question)].errors, sound = [fault], False
            elif self._lacks_consent(form, question, answers):
                form[consent_name(question)].errors, sound = [_consent_missing(question)], False
        return sound

    def has_consent(self, form: Any) -> bool:
        return any(form[consent_name(question)].data for question in self.asked if question.sensitive)

    def _lacks_consent(self, form: Any, question: Question, answers: dict[str, Any]) -> bool:
        if not question.sensitive or is_empty(answers[question.slug]) or not applies(question, answers):
            return False
        return not form[consent_name(question)].data


def as_field_data(question: Question, value: Any) -> Any:
    """A stored answer as its field shows it."""
    if question.kind is QuestionKind.YES_NO:
        return {True: YES, False: NO}.get(value)
    return str(value) if question.kind is QuestionKind.NUMBER else value


def _field(question: Question, facts: dict[str, Any]) -> Any:
    choices = [SelectChoice(choice) for choice in question.choices]
    if question.kind is QuestionKind.YES_NO:
        return RadioField(choices=[SelectChoice(YES, "Oui"), SelectChoice(NO, "Non")], validate_choice=False, **facts)
    if question.kind is QuestionKind.CHOICE and len(choices) > RADIOS:
        return SelectField(choices=[SelectChoice("", "Choisissez"), *choices], validate_choice=False, **facts)
    if question.kind is QuestionKind.CHOICE:
        return RadioField(choices=choices, validate_choice=False, **facts)
    if question.kind is QuestionKind.CHOICES:
        boxes: dict[str, Any] = {"widget": ListWidget(prefix_label=False), "option_widget": CheckboxInput()}
        return SelectMultipleField(choices=choices, validate_choice=False, **boxes, **facts)
    if question.kind is QuestionKind.LONG_TEXT:
        return TextAreaField(render_kw={"rows": 5}, **facts)
    if question.kind is QuestionKind.NUMBER:
        return StringField(render_kw={"inputmode": "decimal", "autocomplete": "off"}, **facts)
    return StringField(render_kw={"autocomplete": "off"}, **facts)


def _hint(question: Question, others: dict[str, Question]) -> str:
    """A question that depends on another says so, and works without JavaScript."""
    source = others.get((question.shown_if or {}).get("question", ""))
    if source is None:
        return question.help
    wanted = (question.shown_if or {}).get("is")
    if source.kind is QuestionKind.YES_NO:
        wanted = "Oui" if as_yes_no(wanted) else "Non"
    condition = f"À remplir si vous répondez «\u00a0{wanted}\u00a0» à «\u00a0{source.label}\u00a0»."
    return f"{condition} {question.help}".strip()


def _value(question: Question, data: Any) -> Any:
    if question.kind is QuestionKind.CHOICES:
        return list(data or [])
    text = many_lines(data or "") if question.kind is QuestionKind.LONG_TEXT else one_line(data or "")
    if question.kind is QuestionKind.YES_NO:
        return {YES: True, NO: False, "": None}.get(text, text)
    return _number(text) if question.kind is QuestionKind.NUMBER else text


def _consent_missing(question: Question) -> str:
    label = f"«\u00a0{typo(question.label)}\u00a0»"
    return f"Cochez l’accord pour que votre réponse à {label} soit enregistrée, ou retirez cette réponse."


def _number(text: str) -> Any:
    """« 12 », « 3,5 »; anything else stays text and is refused."""
    plain = text.replace(",", ".").replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    try:
        number = float(plain) if len(plain) <= 20 else math.nan
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(number) if number.is_integer() else number
