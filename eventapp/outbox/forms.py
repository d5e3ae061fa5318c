from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from eventapp.outbox import verdicts

TOO_LONG = "Ces en-têtes sont trop longs\u00a0: collez seulement le début du courriel, avant son texte."


class HeadersForm(FlaskForm):
    headers = TextAreaField(
        "En-têtes du courriel reçu",
        (DataRequired("Collez les en-têtes du courriel d’essai."), Length(max=verdicts.LONGEST, message=TOO_LONG)),
    )
