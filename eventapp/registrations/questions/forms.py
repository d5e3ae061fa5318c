"""The organiser's form for one question."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import TextInput

from eventapp.formats import typo
from eventapp.registrations.forms import new_key, usable_key
from eventapp.registrations.questions.models import Question, QuestionKind
from eventapp.text import many_lines, one_line

MOST_CHOICES = 50
LONGEST_CHOICE = 200
LONGEST_KEPT = 3_650


class QuestionForm(FlaskForm):
    label = StringField(
        "Question", filters=[one_line], validators=[DataRequired("Écrivez la question."), Length(max=300)]
    )
    help = StringField("Aide sous la question", filters=[one_line], validators=[Length(max=500)])
    kind = SelectField("Type de réponse", choices=[SelectChoice(kind.value, kind.label) for kind in QuestionKind])
    choices = TextAreaField(
        "Choix proposés", filters=[many_lines], validators=[Length(max=10_000)], render_kw={"rows": 6}
    )
    required = BooleanField("Réponse obligatoire")
    sensitive = BooleanField("Réponse sensible")
    consent = StringField("Accord demandé", filters=[one_line], validators=[Length(max=500)])
    kept_days = IntegerField(
        "Jours de conservation après la rencontre",
        validators=[Optional(), NumberRange(0, LONGEST_KEPT, f"Écrivez un nombre de jours, de 0 à {LONGEST_KEPT}.")],
        render_kw={"inputmode": "numeric"},
        widget=TextInput(),
    )
    condition = SelectField("Poser la question", validate_choice=False)
    key = HiddenField()

    def __init__(self, others: Sequence[Question], question: Question | None = None) -> None:
        blank = {"kind": QuestionKind.YES_NO.value, "key": new_key()}
        super().__init__(data=_facts(question) if question is not None else blank)
        self.others = others
        self.pairs = {_pair(other.slug, value): (other, value) for other in others for value in _values(other)}
        offered = [SelectChoice(key, _in_words(*pair)) for key, pair in self.pairs.items()]
        self.condition.choices = [SelectChoice("", "Toujours"), *offered]
        held = _held(question)
        if held and held not in self.pairs:
            self.condition.choices.append(SelectChoice(held, "Selon une réponse qui n’est plus proposée"))

    @property
    def idempotency_key(self) -> str | None:
        return usable_key(self.key.data)

    @property
    def lines(self) -> list[str]:
        """One choice a line, each once."""
        return list(dict.fromkeys(line for line in map(one_line, (self.choices.data or "").split("\n")) if line))

    def facts(self) -> dict[str, Any]:
        kind = QuestionKind(self.kind.data)
        return {
            "label": self.label.data,
            "help": self.help.data,
            "kind": kind,
            "choices": self.lines if kind.has_choices else [],
            "required": self.required.data,
            "sensitive": self.sensitive.data,
            "consent": self.consent.data if self.sensitive.data else "",
            "kept_days": self.kept_days.data if self.sensitive.data else None,
            "shown_if": self._condition(),
        }

    def validate_choices(self, _field: Any) -> None:
        if self.kind.data not in (QuestionKind.CHOICE, QuestionKind.CHOICES):
            return
        if not 2 <= len(self.lines) <= MOST_CHOICES:
            raise ValidationError(f"Écrivez de 2 à {MOST_CHOICES} choix, un par ligne.")
        if any(len(line) > LONGEST_CHOICE for line in self.lines):
            raise ValidationError(f"Un choix dépasse {LONGEST_CHOICE} caractères.")

    def validate_condition(self, field: Any) -> None:
        if field.data and field.data not in self.pairs:
            raise ValidationError("Choisissez une des réponses de la liste.")

    def _condition(self) -> dict[str, Any] | None:
        if not self.condition.data:
            return None
        source, value = self.pairs[self.condition.data]
        return {"question": source.slug, "is": value}


def _values(question: Question) -> list[Any]:
    return [True, False] if question.kind is QuestionKind.YES_NO else list(question.choices)


def _pair(slug: str, value: Any) -> str:
    """As the form sends it."""
    return f"{slug}={'oui' if value is True else 'non' if value is False else value}"


def _in_words(question: Question, value: Any) -> str:
    answer = "oui" if value is True else "non" if value is False else value
    return f"Si «\u00a0{typo(question.label)}\u00a0» a pour réponse «\u00a0{typo(answer)}\u00a0»"


def _held(question: Question | None) -> str:
    condition = question.shown_if if question is not None else None
    return _pair(condition["question"], condition.get("is")) if condition else ""


def _facts(question: Question) -> dict[str, Any]:
    return {
        "label": question.label,
        "help": question.help,
        "kind": question.kind.value,
        "choices": "\n".join(question.choices),
        "required": question.required,
        "sensitive": question.sensitive,
        "consent": question.consent,
        "kept_days": question.kept_days,
        "condition": _held(question),
    }
