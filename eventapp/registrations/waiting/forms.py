"""Why a place is given by hand."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired

from eventapp.registrations.person_forms import cleaned, length


class PromotionForm(FlaskForm):
    reason = TextAreaField(
        "Motif",
        description="Il reste dans l’historique, avec votre nom. La personne ne le reçoit pas.",
        filters=[cleaned],
        validators=[DataRequired("Écrivez le motif."), length(500)],
        render_kw={"rows": 3},
    )
    over_limits = BooleanField("Donner la place au-delà des limites")
