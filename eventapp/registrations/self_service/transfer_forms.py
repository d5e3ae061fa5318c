"""Who comes instead: the form of passing one's place on."""

from flask_wtf import FlaskForm
from wtforms import EmailField, StringField
from wtforms.validators import DataRequired

from eventapp.addresses import EmailAddress
from eventapp.registrations.people import Colleague
from eventapp.registrations.person_forms import length
from eventapp.text import one_line


class ColleagueForm(FlaskForm):
    """Somebody else than who fills it in: the browser must not propose their own facts."""

    first_name = StringField(
        "Prénom",
        filters=[one_line],
        validators=[DataRequired("Écrivez le prénom de votre collègue."), length(80)],
        render_kw={"autocomplete": "off"},
    )
    last_name = StringField(
        "Nom",
        filters=[one_line],
        validators=[DataRequired("Écrivez le nom de votre collègue."), length(80)],
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(
        "Adresse électronique",
        filters=[one_line],
        validators=[DataRequired("Écrivez l’adresse de votre collègue."), EmailAddress()],
        render_kw={"autocomplete": "off", "inputmode": "email"},
    )
    function = StringField("Fonction", filters=[one_line], validators=[length(200)], render_kw={"autocomplete": "off"})

    def colleague(self) -> Colleague:
        return Colleague(
            first_name=self.first_name.data or "",
            last_name=self.last_name.data or "",
            email=self.email.data or "",
            function=self.function.data or "",
        )
