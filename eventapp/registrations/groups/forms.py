"""The form of a group: who registers it, one line for each person, what to do when places are short."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import AnyOf, DataRequired, Optional

from eventapp.addresses import EmailAddress
from eventapp.events.models import Category, Event
from eventapp.extensions import db
from eventapp.network.models import Structure
from eventapp.network.search import match_structure
from eventapp.registrations.forms import new_key, usable_key
from eventapp.registrations.groups.models import PartyRule
from eventapp.registrations.groups.parties import Contact
from eventapp.registrations.people import Person
from eventapp.registrations.person_forms import length, refuse_odd_values
from eventapp.text import one_line

MOST_PEOPLE, FIRST_LINES, MORE_LINES = 20, 3, 3
LINE = re.compile(r"person-([0-9]{1,4})-last_name")
NEEDED = {
    "first_name": "Écrivez le prénom de la personne {}.",
    "last_name": "Écrivez le nom de la personne {}.",
    "email": "Écrivez l’adresse de la personne {}.",
    "category": "Choisissez la catégorie de la personne {}.",
}
RULES = {
    PartyRule.ALL: "N’inscrire personne",
    PartyRule.FITTING: "Inscrire les personnes pour qui il reste une place",
}


@dataclass
class Line:
    """The fields of one person; the first line is needed, the others may stay empty."""

    number: int
    first_name: Field
    last_name: Field
    email: Field
    function: Field
    category: Field | None

    @property
    def is_used(self) -> bool:
        return self.number == 1 or any(text.data for text in self.texts())

    def texts(self) -> tuple[Field, ...]:
        return self.first_name, self.last_name, self.email, self.function

    def needed(self) -> Iterator[tuple[str, Field]]:
        fields = ((part, getattr(self, part)) for part in NEEDED)
        return ((part, one) for part, one in fields if one is not None)


class PeopleForm(FlaskForm):
    """So many lines; subclassed for each event and number of lines by `people_form`."""

    key = HiddenField()

    event: Event
    lines: list[Line]
    last_line: int  # that was sent: 0 for a blank form

    def validate(self, extra_validators: Any = None) -> bool:
        """Every fault at once."""
        sound = super().validate(extra_validators)
        sound = refuse_odd_values(self) and sound
        sound = self._complete() and sound
        sound = self._different() and sound
        if self.last_line > MOST_PEOPLE:
            self.form_errors.append(f"Un groupe compte {MOST_PEOPLE} personnes au plus. Inscrivez les autres ensuite.")
            return False
        return sound

    def people(self, structure: Structure | None = None, organisation: str = "") -> list[Person]:
        """In the order written, all of one structure."""
        used = (line for line in self.lines if line.is_used)
        return [self._person(line, structure, organisation) for line in used]

    @property
    def idempotency_key(self) -> str | None:
        return usable_key(self.key.data)

    def _person(self, line: Line, structure: Structure | None = None, organisation: str = "") -> Person:
        return Person(
            first_name=line.first_name.data or "",
            last_name=line.last_name.data or "",
            email=line.email.data or "",
            function=line.function.data or "",
            category=self._category(line),
            structure=structure,
            organisation=organisation,
        )

    def _category(self, line: Line) -> Category | None:
        """The only one when there is one; the chosen one when there are several."""
        categories = self.event.categories
        if line.category is None:
            return categories[0] if categories else None
        return next((category for category in categories if category.slug == line.category.data), None)

    def _complete(self) -> bool:
        """A line that is begun names a person, an address and, where the event has several, a category."""
        sound = True
        for line in self.lines:
            for part, field in line.needed() if line.is_used else ():
                is_given = self._category(line) is not None if part == "category" else bool(field.data)
                if not is_given and not field.errors:
                    field.errors, sound = [NEEDED[part].format(line.number)], False
        return sound

    def _different(self) -> bool:
        seen: dict[tuple[str, str], int] = {}
        sound = True
        for line in self.lines:
            if not line.is_used or not line.email.data:
                continue
            person = self._person(line)
            first = seen.setdefault((person.email_folded, person.name_folded), line.number)
            if first != line.number:
                line.last_name.errors, sound = [f"Cette personne est déjà la personne {first}."], False
        return sound


class PartyForm(PeopleForm):
    """Who registers the group, besides."""

    contact_name = StringField(
        "Prénom et nom",
        filters=[one_line],
        validators=[DataRequired("Écrivez votre prénom et votre nom."), length(200)],
        render_kw={"autocomplete": "name"},
    )
    contact_email = EmailField(
        "Adresse électronique",
        filters=[one_line],
        validators=[DataRequired("Écrivez votre adresse électronique."), EmailAddress()],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )
    organization = StringField(
        "Structure ou organisme",
        filters=[one_line],
        validators=[DataRequired("Écrivez le nom de votre structure ou de votre organisme."), length(200)],
        render_kw={"autocomplete": "organization", "list": "structures"},
    )

    def contact(self) -> Contact:
        text = self.organization.data or ""
        structure = match_structure(db.session(), text)
        return Contact(
            name=self.contact_name.data or "",
            email=self.contact_email.data or "",
            structure=structure,
            organisation="" if structure else text,
        )


def party_form(event: Event, sent: Iterable[str] = (), *, more: int = 0) -> PartyForm:
    """With as many lines as were sent (`sent`: the names of the fields), and `more`."""
    last = last_line(sent)
    form: PartyForm = people_form(PartyForm, event, (last or FIRST_LINES) + more, last, rule=_rule_field())
    return form


def last_line(sent: Iterable[str]) -> int:
    """The number of the last line that was sent; 0 for a blank form."""
    return max((int(found[1]) for name in sent if (found := LINE.fullmatch(name))), default=0)


def people_form(base: type[PeopleForm], event: Event, count: int, last: int, **more: Any) -> Any:
    """With `count` lines, and `more` fields below them."""
    count = min(MOST_PEOPLE, count)
    facts: dict[str, Any] = {"event": event, "last_line": last}
    for number in range(1, count + 1):
        facts |= {f"person-{number}-{part}": field for part, field in _line_fields(event, number).items()}
    form = type(base.__name__, (base,), facts | more)(data={"key": new_key()})
    form.lines = [_line(form, number) for number in range(1, count + 1)]
    return form


def _line_fields(event: Event, number: int) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "first_name": StringField("Prénom", **_typed("first_name", number, length(80))),
        "last_name": StringField("Nom", **_typed("last_name", number, length(80))),
        "email": EmailField("Adresse électronique", **_typed("email", number, EmailAddress(), inputmode="email")),
        "function": StringField("Fonction", **_typed("function", number, length(200))),
    }
    if len(event.categories) > 1:
        choices = [SelectChoice(category.slug, category.name) for category in event.categories]
        choices.insert(0, SelectChoice("", "Choisissez"))
        needed = [DataRequired(NEEDED["category"].format(number))] if number == 1 else []
        fields["category"] = SelectField("Catégorie", choices=choices, validate_choice=False, validators=needed)
    return fields


def _typed(part: str, number: int, *checks: Any, **attributes: str) -> dict[str, Any]:
    """The browser must not propose the facts of whoever types: these are other people."""
    is_needed = number == 1 and part in NEEDED
    first = DataRequired(NEEDED[part].format(number)) if is_needed else Optional()
    return {"filters": [one_line], "validators": [first, *checks], "render_kw": {"autocomplete": "off"} | attributes}


def _rule_field() -> Any:
    missing = "Dites que faire s’il n’y a pas de place pour tout le monde."
    choices = [SelectChoice(rule.value, words) for rule, words in RULES.items()]
    known = AnyOf([rule.value for rule in RULES], message=missing)
    label = "S’il n’y a pas de place pour tout le monde"
    return RadioField(label, choices=choices, validate_choice=False, validators=[DataRequired(missing), known])


def _line(form: PeopleForm, number: int) -> Line:
    fields = {field.name: field for field in form}
    parts = ("first_name", "last_name", "email", "function", "category")
    found: dict[str, Any] = {part: fields.get(f"person-{number}-{part}") for part in parts}
    return Line(number, **found)
