"""The small forms of the desk: a note, a decision beyond the limits, a message to those whom one act cancels."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, ValidationError

from eventapp.registrations.person_forms import length
from eventapp.text import many_lines, one_line


class NoteForm(FlaskForm):
    note = TextAreaField("Note de l’équipe", filters=[many_lines], validators=[length(2000)], render_kw={"rows": 4})


class OverLimitsForm(FlaskForm):
    """A box beside another form, which carries the token."""

    class Meta:
        csrf = False

    over_limits = BooleanField("Enregistrer même au-delà des limites")
    over_reason = TextAreaField("Motif pour aller au-delà", filters=[lambda text: one_line(text)[:500]])

    def validate_over_reason(self, _field: Any) -> None:
        if self.lacks_reason:
            raise ValidationError("Écrivez le motif.")

    def facts(self) -> dict[str, Any]:
        """What the acts take of it."""
        return {"over_limits": bool(self.over_limits.data), "reason": self.over_reason.data or ""}

    @property
    def lacks_reason(self) -> bool:
        return bool(self.over_limits.data) and not self.over_reason.data


class CancelManyForm(FlaskForm):
    reason = TextAreaField("Motif", filters=[one_line], validators=[length(500)], render_kw={"rows": 2})
    message = TextAreaField(
        "Message aux personnes", filters=[many_lines], validators=[length(2000)], render_kw={"rows": 6}
    )
    tell = BooleanField("Prévenir chaque personne par courriel, avec le motif et le message")


class MergeForm(FlaskForm):
    """`other` and `address`: ids of registrations, checked against those of the event."""

    other = RadioField(
        "L’autre inscription de cette personne",
        validate_choice=False,
        validators=[DataRequired("Choisissez l’autre inscription.")],
    )
    address = RadioField(
        "Adresse à garder",
        choices=[
            SelectChoice("this", "Celle de cette inscription"),
            SelectChoice("other", "Celle de l’autre inscription"),
        ],
        default="this",
        validators=[DataRequired("Choisissez l’adresse à garder.")],
    )
    seen = HiddenField()  # the mark of the summary that was read


class ImportForm(FlaskForm):
    file = FileField("Fichier des personnes à inscrire", validators=[FileRequired("Choisissez un fichier.")])
    incomplete = BooleanField("Accepter les lignes sans les réponses obligatoires")
