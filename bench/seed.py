"""What the measured site holds: the demonstration, and one large public meeting of forty sessions."""

from datetime import timedelta
from typing import Any

from eventapp.clock import utcnow
from eventapp.demonstration import building
from eventapp.exchange import applying, reading
from eventapp.extensions import db

SLUG = "rencontre-mesuree"
SLOTS, ROOMS = 10, 4
WORKSHOPS = (3, 6, 8)  # the slots in which people choose one session of four
PLENTY = 1_000_000  # places that never run out
SMALL = 25  # places of each slot's first workshop, soon all taken; the others never are
QUESTIONS = [
    {"slug": "dejeuner", "label": "Déjeunez-vous sur place ?", "kind": "yes_no", "required": True},
    {
        "slug": "regime",
        "label": "Régime alimentaire",
        "kind": "choice",
        "choices": ["Standard", "Végétarien", "Me contacter"],
        "sensitive": True,
        "shown_if": {"question": "dejeuner", "is": True},
    },
    {"slug": "attentes", "label": "Qu’attendez-vous de cette journée ?", "kind": "long_text"},
]


def plant(*, demonstration: bool) -> None:
    """In an application context, on an empty migrated database; committed. Without the demonstration's life (its
    invitations and replies), which takes its time and weighs nothing on what is measured, only its structures."""
    now = utcnow()
    if demonstration:
        building.build(now)
    else:
        building.import_structures(now)
    applying.import_file(reading.read(meeting()), publish=True, update=False, now=now - timedelta(days=1))
    db.session.commit()


def meeting() -> dict[str, Any]:
    """An event file, on a day two months ahead."""
    day = (utcnow() + timedelta(days=60)).date().isoformat()
    return {
        "format": 1,
        "organisation": {"slug": "sgar-hauts-de-france", "name": "SGAR Hauts-de-France", "region": "32"},
        "slug": SLUG,
        "title": "Rencontre de quarante sessions",
        "summary": "Une journée très remplie.",
        "description": "Une **journée** pour tout le réseau.\n\nLes ateliers sont à choisir en s’inscrivant.",
        "starts_at": f"{day}T09:00",
        "ends_at": f"{day}T17:00",
        "venue": {
            "name": "Grand Palais",
            "address": "1 boulevard des Cités-Unies",
            "postcode": "59000",
            "city": "Lille",
        },
        "registration": {"audience": "public", "capacity": PLENTY, "waiting_list": True},
        "categories": [{"slug": slug, "name": slug.capitalize()} for slug in ("conseillers", "partenaires", "invites")],
        "rooms": [{"slug": f"salle-{n}", "name": f"Salle {n}", "capacity": 300} for n in range(ROOMS)],
        "speakers": [
            {"slug": f"personne-{n}", "civility": "Mme", "first_name": "Jeanne", "last_name": f"Martin {n}"}
            for n in range(SLOTS)
        ],
        "sessions": [_session(day, slot, room) for slot in range(SLOTS) for room in range(ROOMS)],
        "questions": QUESTIONS,
    }


def _session(day: str, slot: int, room: int) -> dict[str, Any]:
    begin, end = 9 * 60 + 45 * slot, 9 * 60 + 45 * (slot + 1)
    facts: dict[str, Any] = {
        "slug": f"session-{slot}-{room}",
        "title": f"Accompagner les usagers, {slot + 1}ᵉ heure, salle {room + 1}",
        "kind": "talk",
        "starts_at": f"{day}T{begin // 60:02}:{begin % 60:02}",
        "ends_at": f"{day}T{end // 60:02}:{end % 60:02}",
        "room": f"salle-{room}",
        "description": "Des **exemples** concrets, puis vos questions ; apportez les vôtres.",
        "speakers": [{"speaker": f"personne-{slot}", "role": "speaker"}],
    }
    if slot in WORKSHOPS:
        facts |= {"kind": "workshop", "booking": "optional", "capacity": PLENTY if room else SMALL}
    return facts
