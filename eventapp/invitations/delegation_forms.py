"""Whom a structure sends, one line for each; a structure's mailbox and places, as the organiser corrects them."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import EmailField, IntegerField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import AnyOf, DataRequired, InputRequired, NumberRange

from eventapp.addresses import EmailAddress
from eventapp.invitations.delegating import MOST_PLACES
from eventapp.invitations.models import Guest
from eventapp.registrations.groups.forms import PeopleForm, last_line, people_form
from eventapp.registrations.person_forms import cleaned

INVITE, REGISTER = "invite", "register"
WAYS = {INVITE: "Leur envoyer une invitation", REGISTER: "Répondre pour elles"}


class NamesForm(PeopleForm):
    """`way`: each answers alone, or all are registered at once."""

    @property
    def answers_for_them(self) -> bool:
        return bool(self["way"].data == REGISTER)


class StructureForm(FlaskForm):
    email = EmailField(
        "Adresse électronique",
        filters=[cleaned],
        validators=[DataRequired("Écrivez l’adresse de la structure."), EmailAddress()],
        render_kw={"autocomplete": "off", "inputmode": "email"},
    )
    places = IntegerField(
        "Nombre de places",
        validators=[
            InputRequired("Écrivez le nombre de places."),
            NumberRange(min=0, max=MOST_PLACES, message=f"Écrivez un nombre de places entre 0 et {MOST_PLACES}."),
        ],
    )

    @classmethod
    def of(cls, guest: Guest) -> "StructureForm":
        return cls(data={"email": guest.email, "places": guest.places})


def names_form(structure: Guest, left: int, sent: Iterable[str] = ()) -> NamesForm:
    """A line for each place that is left, and for each line that was sent."""
    last = last_line(sent)
    form: NamesForm = people_form(NamesForm, structure.event, max(left, last, 1), last, way=_way_field())
    return form


def _way_field() -> Any:
    missing = "Dites si ces personnes répondent elles-mêmes, ou si vous répondez pour elles."
    choices = [SelectChoice(way, words) for way, words in WAYS.items()]
    checks = [DataRequired(missing), AnyOf(list(WAYS), message=missing)]
    return RadioField("Comment répondent-elles ?", choices=choices, validate_choice=False, validators=checks)
