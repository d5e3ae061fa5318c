"""What comes with a request, and the answer to it."""

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired

from eventapp.registrations.person_forms import length
from eventapp.registrations.self_service.models import RequestKind
from eventapp.text import one_line

LONGEST = 500


class MessageForm(FlaskForm):
    """Words for the team; a form that lost its summary of faults on the way is cut, never refused."""

    message = TextAreaField(
        "Message à l’équipe",
        filters=[lambda text: one_line(text)[:LONGEST]],
        render_kw={"rows": 3, "maxlength": LONGEST},
    )


class TakeBackForm(FlaskForm):
    kind = StringField(validators=[AnyOf([kind.value for kind in RequestKind])])


class AnswerForm(FlaskForm):
    answer = TextAreaField(
        "Réponse à la personne",
        filters=[one_line],
        validators=[DataRequired("Écrivez pourquoi\u00a0: la personne le lira."), length(LONGEST)],
        render_kw={"rows": 4},
    )
