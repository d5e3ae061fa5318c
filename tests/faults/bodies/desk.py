"""What organisers send about registrations, places and questions."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from tests.faults.bodies.people import registering
from tests.faults.rows import Rows

BEYOND = {"over_limits": "y", "over_reason": "Elle l’anime"}


def _question(_side: Rows) -> dict[str, Any]:
    return {"label": "Venez-vous en train ?", "help": "Aide", "kind": "text", "choices": "", "condition": ""}


def people_file(category: str, last_name: str = "Durand") -> tuple[BytesIO, str]:
    text = f"Prénom;Nom;Courriel;Catégorie\r\nAnne;{last_name};a.durand@agents.example;{category}\r\n"
    return BytesIO(text.encode()), "inscrits.csv"


BODIES: dict[str, Any] = {
    "registrations_organiser.change_person_wishes": lambda side: {"sessions": side.rival.slug},
    "registrations_organiser.choose_mode": lambda side: {
        "session_choice": "wishes", "wishes_time": "12:00",
        "wishes_date": (side.event.local_start - timedelta(days=9)).date().isoformat(),
    },
    "registrations_organiser.draw_allocation": lambda _side: {"seed": "7"},
    "registrations_organiser.do_merge": lambda side: {"other": str(side.waiting.id), "address": "other"},
    "registrations_organiser.review_merge": lambda side: {"other": str(side.waiting.id), "address": "other"},
    "registrations_organiser.do_move": lambda side: {
        "de": side.session.slug,
        "vers": side.spare_session.slug,
        "inscriptions": str(side.registration.id),
    },
    "registrations_organiser.import_apply": lambda _side: {"tell": "y"} | BEYOND,
    "registrations_organiser.import_file": lambda side: {"file": people_file(side.category.name)},
    "registrations_organiser.review_many": lambda side: {"inscriptions": str(side.registration.id)},
    "registrations_organiser.write_note": lambda _side: {"note": "Arrive à 10 h"},
    "registrations_organiser.cancel_many": lambda side: {
        "inscriptions": str(side.registration.id), "reason": "Salle réduite", "message": "**Venez**", "tell": "y",
    },
    "registrations_organiser.change_details": registering,
    "registrations_organiser.change_sessions": lambda _side: {"sessions": ""},
    "registrations_organiser.create": lambda side: registering(side) | {"over_capacity": "y"} | BEYOND,
    "registrations_organiser.create_question": _question,
    "registrations_organiser.do_promote": lambda _side: {"reason": "Elle anime la table ronde"},
    "registrations_organiser.do_promote_in_session": lambda _side: {"reason": "Elle l’anime", "over_limits": "y"},
    "registrations_organiser.save_allowance": lambda side: {"structure": side.structure.id_fs, "places": "3"},
    "registrations_organiser.save_question": _question,
    "registrations_organiser.move_question": lambda _side: {"sens": "descendre"},
    "registrations_organiser.refuse_request": lambda _side: {"answer": "Les badges sont imprimés."},
    "registrations_organiser.withdraw": lambda _side: {"reason": "Doublon", "tell": "y"},
}  # fmt: skip
