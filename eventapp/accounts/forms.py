"""What is typed to sign in, in the team and in the settings: shapes only."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length

from eventapp.accounts.models import ROLE_NAMES, Role
from eventapp.accounts.passwords import LONGEST

EMAIL = (DataRequired("Saisissez une adresse électronique."), Length(max=320, message="Cette adresse est trop longue."))
LONG_TEXT = Length(max=20_000, message="Ce texte dépasse 20 000 caractères.")
ACCESSIBILITY = ("non conforme", "partiellement conforme", "totalement conforme")
TEAM_ROLES = (Role.ORGANISER, Role.ADMINISTRATOR)
ROLE_CHOICES = [SelectChoice(role.value, ROLE_NAMES[role]) for role in TEAM_ROLES]


class PasswordSignInForm(FlaskForm):
    email = EmailField("Adresse électronique", EMAIL)
    password = PasswordField(
        "Mot de passe", (InputRequired("Saisissez votre mot de passe."), Length(max=1000, message="Trop long."))
    )
    next = HiddenField()


class LinkForm(FlaskForm):
    email = EmailField("Adresse électronique", EMAIL, id="link-email")


class EmptyForm(FlaskForm):
    """Only the CSRF token."""


class NameForm(FlaskForm):
    name = StringField("Prénom et nom", (Length(max=200, message="200 caractères au plus."),))


class PasswordForm(FlaskForm):
    current = PasswordField("Mot de passe actuel")
    password = PasswordField(
        "Nouveau mot de passe",
        (
            InputRequired("Choisissez un mot de passe."),
            Length(max=LONGEST, message=f"{LONGEST} caractères au plus."),
        ),
    )
    again = PasswordField(
        "Le même, encore une fois",
        (
            InputRequired("Saisissez encore une fois le mot de passe."),
            EqualTo("password", "Les deux mots de passe diffèrent."),
        ),
    )


class ColleagueForm(FlaskForm):
    email = EmailField("Adresse électronique", EMAIL)
    name = StringField("Prénom et nom", (Length(max=200, message="200 caractères au plus."),))
    role = SelectField("Rôle", choices=ROLE_CHOICES, validators=(InputRequired("Choisissez un rôle."),))


class RoleForm(FlaskForm):
    role = RadioField("Rôle", choices=ROLE_CHOICES, validators=(InputRequired("Choisissez un rôle."),))
    reads_sensitive = BooleanField("Lire les réponses sensibles")


class SettingsForm(FlaskForm):
    name = StringField(
        "Nom de l’organisation",
        (DataRequired("Saisissez un nom."), Length(max=200, message="200 caractères au plus.")),
    )
    contact_name = StringField("Personne ou service à contacter", (Length(max=200, message="200 caractères au plus."),))
    phone = TelField("Téléphone", (Length(max=40, message="Ce numéro est trop long."),))
    email = EmailField("Adresse électronique", EMAIL)
    consent_notice = TextAreaField("Information au-dessus du bouton d’inscription", (LONG_TEXT,))
    legal_notice = TextAreaField("Mentions légales", (LONG_TEXT,))
    privacy_notice = TextAreaField("Données personnelles", (LONG_TEXT,))
    accessibility_status = SelectField(
        "État de conformité au RGAA",
        choices=[SelectChoice(status, status.capitalize()) for status in ACCESSIBILITY],
        validators=(InputRequired("Choisissez un état."),),
    )
    accessibility_statement = TextAreaField("Déclaration d’accessibilité", (LONG_TEXT,))
