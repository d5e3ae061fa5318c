"""Whom a structure sends, one line for each; a structure's mailbox and places, as the organiser corrects them."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask_wtf import FlaskForm
from wtforms import EmailField, IntegerField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import AnyOf, DataRequired, InputRequired, NumberRange

from eventapp.addresses import EmailAddress
from eventapp.events.models import Wording
from eventapp.invitations.delegating import MOST_PLACES
from eventapp.invitations.models import Guest
from eventapp.registrations.groups.forms import PeopleForm, last_line, people_form
from eventapp.text import one_line

INVITE, REGISTER = "invite", "register"
NOBODY = "Nommez au moins une personne."


class Asking(NamedTuple):
    """How those who are named answer: the question, its two answers, and what is said to whoever gives none.
    `invite`: with a place for what the event sends."""

    question: str
    invite: str
    register: str
    missing: str


ONE = Asking(
    "Comment répond-elle ?",
    "Lui envoyer une {}",
    "Répondre pour elle",
    "Dites si cette personne répond elle-même, ou si vous répondez pour elle.",
)
SEVERAL = Asking(
    "Comment répondent-elles ?",
    "Leur envoyer une {}",
    "Répondre pour elles",
    "Dites si ces personnes répondent elles-mêmes, ou si vous répondez pour elles.",
)


class NamesForm(PeopleForm):
    """`way`: each answers alone, or all are registered at once."""

    def _complete(self) -> bool:
        """Where no line is filled, that is the one fault."""
        if any(field.data for line in self.lines for field in line.texts()):
            return super()._complete()
        for _part, field in self.lines[0].needed():
            field.errors = []
        self.lines[0].first_name.errors = [NOBODY]
        return False

    @property
    def answers_for_them(self) -> bool:
        return bool(self["way"].data == REGISTER)


class StructureForm(FlaskForm):
    email = EmailField(
        "Adresse électronique",
        filters=[one_line],
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
    count = max(left, last, 1)
    way = _way_field(ONE if count == 1 else SEVERAL, structure.event.wording)
    form: NamesForm = people_form(NamesForm, structure.event, count, last, way=way)
    return form


def _way_field(asking: Asking, wording: Wording) -> Any:
    choices = [SelectChoice(INVITE, asking.invite.format(wording.value)), SelectChoice(REGISTER, asking.register)]
    checks = [DataRequired(asking.missing), AnyOf([INVITE, REGISTER], message=asking.missing)]
    return RadioField(asking.question, choices=choices, validate_choice=False, validators=checks)
