"""Identity and answers: what the registration form and the correction of one's details share."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, SelectMultipleField, StringField, TelField
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from eventapp.addresses import EmailAddress
from eventapp.errors import Refused
from eventapp.events.models import Category, Event
from eventapp.extensions import db
from eventapp.network.search import match_structure
from eventapp.registrations.people import Person
from eventapp.registrations.questions.consents import ConsentChanged, ask_again
from eventapp.registrations.questions.fields import Questions
from eventapp.text import normal_phone, one_line

SENT_TWICE = "Cette information a été envoyée plusieurs fois. Gardez-en une seule."
FORBIDDEN = "Ce texte contient un caractère interdit. Saisissez-le de nouveau."


def check_phone(_form: FlaskForm, field: Field) -> None:
    if field.data:
        try:
            field.data = normal_phone(field.data)
        except ValueError as refusal:
            raise ValidationError(str(refusal)) from None


def needed_beside(box: str) -> Any:
    """A text that ticking this box of the same form requires."""

    def check(form: FlaskForm, field: Any) -> None:
        if form[box].data and not field.data:
            raise ValidationError("Écrivez le motif.")

    return check


def length(most: int) -> Length:
    return Length(max=most, message=f"{most} caractères au plus.")


class PersonForm(FlaskForm):
    """Identity; subclassed for each event by `person_form`, which adds its category and its questions."""

    first_name = StringField(
        "Prénom",
        filters=[one_line],
        validators=[DataRequired("Écrivez votre prénom."), length(80)],
        render_kw={"autocomplete": "given-name"},
    )
    last_name = StringField(
        "Nom",
        filters=[one_line],
        validators=[DataRequired("Écrivez votre nom."), length(80)],
        render_kw={"autocomplete": "family-name"},
    )
    email = EmailField(
        "Adresse électronique",
        filters=[one_line],
        validators=[DataRequired("Écrivez votre adresse électronique."), EmailAddress()],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )
    phone = TelField("Téléphone", filters=[one_line], validators=[check_phone], render_kw={"autocomplete": "tel"})
    function = StringField(
        "Fonction", filters=[one_line], validators=[length(200)], render_kw={"autocomplete": "organization-title"}
    )
    organization = StringField(
        "Structure ou organisme",
        filters=[one_line],
        validators=[length(200)],
        render_kw={"autocomplete": "organization", "list": "structures"},
    )

    asked = SelectMultipleField(  # the slugs of the questions on the page; written by hand, as hidden inputs
        validate_choice=False, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    event: Event
    questions: Questions

    def validate(self, extra_validators: Any = None) -> bool:
        """Every fault at once: those of the fields, of the request as a whole, and of the answers."""
        sound = super().validate(extra_validators)
        sound = refuse_odd_values(self) and sound
        return self.questions.validate(self) and sound

    def person(self) -> Person:
        text = self.organization.data or ""
        structure = match_structure(db.session(), text)
        return Person(
            first_name=self.first_name.data or "",
            last_name=self.last_name.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            function=self.function.data or "",
            category=self.chosen_category(),
            structure=structure,
            organisation="" if structure else text,
        )

    def chosen_category(self) -> Category | None:
        """The only one when there is one; the chosen one when there are several."""
        categories = self.event.categories
        if len(categories) < 2:
            return categories[0] if categories else None
        wanted = self["category"].data
        return next((category for category in categories if category.slug == wanted), None)

    def answers(self) -> dict[str, Any]:
        return self.questions.answers(self)

    @property
    def consents(self) -> dict[str, str]:
        return self.questions.consents(self)

    def attach(self, refusal: Refused) -> None:
        """Show a verb's refusal at the control it is about."""
        if isinstance(refusal, ConsentChanged):
            ask_again(self, refusal.question)
        fields = {field.name: field for field in self}
        if refusal.field in fields:
            fields[refusal.field].errors = [str(refusal)]
        else:
            self.form_errors.append(str(refusal))


def refuse_odd_values(form: FlaskForm) -> bool:
    """What no browser sends: a character that no database keeps, several values for one control."""
    sound = True
    for field in form:
        values = [value for value in field.raw_data or [] if isinstance(value, str)]
        if any("\0" in value for value in values):
            field.errors, sound = [FORBIDDEN], False
        elif len(set(values)) > 1 and not hasattr(field.widget, "prefix_label"):
            field.errors, sound = [SENT_TWICE], False
    return sound
