"""What an organiser types about an event: shapes only. The event itself is in `event_forms.py`."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import HiddenInput

from eventapp.errors import Refused
from eventapp.events.fields import Between, CountField, DayField
from eventapp.text import many_lines, one_line

LINE, LINES = (one_line,), (many_lines,)
MARKDOWN = Length(max=50_000, message="Ce texte dépasse 50 000 caractères.")
PLACES = Between(0, 1_000_000, "Saisissez un nombre entre 0 et 1 000 000.")
SLUG = Regexp(r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", message="Minuscules sans accent, chiffres et traits d’union seulement.")


def at_most(limit: int) -> Length:
    return Length(max=limit, message=f"{limit} caractères au plus.")


class EmptyForm(FlaskForm):
    """Only the CSRF token."""


class RevisionForm(FlaskForm):
    """`revision`: the one that was shown; another means that a colleague was quicker."""

    revision = IntegerField(widget=HiddenInput(), validators=(Optional(), NumberRange(0, 2**31 - 1)))


class CategoryForm(FlaskForm):
    name = StringField("Nom", (DataRequired("Donnez un nom à la catégorie."), at_most(120)), filters=LINE)
    capacity = CountField("Nombre de places", (Optional(), PLACES))


class CancelForm(FlaskForm):
    reason = TextAreaField(
        "Motif", (DataRequired("Dites pourquoi\u00a0: les inscrits le liront."), at_most(500)), filters=LINE
    )


class DuplicateForm(FlaskForm):
    title = StringField("Titre de la copie", (DataRequired("Donnez un titre."), at_most(200)), filters=LINE)
    slug = StringField("Adresse de sa page", (Optional(), at_most(80), SLUG), filters=LINE)
    starts_on = DayField("Nouvelle date de début", (InputRequired("Choisissez la nouvelle date de début."),))
    agenda = BooleanField("Le programme", default=True)
    rooms = BooleanField("Les salles", default=True)
    speakers = BooleanField("Les intervenants", default=True)
    categories = BooleanField("Les catégories de participants", default=True)
    questions = BooleanField("Les questions du formulaire d’inscription", default=True)
    letters = BooleanField("Les lettres et leurs pièces jointes", default=True)
    automatic = BooleanField("Les envois automatiques", default=True)
    guests = BooleanField("Les invités")


class ReportForm(RevisionForm):
    report = TextAreaField("Compte rendu", (Optional(), MARKDOWN), filters=LINES)


class FileForm(FlaskForm):
    file = FileField("Fichier d’événement", (FileRequired("Choisissez un fichier."),))


def point_at(form: FlaskForm, refusal: Refused) -> None:
    """A refusal of the verb, shown at the control that it is about, or above the form."""
    names = {"ends_at": "ends_time", "closes_at": "closes_date", "starts_at": "starts_time"}
    name = names.get(refusal.field or "", refusal.field or "")
    if name in form:
        form[name].errors = [*form[name].errors, str(refusal)]
    else:
        form.form_errors.append(str(refusal))
