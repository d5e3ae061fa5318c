"""What the forms of accounts and of an organisation send."""

from typing import Any

from tests.factories import number
from tests.faults.rows import Rows


def _settings(side: Rows) -> dict[str, Any]:
    return {
        "name": "Autre nom", "contact_name": "Accueil", "phone": "03 20 30 59 59", "email": side.organisation.email,
        "consent_notice": "Texte", "legal_notice": "Texte", "privacy_notice": "Texte",
        "accessibility_status": "non conforme", "accessibility_statement": "Texte",
    }  # fmt: skip


BODIES: dict[str, Any] = {
    "accounts.check_password": lambda _side: {"email": "a@sgar.example", "password": "x", "next": "/gestion/"},
    "accounts.send_link": lambda side: {"email": side.organiser.email},
    "accounts_organiser.change_password": lambda _side: {
        "current": "", "password": "une phrase assez longue", "again": "une phrase assez longue",
    },
    "accounts_organiser.change_role": lambda _side: {"role": "administrator"},
    "accounts_organiser.describe": _settings,
    "accounts_organiser.preview": _settings,
    "accounts_organiser.invite": lambda _side: {
        "email": f"collegue-{next(number)}@sgar.example", "name": "Léa", "role": "organiser",
    },
    "accounts_organiser.rename": lambda _side: {"name": "Autre Nom"},
}  # fmt: skip
