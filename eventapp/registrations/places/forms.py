"""One structure and its own number of places."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired

from eventapp.events.fields import Between, CountField
from eventapp.events.forms import LINE, at_most
from eventapp.extensions import db
from eventapp.network.models import Structure
from eventapp.network.search import match_structure
from eventapp.registrations.places.allowances import MOST


class AllowanceForm(FlaskForm):
    structure = StringField(
        "Structure",
        filters=LINE,
        validators=[DataRequired("Dites de quelle structure il s’agit."), at_most(400)],
        render_kw={"list": "structures", "autocomplete": "off"},
    )
    places = CountField(
        "Nombre de places",
        validators=[
            InputRequired("Dites combien de places elle peut avoir."),
            Between(0, MOST, "Saisissez un nombre entre 0 et 1 000 000."),
        ],
    )

    found: Structure | None = None

    def validate_structure(self, field: Any) -> None:
        self.found = match_structure(db.session(), field.data or "")
        if self.found is None:
            raise ValidationError(
                "Aucune structure ne porte ce nom, ou plusieurs. Choisissez-la dans la liste, avec sa commune, ou "
                "écrivez son numéro."
            )
