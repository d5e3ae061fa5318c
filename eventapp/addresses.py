"""Addresses of electronic mail: one check for forms, files and commands. No DNS look-up."""

from typing import Any

from email_validator import EmailNotValidError, validate_email
from wtforms import ValidationError

from eventapp.text import one_line

LONGEST = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets


def normal_email(text: str) -> str:
    """The address as it will be written on the envelope. ValueError carries the French sentence."""
    address = one_line(text)
    if "@" not in address:
        raise ValueError("Il manque le «\u00a0@\u00a0» dans l’adresse électronique.")
    if len(address) > LONGEST:
        raise ValueError(f"L’adresse électronique dépasse {LONGEST} caractères.")
    try:
        return validate_email(address, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError:
        raise ValueError(
            "L’adresse électronique n’est pas valable. Exemple\u00a0: prenom.nom@france-services.example"
        ) from None


class EmailAddress:
    """A WTForms validator which also normalises the field's value."""

    def __call__(self, _form: Any, field: Any) -> None:
        try:
            field.data = normal_email(field.data or "")
        except ValueError as refusal:
            raise ValidationError(str(refusal)) from None
