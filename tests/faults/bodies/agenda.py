"""What the forms of a programme send."""

from typing import Any

from eventapp.agenda.conflicts import Conflict
from eventapp.agenda.editing import mark, mark_of_all
from eventapp.agenda.views.points import conflicts_of
from eventapp.exchange import drafting
from tests.faults.rows import Rows


def _session(side: Rows) -> dict[str, Any]:
    local = side.session.starts_at.astimezone(side.event.zone)
    return {
        "title": "Autre titre", "kind": "talk", "day": local.date().isoformat(), "starts": "14:00", "ends": "15:00",
        "room": side.room.slug, "booking": "optional", "capacity": "30", "description": "*Texte*",
        "online_url": "https://visio.example/1", "cast_order": "1", "cast_speaker": side.speaker.slug,
        "cast_role": "speaker", "cast_note": "",
    }  # fmt: skip


def _start(side: Rows, hour: str = "14:00") -> dict[str, str]:
    return {"day": side.session.starts_at.astimezone(side.event.zone).date().isoformat(), "starts": hour}


def _seen(side: Rows) -> str:
    return mark_of_all(drafting.plan(side.event).sessions)


def conflict(side: Rows) -> Conflict:
    """Two sessions at the same hour in the same room."""
    return conflicts_of(drafting.plan(side.event))[0]


def _speaker(_side: Rows) -> dict[str, Any]:
    names = {"civility": "Mme", "first_name": "Anne", "last_name": "Roy", "function": "préfète"}
    return names | {"organisation": "Préfecture", "biography": "*Texte*"}


BODIES: dict[str, Any] = {
    "agenda_organiser.add_room": lambda _side: {"name": "Salle Monet", "capacity": "40", "accessibility": "Plain-pied"},
    "agenda_organiser.room": lambda _side: {"name": "Salle Manet", "capacity": "41", "accessibility": "Rampe"},
    "agenda_organiser.add_rows": _session,
    "agenda_organiser.add_rows_to_new_session": _session,
    "agenda_organiser.add_session": _session,
    "agenda_organiser.edit_session": lambda side: _session(side) | {"seen": mark(side.session)},
    "agenda_organiser.do_move_session": lambda side: _start(side) | {"room": "", "seen": mark(side.session)},
    "agenda_organiser.do_copy_session": lambda side: _start(side) | {
        "room": "", "count": "2", "pause": "10", "seen": _seen(side),
    },
    "agenda_organiser.add_half_day": lambda side: _start(side) | {
        "source": "matinee-ateliers", "tracks": "2", "seen": _seen(side),
    },
    "agenda_organiser.do_shift": lambda side: _start(side, "00:00") | {
        "minutes": "10", "room": "", "seen": _seen(side),
    },
    "agenda_organiser.accept_conflict": lambda side: {"key": conflict(side).key},
    "agenda_organiser.reconsider_conflict": lambda side: {"key": conflict(side).key},
    "agenda_organiser.add_speaker": _speaker,
    "agenda_organiser.speaker": _speaker,
    "agenda_organiser.choices": lambda side: {
        "slots": side.session.starts_at.astimezone(side.event.zone).strftime("%Y-%m-%dT%H:%M")
    },
}  # fmt: skip
