"""The event's own questions as form fields named `question-<slug>`, with a consent of their own when sensitive."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput, ListWidget

from eventapp.formats import typo
from eventapp.registrations.questions.answers import applying, as_yes_no, fault_in, is_empty, offered
from eventapp.registrations.questions.consents import consent_box, consent_missing, consent_name, consent_of_another
from eventapp.registrations.questions.models import Question, QuestionKind
from eventapp.text import many_lines, one_line

RADIOS = 7  # more choices than this make a list to unfold
YES, NO = "oui", "non"
UNANSWERED = "Sans réponse"


class Needed:
    """Puts `required` on the control; `answers.fault_in` is what checks."""

    field_flags = {"required": True}

    def __call__(self, form: FlaskForm, field: Field) -> None:
        pass


def field_name(question: Question) -> str:
    return f"question-{question.slug}"


def question_fields(question: Question, others: dict[str, Question], held: Any = None) -> tuple[Any, Any]:
    """The field, and that of the consent when the question is sensitive. `held`: what the person answered before."""
    facts: dict[str, Any] = {
        "label": typo(question.label),
        "description": _hint(question, others),
        "validators": [Needed()] if question.required else [],
    }
    return _field(question, facts, held), consent_box(question) if question.sensitive else None


@dataclass
class Questions:
    """What this event asks of this person; `held`: their answers of before, by slug.

    The page asks what its condition lets be asked, and says in the fields `asked` what that was: a box that nobody
    ticked says nothing by itself. An answer that makes another question needed brings it in a second step.
    """

    asked: list[Question]
    held: Mapping[str, Any] = field(default_factory=dict)
    added: list[Question] = field(default_factory=list)  # needed, and not on the page that was sent

    def shown(self, form: Any) -> list[Question]:
        """What the page asks, also where it has something to say about an answer to what does not apply."""
        applicable = applying(self.asked, self._values(form, self.asked))
        return [one for one in self.asked if one in applicable or form[field_name(one)].errors]

    def awaited(self, question: Question) -> tuple[str, str]:
        """The name of the control on which a question depends, and the value that brings it."""
        condition = question.shown_if or {}
        source, wanted = condition.get("question", ""), condition.get("is")
        kinds = {one.slug: one.kind for one in self.asked}
        if kinds.get(source) is QuestionKind.YES_NO:
            wanted = YES if as_yes_no(wanted) else NO
        return f"question-{source}", str(wanted)

    def answers(self, form: Any) -> dict[str, Any]:
        """By slug, of the questions that were asked; the others are not spoken of."""
        return self._values(form, [one for one in self.asked if self._was_asked(form, one)])

    def validate(self, form: Any) -> bool:
        answers, is_sound = self.answers(form), True
        self._recall(form)
        for question in applying(self.asked, {**self.held, **answers}):
            value, name = answers.get(question.slug, self.held.get(question.slug)), field_name(question)
            fault = fault_in(question, value, self.held.get(question.slug))
            if fault is not None and self._is_new(form, question):
                self.added.append(question)
                is_sound = False
            elif fault is not None:
                form[name].errors, is_sound = [fault], False
            elif self._lacks_consent(form, question, answers):
                box = form[consent_name(question)]
                box.errors, is_sound = [consent_missing(question, box)], False
        return is_sound

    def consent_of_another(self, question: Question) -> str:
        return consent_of_another(question)

    def consents(self, form: Any) -> dict[str, str]:
        """The sensitive questions whose answer may be kept, with the mark of the words that were agreed to."""
        given = {slug for slug, value in self.answers(form).items() if not is_empty(value)}
        sensitive = (one for one in self.asked if one.sensitive and one.slug in given)
        boxes = {one.slug: form[consent_name(one)] for one in sensitive}
        return {slug: box.mark for slug, box in boxes.items() if box.data}

    def brings_more(self, form: Any) -> bool:
        """Before a summary, also what nothing needs is asked."""
        self.added = self.left_open(form)
        return bool(self.added)

    def left_open(self, form: Any) -> list[Question]:
        """Questions brought by the answers that the page sent had not asked; none of them is needed."""
        applicable = applying(self.asked, {**self.held, **self.answers(form)})
        return [one for one in applicable if self._is_new(form, one) and is_empty(self.held.get(one.slug))]

    def _recall(self, form: Any) -> None:
        """Should the page come back, what it had not asked comes with the answer of before."""
        for question in self.asked:
            if question.slug in self.held and not self._was_asked(form, question):
                form[field_name(question)].data = as_field_data(question, self.held[question.slug])

    def _values(self, form: Any, questions: list[Question]) -> dict[str, Any]:
        return {question.slug: self._value(question, form[field_name(question)].data) for question in questions}

    def _value(self, question: Question, data: Any) -> Any:
        """The same choices as before are the same answer, in whatever order the form now has them."""
        value, held = _value(question, data), self.held.get(question.slug)
        is_same = isinstance(value, list) and isinstance(held, list) and sorted(value) == sorted(held)
        return held if is_same else value

    def _was_asked(self, form: Any, question: Question) -> bool:
        return question.slug in (form.asked.data or []) or bool(form[field_name(question)].raw_data)

    def _is_new(self, form: Any, question: Question) -> bool:
        """A program that sends no `asked` knows its form: it is told its faults."""
        return bool(form.asked.data) and not self._was_asked(form, question)

    def _lacks_consent(self, form: Any, question: Question, answers: dict[str, Any]) -> bool:
        if not question.sensitive or is_empty(answers.get(question.slug)):
            return False
        return not form[consent_name(question)].data


def as_field_data(question: Question, value: Any) -> Any:
    """A stored answer as its field shows it."""
    if question.kind is QuestionKind.YES_NO:
        return {True: YES, False: NO}.get(value)
    return str(value) if question.kind is QuestionKind.NUMBER else value


def _field(question: Question, facts: dict[str, Any], held: Any) -> Any:
    choices = [SelectChoice(choice, _choice_label(question, choice)) for choice in offered(question, held)]
    if question.kind is QuestionKind.CHOICE and len(choices) > RADIOS:
        return SelectField(choices=[SelectChoice("", "Choisissez"), *choices], validate_choice=False, **facts)
    if question.kind in (QuestionKind.CHOICE, QuestionKind.YES_NO):
        if question.kind is QuestionKind.YES_NO:
            choices = [SelectChoice(YES, "Oui"), SelectChoice(NO, "Non")]
        choices += [] if question.required else [SelectChoice("", UNANSWERED)]  # a radio cannot be taken back
        return RadioField(choices=choices, validate_choice=False, **facts)
    if question.kind is QuestionKind.CHOICES:
        boxes: dict[str, Any] = {"widget": ListWidget(prefix_label=False), "option_widget": CheckboxInput()}
        return SelectMultipleField(choices=choices, validate_choice=False, **boxes, **facts)
    if question.kind is QuestionKind.LONG_TEXT:
        return TextAreaField(render_kw={"rows": 5}, **facts)
    if question.kind is QuestionKind.NUMBER:
        return StringField(render_kw={"inputmode": "decimal", "autocomplete": "off"}, **facts)
    return StringField(render_kw={"autocomplete": "off"}, **facts)


def _choice_label(question: Question, choice: str) -> str:
    return choice if choice in question.choices else f"{choice} (n’est plus proposé)"


def _hint(question: Question, others: dict[str, Question]) -> str:
    """A question that depends on another says so, and works without JavaScript."""
    source = others.get((question.shown_if or {}).get("question", ""))
    if source is None:
        return question.help
    wanted = (question.shown_if or {}).get("is")
    if source.kind is QuestionKind.YES_NO:
        wanted = "Oui" if as_yes_no(wanted) else "Non"
    condition = f"À remplir si la réponse à «\u00a0{source.label}\u00a0» est «\u00a0{wanted}\u00a0»."
    return f"{condition} {question.help}".strip()


def _value(question: Question, data: Any) -> Any:
    if question.kind is QuestionKind.CHOICES:
        return list(data or [])
    text = many_lines(data or "") if question.kind is QuestionKind.LONG_TEXT else one_line(data or "")
    if question.kind is QuestionKind.YES_NO:
        return {YES: True, NO: False, "": None}.get(text, text)
    return _number(text) if question.kind is QuestionKind.NUMBER else text


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
