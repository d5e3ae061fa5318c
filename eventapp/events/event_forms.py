"""What an organiser types about an event: shapes only."""

from datetime import datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Optional

from eventapp.addresses import EmailAddress
from eventapp.events.fields import (
    Between,
    CountField,
    DayField,
    HourField,
    OffsetField,
    choices_of,
    offer_if_repeated,
    read_moment,
    show_moment,
)
from eventapp.events.forms import LINE, LINES, MARKDOWN, PLACES, SLUG, RevisionForm, at_most
from eventapp.events.local_times import ZONES
from eventapp.events.models import Audience, Event, Venue
from eventapp.formats import phone
from eventapp.text import normal_phone

# Optional instants: the name of the three fields, and the column of Event.
MOMENTS = {
    "opens": "opens_at",
    "closes": "closes_at",
    "release": "per_structure_until",
    "changes": "changes_until",
    "cancellations": "cancellations_until",
}


class DatesForm(FlaskForm):
    starts_date = DayField("Date de début", (InputRequired("Choisissez la date de début."),))
    starts_time = HourField("Heure de début", (InputRequired("Choisissez l’heure de début."),))
    starts_offset = OffsetField("Cette heure de début existe deux fois")
    ends_date = DayField("Date de fin", (InputRequired("Choisissez la date de fin."),))
    ends_time = HourField("Heure de fin", (InputRequired("Choisissez l’heure de fin."),))
    ends_offset = OffsetField("Cette heure de fin existe deux fois")
    venue_name = StringField("Nom du lieu", (Optional(), at_most(200)), filters=LINE)
    venue_address = StringField("Adresse", (Optional(), at_most(300)), filters=LINE)
    venue_postcode = StringField("Code postal", (Optional(), at_most(10)), filters=LINE)
    venue_city = StringField("Ville", (Optional(), at_most(120)), filters=LINE)

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    zone = "Europe/Paris"

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        self.starts_at = read_moment(self, "starts", self.zone)
        self.ends_at = read_moment(self, "ends", self.zone)
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            same_day = self.starts_date.data == self.ends_date.data
            field = self.ends_time if same_day else self.ends_date
            field.errors = [*field.errors, "La fin doit venir après le début."]
        return valid and not self.errors

    def place(self, venue: Venue) -> Venue:
        """The typed place; what the form does not ask is kept."""
        names = ("name", "address", "postcode", "city")
        return Venue(**vars(venue) | {name: self[f"venue_{name}"].data for name in names})


class MoveForm(DatesForm):
    with_sessions = BooleanField("Décaler aussi le programme et les créneaux", default=True)

    @classmethod
    def of(cls, event: Event, **options: Any) -> "MoveForm":
        form = cls(data=shown_dates(event), **options)
        form.zone = event.timezone
        for name in ("starts", "ends"):
            offer_if_repeated(form, name, event.timezone)
        return form


