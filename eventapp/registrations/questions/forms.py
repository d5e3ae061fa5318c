"""The organiser's form for one question."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import TextInput

from eventapp.registrations.models import Question, QuestionKind
from eventapp.registrations.questions.answers import as_yes_no
from eventapp.text import many_lines, one_line

MOST_CHOICES = 50
LONGEST_CHOICE = 200
LONGEST_KEPT = 3_650


def clean(text: str | None) -> str:
    return one_line(text or "")


def clean_lines(text: str | None) -> str:
    return many_lines(text or "")


class QuestionForm(FlaskForm):
    label = StringField("Question", filters=[clean], validators=[DataRequired("Écrivez la question."), Length(max=300)])
    help = StringField("Aide sous la question", filters=[clean], validators=[Length(max=500)])
    kind = SelectField("Type de réponse", choices=[SelectChoice(kind.value, kind.label) for kind in QuestionKind])
    choices = TextAreaField(
        "Choix proposés", filters=[clean_lines], validators=[Length(max=10_000)], render_kw={"rows": 6}
    )
    required = BooleanField("Réponse obligatoire")
    sensitive = BooleanField("Réponse sensible")
    consent = StringField("Accord demandé", filters=[clean], validators=[Length(max=500)])
    kept_days = IntegerField(
        "Jours de conservation après la rencontre",
        validators=[Optional(), NumberRange(0, LONGEST_KEPT, f"Écrivez un nombre de jours, de 0 à {LONGEST_KEPT}.")],
        render_kw={"inputmode": "numeric"},
        widget=TextInput(),
    )
    condition = SelectField("Poser la question seulement si", validate_choice=False)
    condition_value = StringField("la réponse est", filters=[clean], validators=[Length(max=LONGEST_CHOICE)])

    def __init__(self, others: Sequence[Question], question: Question | None = None) -> None:
        super().__init__(data=_facts(question) if question is not None else {"kind": QuestionKind.YES_NO.value})
        self.others = {other.slug: other for other in others}
        self.condition.choices = [
            SelectChoice("", "Toujours la poser"),
            *(SelectChoice(other.slug, other.label) for other in others),
        ]

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
        if field.data and field.data not in self.others:
            raise ValidationError("Choisissez une des questions de la liste.")

    def validate_condition_value(self, field: Any) -> None:
        source = self.others.get(self.condition.data or "")
        if source is None:
            return
        if source.kind is QuestionKind.YES_NO and as_yes_no(field.data or "") is None:
            raise ValidationError("Écrivez «\u00a0oui\u00a0» ou «\u00a0non\u00a0».")
        if source.kind.has_choices and field.data not in source.choices:
            raise ValidationError("Recopiez un des choix de cette question.")

    def _condition(self) -> dict[str, Any] | None:
        source = self.others.get(self.condition.data or "")
        if source is None:
            return None
        wanted = self.condition_value.data or ""
        return {"question": source.slug, "is": as_yes_no(wanted) if source.kind is QuestionKind.YES_NO else wanted}


def _facts(question: Question) -> dict[str, Any]:
    condition = question.shown_if or {}
    wanted = condition.get("is", "")
    return {
        "label": question.label,
        "help": question.help,
        "kind": question.kind.value,
        "choices": "\n".join(question.choices),
        "required": question.required,
        "sensitive": question.sensitive,
        "consent": question.consent,
        "kept_days": question.kept_days,
        "condition": condition.get("question", ""),
        "condition_value": {True: "oui", False: "non"}.get(wanted, wanted) if isinstance(wanted, bool) else wanted,
    }
