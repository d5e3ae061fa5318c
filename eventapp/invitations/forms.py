"""The organiser's forms about guests; what a guest decides with their link."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from eventapp.addresses import EmailAddress
from eventapp.events.fields import decision
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations.models import Guest
from eventapp.network.search import match_structure
from eventapp.registrations.forms import RegistrationForm
from eventapp.registrations.people import Person
from eventapp.text import one_line


class GuestForm(FlaskForm):
    first_name = StringField("Prénom", filters=[one_line], validators=[Length(max=80)])
    last_name = StringField(
        "Nom", filters=[one_line], validators=[DataRequired("Écrivez le nom de la personne."), Length(max=80)]
    )
    email = StringField("Adresse électronique", filters=[one_line], validators=[DataRequired(), EmailAddress()])
    function = StringField("Fonction", filters=[one_line], validators=[Length(max=200)])
    organization = StringField("Structure ou organisme", filters=[one_line], validators=[Length(max=200)])
    category = SelectField("Catégorie", default="")

    def __init__(self, event: Event, guest: Guest | None = None, **prefilled: Any) -> None:
        if guest is not None:
            structure = guest.structure
            prefilled = {
                "first_name": guest.first_name,
                "last_name": guest.last_name,
                "email": guest.email,
                "function": guest.function,
                "organization": structure.full_label if structure else guest.organisation,
                "category": guest.category.slug if guest.category else "",
            }
        super().__init__(data=prefilled)
        self.event = event
        self.category.choices = [("", "À préciser par la personne"), *((c.slug, c.name) for c in event.categories)]

    @property
    def person(self) -> Person:
        structure = match_structure(db.session(), self.organization.data or "")
        return Person(
            first_name=self.first_name.data or "",
            last_name=self.last_name.data or "",
            email=self.email.data or "",
            function=self.function.data or "",
            structure=structure,
            organisation="" if structure else self.organization.data or "",
            category=next((c for c in self.event.categories if c.slug == self.category.data), None),
        )


class ImportForm(FlaskForm):
    file = FileField("Fichier des invités", validators=[FileRequired("Choisissez un fichier .csv, .xlsx ou .ods.")])


class DeclineForm(FlaskForm):
    reason = TextAreaField("Motif", filters=[one_line], validators=[Length(max=500)])


class OwnDeclineForm(DeclineForm):
    choice = decision("Votre réponse", {"decline": "Je ne viendrai pas", "keep": "Je ne décide pas encore"})


class NobodyComesForm(DeclineForm):
    choice = decision("Votre réponse", {"decline": "Personne ne viendra", "keep": "Nous ne décidons pas encore"})


class WithdrawalForm(FlaskForm):
    choice = decision("Votre choix", {"withdraw": "Retirer ce nom", "keep": "Garder ce nom"})


class AcceptForm(RegistrationForm):
    """All is filled in already: the one thing that nobody else can say is left to the guest."""

    comes = BooleanField("Je viendrai", validators=[DataRequired("Cochez «\u00a0Je viendrai\u00a0» pour accepter.")])
