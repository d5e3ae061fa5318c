"""Why a place is given by hand."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from eventapp.registrations.person_forms import length
from eventapp.text import one_line


class PromotionForm(FlaskForm):
    reason = TextAreaField(
        "Motif",
        description="Il reste dans l’historique, avec votre nom. La personne ne le reçoit pas.",
        filters=[one_line],
        validators=[DataRequired("Écrivez le motif."), length(500)],
        render_kw={"rows": 3},
    )
    giving_up = SelectMultipleField(  # slugs of what the person holds at the same hour
        "À la même heure, la personne rend",
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    over_limits = BooleanField("Donner la place au-delà des limites")
