"""What an organiser decides when the programme is released."""

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from eventapp.exchange.telling import Telling
from eventapp.text import many_lines

LONGEST_NOTE = 2_000
CONCERNED, EVERYONE = "concerned", "everyone"
ALL = SelectChoice(EVERYONE, "Toutes les personnes inscrites")


class ReleaseForm(FlaskForm):
    """`seen`: the mark of the draft that was read (applying.mark)."""

    seen = StringField(widget=HiddenInput(), validators=(Optional(), Length(max=64)))
    whom = RadioField(
        "Qui prévenir", (InputRequired("Choisissez qui prévenir."),),
        choices=[SelectChoice(CONCERNED, "Les personnes dont une session change"), ALL],
    )  # fmt: skip
    note = TextAreaField(
        "Votre mot (optionnel)",
        (Optional(), Length(max=LONGEST_NOTE, message="Ce texte dépasse 2 000 caractères.")),
        filters=(many_lines,),
    )

    def say_nobody(self) -> None:
        """Nothing that somebody booked changes: the first choice is then to write to nobody."""
        self.whom.choices = [SelectChoice(CONCERNED, "Personne"), ALL]

    @property
    def telling(self) -> Telling:
        return Telling(to_everyone=self.whom.data == EVERYONE, note=self.note.data or "")