class DetailsForm(RevisionForm):
    """All that may change without telling anybody."""

    title = StringField("Titre", (DataRequired("Donnez un titre à l’événement."), at_most(200)), filters=LINE)
    summary = TextAreaField("Présentation en une ou deux phrases", (Optional(), at_most(500)), filters=LINE)
    description = TextAreaField("Présentation complète", (Optional(), MARKDOWN), filters=LINES)
    venue_access = TextAreaField("Accès", (Optional(), MARKDOWN), filters=LINES)
    contact_name = StringField("Personne ou service à contacter", (Optional(), at_most(200)), filters=LINE)
    contact_phone = TelField("Téléphone", (Optional(), at_most(40)), filters=LINE)
    contact_email = EmailField("Adresse électronique", (Optional(), EmailAddress()), filters=LINE)
    audience = RadioField(
        "Qui peut s’inscrire",
        choices=[
            SelectChoice(Audience.INVITED.value, "Les personnes invitées seulement"),
            SelectChoice(Audience.PUBLIC.value, "Tout le monde, depuis la page publique"),
        ],
        default=Audience.INVITED.value,
        validators=(InputRequired("Choisissez qui peut s’inscrire."),),
    )
    opens_date = DayField("Ouverture des inscriptions, date", (Optional(),))
    opens_time = HourField("Ouverture, heure", (Optional(),))
    opens_offset = OffsetField("Cette heure d’ouverture existe deux fois")
    closes_date = DayField("Clôture des inscriptions, date", (Optional(),))
    closes_time = HourField("Clôture, heure", (Optional(),))
    closes_offset = OffsetField("Cette heure de clôture existe deux fois")
    capacity = CountField("Nombre de places", (Optional(), PLACES))
    per_structure = CountField(
        "Places par structure", (Optional(), Between(1, 1_000_000, "Saisissez 1 au moins, ou laissez vide."))
    )
    release_date = DayField("Partage des places des structures, date", (Optional(),))
    release_time = HourField("Partage, heure", (Optional(),))
    release_offset = OffsetField("Cette heure de partage existe deux fois")
    waiting_list = BooleanField("Ouvrir une liste d’attente quand c’est complet", default=True)
    offer_hours = CountField(
        "Délai pour accepter une place libérée, en heures",
        (Optional(), Between(1, 8_760, "Saisissez un nombre d’heures entre 1 et 8 760.")),
    )
    changes_date = DayField("Fin des modifications, date", (Optional(),))
    changes_time = HourField("Fin des modifications, heure", (Optional(),))
    changes_offset = OffsetField("Cette heure de fin des modifications existe deux fois")
    cancellations_date = DayField("Fin des annulations, date", (Optional(),))
    cancellations_time = HourField("Fin des annulations, heure", (Optional(),))
    cancellations_offset = OffsetField("Cette heure de fin des annulations existe deux fois")

    moments: dict[str, datetime | None]
    zone = "Europe/Paris"

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        self.moments = {column: read_moment(self, name, self.zone) for name, column in MOMENTS.items()}
        opens_at, closes_at = self.moments["opens_at"], self.moments["closes_at"]
        if opens_at and closes_at and closes_at <= opens_at:
            sentence = "La clôture des inscriptions doit venir après leur ouverture."
            self.closes_date.errors = [*self.closes_date.errors, sentence]
        return valid and not self.errors

    def validate_contact_phone(self, field: Any) -> None:
        try:
            field.data = normal_phone(field.data) if field.data else ""
        except ValueError as refusal:
            raise ValidationError(str(refusal)) from None

    def facts(self, venue: Venue) -> dict[str, Any]:
        """Columns of Event."""
        names = (
            "title", "summary", "description", "contact_name", "contact_phone", "contact_email",
            "capacity", "per_structure", "waiting_list", "offer_hours",
        )  # fmt: skip
        return {name: self[name].data for name in names} | {
            "venue": Venue(**vars(venue) | {"access": self.venue_access.data}),
            "audience": Audience(self.audience.data),
            **self.moments,
        }

    @classmethod
    def of(cls, event: Event, **options: Any) -> "DetailsForm":
        form = cls(data=shown_details(event), **options)
        form.zone = event.timezone
        for name in MOMENTS:
            offer_if_repeated(form, name, event.timezone)
        return form


class EventForm(DatesForm, DetailsForm):
    """A draft: everything at once."""

    timezone = SelectField("Fuseau horaire", choices=choices_of(ZONES), default="Europe/Paris")
    zones = ZONES

    def validate(self, extra_validators: Any = None) -> bool:
        self.zone = self.timezone.data if self.timezone.data in self.zones else "Europe/Paris"
        return super().validate(extra_validators)

    def facts(self, venue: Venue) -> dict[str, Any]:
        facts = super().facts(self.place(venue))
        return facts | {"timezone": self.zone, "starts_at": self.starts_at, "ends_at": self.ends_at}

    @classmethod
    def of(cls, event: Event, **options: Any) -> "EventForm":
        data = shown_details(event) | shown_dates(event) | {"timezone": event.timezone}
        form = cls(data=data, **options)
        form.offer_zone(event.timezone)
        for name in (*MOMENTS, "starts", "ends"):
            offer_if_repeated(form, name, event.timezone)
        return form

    def offer_zone(self, zone: str) -> None:
        """An imported event may be in another zone than those of the list."""
        self.zones = {**ZONES} | ({} if zone in ZONES else {zone: zone})
        self.timezone.choices = choices_of(self.zones)


class NewEventForm(EventForm):
    organisation = SelectField("Organisation", coerce=str)
    slug = StringField("Adresse de la page", (Optional(), at_most(80), SLUG), filters=LINE)


def shown_dates(event: Event) -> dict[str, Any]:
    places = {f"venue_{name}": getattr(event.venue, name) for name in ("name", "address", "postcode", "city")}
    zone = event.timezone
    return show_moment(event.starts_at, "starts", zone) | show_moment(event.ends_at, "ends", zone) | places


def shown_details(event: Event) -> dict[str, Any]:
    zone = event.timezone
    return {
        **{name: getattr(event, name) for name in (
            "revision", "title", "summary", "description", "contact_name", "contact_phone", "contact_email",
            "capacity", "per_structure", "waiting_list", "offer_hours",
        )},
        "contact_phone": phone(event.contact_phone),
        "audience": event.audience.value,
        "venue_access": event.venue.access,
        **{key: value for name, column in MOMENTS.items()
           for key, value in show_moment(getattr(event, column), name, zone).items()},
    }  # fmt: skip
