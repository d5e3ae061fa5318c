"""What an organiser types to arrange a programme: move, shift, copy, add or repeat half a day."""

from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, NumberRange, Optional

from eventapp.agenda.forms import NO_ROOM, Start
from eventapp.agenda.models import Room
from eventapp.agenda.moving import MOST_MINUTES

MOST_COPIES = 8
EVERY_ROOM = SelectChoice("", "Toutes les salles")


class MoveForm(Start):
    room = SelectField("Salle", choices=[NO_ROOM], default="")
    seen = HiddenField()

    def offer(self, rooms: list[Room]) -> None:
        self.rooms = {room.slug: room for room in rooms}
        self.room.choices = [NO_ROOM, *(SelectChoice(room.slug, room.name) for room in rooms)]

    @property
    def chosen_room(self) -> Room | None:
        return self.rooms.get(self.room.data)


class CopyForm(MoveForm):
    count = IntegerField(
        "Nombre de copies",
        default=1,
        validators=[InputRequired("Indiquez un nombre."), NumberRange(1, MOST_COPIES, f"De 1 à {MOST_COPIES}.")],
    )
    pause = IntegerField(
        "Minutes entre deux copies", default=0, validators=[Optional(), NumberRange(0, MOST_MINUTES, "De 0 à 720.")]
    )


class ShiftForm(Start):
    minutes = IntegerField(
        "Minutes",
        validators=[
            InputRequired("Indiquez un nombre de minutes."),
            NumberRange(-MOST_MINUTES, MOST_MINUTES, f"De −{MOST_MINUTES} à {MOST_MINUTES} minutes."),
        ],
    )
    seen = HiddenField()
    room = SelectField("Salles concernées", choices=[EVERY_ROOM], default="")

    def offer(self, rooms: list[Room]) -> None:
        self.room.choices = [EVERY_ROOM, *(SelectChoice(room.slug, f"{room.name} seulement") for room in rooms)]


class HalfDayForm(Start):
    """`source`: a model, or half a day of the event to repeat."""

    source = RadioField("Modèle", validators=[InputRequired("Choisissez un modèle.")])
    tracks = IntegerField(
        "Ateliers en parallèle",
        default=3,
        validators=[Optional(), NumberRange(1, MOST_COPIES, f"De 1 à {MOST_COPIES}.")],
    )
    seen = HiddenField()

    def offer(self, sources: list[tuple[str, str]]) -> None:
        choices: Any = [SelectChoice(value, label) for value, label in sources]
        self.source.choices = choices
