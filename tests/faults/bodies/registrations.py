"""What people send who register and who manage their registration."""

from typing import Any

from tests.factories import number
from tests.faults.bodies.people import person, registering
from tests.faults.rows import Rows


def _group(side: Rows) -> dict[str, Any]:
    """Two people, the second of whom is registered already."""
    known = side.registration
    people = [person(), {"first_name": known.first_name, "last_name": known.last_name, "email": known.email}]
    parts = ("first_name", "last_name", "email")
    sent = {f"person-{n}-{part}": people[n - 1][part] for n in (1, 2) for part in parts}
    sent |= {f"person-{n}-category": side.category.slug for n in (1, 2)}
    return sent | {"contact_name": "Anne Roy", "contact_email": "anne.roy@mairie.example", "organization": "Mairie"}


BODIES: dict[str, Any] = {
    "registrations.create": lambda side: registering(side) | {"key": f"cle-{next(number)}"},
    "registrations.create_party": lambda side: _group(side) | {"key": f"cle-{next(number)}", "rule": "fitting"},
    "registrations.add_people": _group,
    "registrations.change_details": registering,
    "registrations.change_wishes": lambda side: {"sessions": side.rival.slug},
    "registrations.choose_calendar": lambda _side: {"wish": "sessions"},
    "registrations.change_sessions": lambda _side: {"sessions": ""},
    "registrations.check_details": registering,
    "registrations.check_sessions": lambda _side: {"sessions": ""},
    "registrations.correct_details": registering,
    "registrations.check_transfer": lambda _side: person(),
    "registrations.correct_transfer": lambda _side: person(),
    "registrations.pass_on": lambda _side: person(),
    "registrations.take_back": lambda _side: {"kind": "cancel"},
    "registrations.send_links": lambda side: {"email": side.registration.email},
    "registrations.withdraw": lambda _side: {"choice": "cancel", "reason": "Empêchée"},
}  # fmt: skip
