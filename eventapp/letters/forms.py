"""The organiser's forms about letters."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length, ValidationError

from eventapp.events.models import Wording
from eventapp.formats import NBSP
from eventapp.letters import filling
from eventapp.letters.models import LetterKind
from eventapp.text import many_lines, one_line


class LetterForm(FlaskForm):
    subject = StringField(
        "Objet du courriel", filters=[one_line], validators=[DataRequired("Écrivez l’objet."), Length(max=200)]
    )
    body = TextAreaField(
        "Texte de la lettre", filters=[many_lines], validators=[DataRequired("Écrivez la lettre."), Length(max=10_000)]
    )

    def __init__(self, kind: LetterKind, **more: Any) -> None:
        super().__init__(**more)
        self.kind = kind

    def validate_subject(self, field: Any) -> None:
        self._refuse_unknown(field.data)

    def validate_body(self, field: Any) -> None:
        self._refuse_unknown(field.data)

    def _refuse_unknown(self, text: str) -> None:
        mistyped = filling.mistyped_placeholders(text or "", kind=self.kind)
        if mistyped:
            raise ValidationError(f"Champ mal écrit{NBSP}: {', '.join(map(_corrected, mistyped, mistyped.values()))}.")
        unknown = filling.unknown_placeholders(text or "", kind=self.kind)
        if unknown:
            names = ", ".join(f"{{{name}}}" for name in unknown)
            raise ValidationError(
                f"Cette lettre n’a pas ce champ à remplir{NBSP}: {names}. La liste est à côté du texte."
            )


def _corrected(written: str, meant: str) -> str:
    return f"{written} (écrivez {{{meant}}})" if meant else f"{written} (la liste est à côté du texte)"


class AttachmentForm(FlaskForm):
    file = FileField("Fichier à joindre", validators=[FileRequired("Choisissez un fichier.")])


class WordingForm(FlaskForm):
    wording = RadioField(
        "Les lettres proposées parlent d’une",
        choices=[
            SelectChoice(Wording.INVITATION.value, "invitation"),
            SelectChoice(Wording.CONVOCATION.value, "convocation"),
        ],
        validators=[DataRequired("Choisissez l’un des deux.")],
    )
