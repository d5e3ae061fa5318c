"""What an organiser types about sessions, rooms and speakers."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit

from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from eventapp.agenda.editing import mark
from eventapp.agenda.models import BookingMode, Kind, Room, Session
from eventapp.agenda.programme import BookingSlot
from eventapp.events.local_times import RepeatedTime, parse_local
from eventapp.events.models import Event
from eventapp.text import many_lines, one_line

BOOKINGS = [
    SelectChoice(BookingMode.NONE.value, "Ouverte à toutes les personnes présentes"),
    SelectChoice(BookingMode.OPTIONAL.value, "Peut être réservée"),
    SelectChoice(BookingMode.REQUIRED.value, "Sur réservation uniquement"),
]
KINDS = [SelectChoice(kind.value, kind.label) for kind in Kind]
NO_ROOM = SelectChoice("", "Aucune")
CIVILITIES = [SelectChoice("", "Aucune"), SelectChoice("Mme"), SelectChoice("M.")]
OFFSETS = ("Avant le changement d’heure", "Après le changement d’heure")
HOURS: Any = ["%H:%M", "%H:%M:%S"]
CAPACITY = "Indiquez un nombre entier, de 0 à 100\u00a0000."


class Start(FlaskForm):
    """A day and an hour in the zone of the event; `offset` is asked only where an hour exists twice."""

    day = DateField("Date", validators=[InputRequired("Indiquez la date.")])
    starts = TimeField("Début", validators=[InputRequired("Indiquez l’heure de début.")], format=HOURS)
    offset = RadioField("Cette heure existe deux fois cette nuit-là", validators=[Optional()], validate_choice=False)

    def instant(self, name: str, event: Event) -> datetime:
        """Aware UTC; raises a Refused that names the field."""
        day: Any = self.day.data
        try:
            return parse_local(day, self[name].data, event.timezone, field=name)
        except RepeatedTime as twice:
            self.offset.choices = [SelectChoice(*pair) for pair in zip(twice.offsets, OFFSETS, strict=True)]
            chosen = self.offset.data if self.offset.data in twice.offsets else None
            return parse_local(day, self[name].data, event.timezone, offset=chosen, field=name)


class When(Start):
    ends = TimeField("Fin", validators=[InputRequired("Indiquez l’heure de fin.")], format=HOURS)

    def when(self, event: Event) -> dict[str, datetime]:
        return {"starts_at": self.instant("starts", event), "ends_at": self.instant("ends", event)}


class QuickSessionForm(When):
    """Enough for a line of the programme; the rest is written afterwards."""

    title = StringField(
        "Titre", filters=[one_line], validators=[DataRequired("Indiquez le titre de la session."), Length(max=200)]
    )
    kind = SelectField("Nature", choices=KINDS, default=Kind.TALK.value)
    room = SelectField("Salle", choices=[NO_ROOM], default="")

    def offer(self, rooms: list[Room]) -> None:
        self.rooms = {room.slug: room for room in rooms}
        self.room.choices = [NO_ROOM, *(SelectChoice(room.slug, room.name) for room in rooms)]

    def facts(self, event: Event) -> dict[str, Any]:
        room = self.rooms.get(self.room.data)
        return self.when(event) | {"title": self.title.data, "kind": Kind(self.kind.data), "room": room}

    @staticmethod
    def asked(values: Mapping[str, str]) -> dict[str, Any]:
        """Day, hours and room that a link of the programme proposes; what is none of these is left out."""
        found: dict[str, Any] = {"room": values["room"]} if "room" in values else {}
        for name, read in (("day", date.fromisoformat), ("starts", time.fromisoformat), ("ends", time.fromisoformat)):
            with suppress(KeyError, ValueError):
                found[name] = read(values[name])
        return found


class SessionForm(QuickSessionForm):
    booking = RadioField("Réservation", choices=BOOKINGS, default=BookingMode.NONE.value)
    capacity = IntegerField("Places", validators=[Optional(), NumberRange(0, 100_000, CAPACITY)])
    description = TextAreaField("Description", filters=[many_lines], validators=[Length(max=20_000)])
    online_url = StringField("Lien pour suivre à distance", filters=[one_line], validators=[Length(max=500)])
    seen = HiddenField()

    def validate_online_url(self, field: StringField) -> None:
        if field.data and not is_web_address(field.data):
            raise ValidationError("Indiquez une adresse complète qui commence par https:// ou http://.")

    def facts(self, event: Event) -> dict[str, Any]:
        return super().facts(event) | {
            "booking": BookingMode(self.booking.data),
            "capacity": self.capacity.data,
            "description": self.description.data,
            "online_url": self.online_url.data or None,
        }


def session_data(session: Session) -> dict[str, Any]:
    """What the form shows of a session."""
    starts, ends = (moment.astimezone(session.event.zone) for moment in (session.starts_at, session.ends_at))
    offset = starts.strftime("%z")
    return {
        "title": session.title,
        "kind": session.kind.value,
        "day": starts.date(),
        "starts": starts.time(),
        "ends": ends.time(),
        "offset": f"{offset[:3]}:{offset[3:]}",
        "room": session.room.slug if session.room else "",
        "booking": session.booking.value,
        "capacity": session.capacity,
        "description": session.description,
        "online_url": session.online_url or "",
        "seen": mark(session),
    }


class RoomForm(FlaskForm):
    name = StringField(
        "Nom de la salle",
        filters=[one_line],
        validators=[DataRequired("Indiquez le nom de la salle."), Length(max=120)],
    )
    capacity = IntegerField("Nombre de places", validators=[Optional(), NumberRange(0, 100_000, CAPACITY)])
    accessibility = StringField("Accessibilité", filters=[one_line], validators=[Length(max=300)])
    seen = HiddenField()

    def facts(self) -> dict[str, Any]:
        return {name: self[name].data for name in ("name", "capacity", "accessibility")}


class SpeakerForm(FlaskForm):
    civility = SelectField("Civilité", choices=CIVILITIES, default="")
    first_name = StringField("Prénom", filters=[one_line], validators=[Length(max=80)])
    last_name = StringField("Nom", filters=[one_line], validators=[DataRequired("Indiquez le nom."), Length(max=80)])
    function = StringField("Fonction", filters=[one_line], validators=[Length(max=300)])
    organisation = StringField("Organisme", filters=[one_line], validators=[Length(max=200)])
    biography = TextAreaField("Présentation", filters=[many_lines], validators=[Length(max=10_000)])
    seen = HiddenField()

    def keep_civility(self, civility: str) -> None:
        """One that came with an imported file stays possible."""
        if civility not in [choice.value for choice in CIVILITIES]:
            self.civility.choices = [*CIVILITIES, SelectChoice(civility)]

    def facts(self) -> dict[str, Any]:
        names = ("civility", "first_name", "last_name", "function", "organisation", "biography")
        return {name: self[name].data for name in names}


class ChoicesForm(FlaskForm):
    slots = SelectMultipleField(
        "Créneaux où chacun doit choisir une session",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self, slots: list[BookingSlot]) -> None:
        self.slots.choices = [SelectChoice(slot.key, slot.label) for slot in slots]


class DecisionForm(FlaskForm):
    """Nothing but the token that proves the button was pressed here."""


def is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(c.isspace() for c in address)
    except ValueError:
        return False
