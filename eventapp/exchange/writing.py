"""EventFile → JSON: every key is written, empty ones too, so that a reader sees what exists."""

import json
from datetime import datetime
from typing import Any

from eventapp.events.local_times import to_iso
from eventapp.events.models import SessionChoice
from eventapp.exchange.event_file import FORMAT, EventFile, QuestionPart, RoomPart, SessionPart

OWN_OF_QUESTION = ("help", "consent", "kept_days")


def as_text(file: EventFile) -> str:
    return json.dumps(as_dict(file), ensure_ascii=False, indent=1) + "\n"


def as_dict(file: EventFile) -> dict[str, Any]:
    zone = file.timezone
    return {
        "format": FORMAT,
        "organisation": vars(file.organisation),
        "slug": file.slug,
        "title": file.title,
        "summary": file.summary,
        "description": file.description,
        "timezone": zone,
        "starts_at": to_iso(file.starts_at, zone),
        "ends_at": to_iso(file.ends_at, zone),
        "venue": vars(file.venue),
        "contact": vars(file.contact),
        "registration": _registration(file),
        "categories": [vars(category) for category in file.categories],
        "rooms": [_room(room) for room in file.rooms],
        "speakers": [vars(speaker) for speaker in file.speakers],
        "sessions": [_session(session, zone) for session in file.sessions],
        "choice_required": list(file.choice_required),
        "questions": [_question(question) for question in file.questions],
        "report": file.report,
        "status": file.status.value,
    }


# Ours, beside the published format: written only where there is something to say.
OWN = frozenset(
    {"per_structure_until", "structures", "changes_until", "cancellations_until", "session_choice", "wishes_close_at"}
)


def _registration(file: EventFile) -> dict[str, Any]:
    part, zone = file.registration, file.timezone
    facts = vars(part) | {
        "audience": part.audience.value,
        "structures": [vars(structure) for structure in part.structures],
        "session_choice": "" if part.session_choice is SessionChoice.FIRST_COME else part.session_choice.value,
    }
    return {
        key: to_iso(value, zone) if isinstance(value, datetime) else value
        for key, value in facts.items()
        if key not in OWN or value
    }


def _room(room: RoomPart) -> dict[str, Any]:
    """`accessibility` is ours, as those are."""
    return {key: value for key, value in vars(room).items() if key != "accessibility" or value}


def _session(session: SessionPart, zone: str) -> dict[str, Any]:
    return vars(session) | {
        "kind": session.kind.value,
        "booking": session.booking.value,
        "starts_at": to_iso(session.starts_at, zone),
        "ends_at": to_iso(session.ends_at, zone),
        "speakers": [vars(part) | {"role": part.role.value} for part in session.speakers],
    }


def _question(question: QuestionPart) -> dict[str, Any]:
    """`help`, `consent` and `kept_days` are ours, as `accessibility` is."""
    facts = vars(question) | {"kind": question.kind.value, "choices": list(question.choices)}
    return {key: value for key, value in facts.items() if key not in OWN_OF_QUESTION or value not in ("", None)}
