"""Events that everybody may begin from: hours that fit together, titles to be rewritten, nobody's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from eventapp.agenda.models import BookingMode, Kind

SOME_DAY = "2027-01-14"
PLENARY, WORKSHOPS = "Salle plénière", ("Salle 1", "Salle 2", "Salle 3")
AGENTS, PARTNERS = "Agents France services", "Partenaires et institutions"
LUNCH = {"slug": "dejeuner", "label": "Déjeunez-vous sur place ?", "kind": "yes_no", "required": True}
ASKED = {"slug": "question", "label": "Une question à poser aux intervenants ?", "kind": "text"}

Line = tuple[int, Kind, str]  # minutes, kind, title; several titles at once are parted by « | »


@dataclass(frozen=True)
class Starter:
    key: str
    name: str
    about: str
    file: dict[str, Any]


def _sessions(begins: str, lines: Sequence[Line], *, rooms: bool) -> list[dict[str, Any]]:
    """One after the other; those at once are each in a room of their own, to be booked."""
    found: list[dict[str, Any]] = []
    starts = datetime.fromisoformat(f"{SOME_DAY}T{begins}")
    for minutes, kind, titles in lines:
        ends = starts + timedelta(minutes=minutes)
        parallel = titles.split(" | ")
        for place, title in enumerate(parallel):
            several = len(parallel) > 1
            room = f"salle-{place + 1}" if several else "salle-pleniere"
            found.append(
                {
                    "slug": f"{kind.value.replace('_', '-')}-{len(found) + 1}",
                    "title": title,
                    "kind": kind.value,
                    "starts_at": starts.isoformat(timespec="minutes"),
                    "ends_at": ends.isoformat(timespec="minutes"),
                    "room": room if rooms and not kind.is_pause else None,
                    "booking": (BookingMode.OPTIONAL if several else BookingMode.NONE).value,
                    "capacity": 40 if several else None,
                }
            )
        starts = ends
    return found


def _file(
    title: str, summary: str, begins: str, lines: Sequence[Line], *, rooms: int = 0, **more: Any
) -> dict[str, Any]:
    """`rooms`: how many beside the one where everybody meets; without any, people meet online."""
    sessions = _sessions(begins, lines, rooms=rooms > 0)
    places = [{"slug": "salle-pleniere", "name": PLENARY, "capacity": 200}] if rooms else []
    places += [
        {"slug": f"salle-{n}", "name": name, "capacity": 40} for n, name in enumerate(WORKSHOPS[: max(0, rooms - 1)], 1)
    ]
    return {
        "format": 1,
        "organisation": {"slug": "modele", "name": "Modèle"},
        "slug": "modele",
        "title": title,
        "summary": summary,
        "starts_at": sessions[0]["starts_at"],
        "ends_at": sessions[-1]["ends_at"],
        "rooms": places,
        "sessions": sessions,
        **more,
    }


CATEGORIES = [
    {"slug": "agents", "name": AGENTS, "capacity": 150},
    {"slug": "partenaires", "name": PARTNERS, "capacity": 50},
]
BY_INVITATION = {"audience": "invited", "capacity": 200, "per_structure": 2, "waiting_list": True, "offer_hours": 48}
REGIONAL = (
    (30, Kind.WELCOME, "Accueil café"),
    (15, Kind.OPENING, "Ouverture de la journée"),
    (45, Kind.PLENARY, "La démarche France services et son déploiement"),
    (60, Kind.ROUND_TABLE, "Table ronde\u00a0: l’accueil des usagers en situation de vulnérabilité"),
    (15, Kind.BREAK, "Pause"),
    (45, Kind.ROUND_TABLE, "Table ronde\u00a0: le réseau et ses partenaires"),
    (90, Kind.MEAL, "Déjeuner"),
    (90, Kind.WORKSHOP, "Atelier 1 | Atelier 2 | Atelier 3"),
    (15, Kind.BREAK, "Pause"),
    (30, Kind.REPORT_BACK, "Restitution des ateliers"),
    (15, Kind.CLOSING, "Clôture de la journée"),
)
WORKSHOP_DAY = (
    (30, Kind.WELCOME, "Accueil café"),
    (15, Kind.OPENING, "Présentation des ateliers"),
    (75, Kind.WORKSHOP, "Atelier 1 | Atelier 2 | Atelier 3"),
    (20, Kind.BREAK, "Pause"),
    (75, Kind.WORKSHOP, "Atelier 1, second tour | Atelier 2, second tour | Atelier 3, second tour"),
    (15, Kind.CLOSING, "Clôture"),
)
DEPARTMENT = (
    (30, Kind.WELCOME, "Accueil café"),
    (15, Kind.OPENING, "Mot de bienvenue"),
    (45, Kind.TALK, "Actualités du réseau dans le département"),
    (45, Kind.ROUND_TABLE, "Table ronde\u00a0: paroles d’agents"),
    (30, Kind.DISCUSSION, "Échanges avec la salle"),
    (15, Kind.CLOSING, "Clôture"),
)
ONLINE = (
    (10, Kind.WELCOME, "Accueil et tests du son"),
    (40, Kind.TALK, "Présentation du sujet"),
    (30, Kind.DISCUSSION, "Questions et réponses"),
    (10, Kind.CLOSING, "Conclusion"),
)
STARTERS = {
    starter.key: starter
    for starter in (
        Starter(
            "journee-regionale", "Journée régionale", "Plénière, deux tables rondes, trois ateliers l’après-midi.",
            _file("Rencontres régionales France services", "Une journée pour réunir le réseau de la région.", "09:00",
                  REGIONAL, rooms=4, categories=CATEGORIES, questions=[LUNCH, ASKED], registration=BY_INVITATION),
        ),
        Starter(
            "matinee-ateliers", "Matinée d’ateliers", "Trois ateliers, deux tours\u00a0: chacun en suit deux.",
            _file("Matinée d’ateliers", "Trois ateliers pour travailler ensemble.", "09:00", WORKSHOP_DAY, rooms=4,
                  registration=BY_INVITATION | {"capacity": 120}),
        ),
        Starter(
            "reunion-departementale", "Réunion départementale", "Une matinée\u00a0: actualités, table ronde, échanges.",
            _file("Réunion départementale France services", "Le réseau du département se retrouve.", "09:00",
                  DEPARTMENT, rooms=1, registration=BY_INVITATION | {"capacity": 80}),
        ),
        Starter(
            "webinaire", "Webinaire", "Une heure et demie en ligne, ouverte à tous.",
            _file("Webinaire", "Une heure et demie en ligne sur un sujet.", "10:00", ONLINE, questions=[ASKED],
                  registration={"audience": "public", "waiting_list": True}),
        ),
    )
}  # fmt: skip
