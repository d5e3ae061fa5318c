"""What an organiser sends and decides about the programme of another file."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired

from eventapp.events.fields import choices_of

ADD, REPLACE = "add", "replace"


class AgendaFileForm(FlaskForm):
    file = FileField("Fichier du programme", (FileRequired("Choisissez un fichier."),))
    to_first_day = BooleanField("Ramener les dates à celles de l’événement")


class AgendaDecisionForm(FlaskForm):
    way = RadioField(
        "Que faire de ces sessions",
        (InputRequired("Choisissez d’ajouter ou de remplacer."),),
        choices=choices_of({ADD: "Ajouter au programme", REPLACE: "Remplacer le programme"}),
        default=ADD,
    )
