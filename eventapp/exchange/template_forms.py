"""What an organiser types about templates of events."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired

from eventapp.events.fields import DayField
from eventapp.events.forms import LINE, at_most


class TemplateNameForm(FlaskForm):
    name = StringField("Nom du modèle", (DataRequired("Donnez un nom au modèle."), at_most(120)), filters=LINE)


class KeepTemplateForm(TemplateNameForm):
    replaces = BooleanField("Remplacer le modèle de ce nom")


class StartForm(FlaskForm):
    """`key`: one for each page shown, so that two presses of the button begin one event."""

    key = HiddenField(validators=[at_most(32)])
    organisation = SelectField("Organisation", coerce=str)
    title = StringField("Titre", (DataRequired("Donnez un titre à l’événement."), at_most(200)), filters=LINE)
    starts_on = DayField("Date de début", (InputRequired("Choisissez la date de début."),))
