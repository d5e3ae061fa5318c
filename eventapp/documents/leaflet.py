"""The programme as a leaflet to hand out or to pin up: one or two sheets for a day, more for more."""

from collections.abc import Sequence
from typing import Any

import segno

from eventapp.agenda.models import Appearance, BookingMode, Kind, Session
from eventapp.agenda.programme import Day, Slot
from eventapp.documents import typesetting
from eventapp.events.models import Event
from eventapp.formats import (
    NBSP,
    duration,
    french_date,
    french_day_range,
    french_hours,
    french_time,
    person,
    phone,
    short_date,
    typo,
)
from eventapp.links import absolute
from eventapp.markdown import plain

# As the edges of the programme's pages: eventapp/static/css/theme.css.
EDGES = {
    Kind.ROUND_TABLE: "accent",
    Kind.WORKSHOP: "warm",
    Kind.VISIT: "warm",
    Kind.DISCUSSION: "plum",
    Kind.REPORT_BACK: "plum",
    Kind.OPENING: "ink",
    Kind.PLENARY: "ink",
    Kind.CLOSING: "ink",
}


def leaflet(event: Event, days: Sequence[Day]) -> dict[str, Any]:
    """All that it says; `pdf` then needs no database."""
    name, number, address = event.contact
    page = absolute("agenda.programme", slug=event.slug)
    return {
        "title": typo(event.title),
        "document": f"Programme{NBSP}: {typo(event.title)}",
        "organisation": event.organisation.name,
        "when": f"{_capital(french_day_range(event.starts_at, event.ends_at, event.zone))}, "
        f"{french_hours(event.starts_at, event.ends_at, event.zone)}",
        "where": event.venue.one_line,
        "cancelled": "Cette rencontre est annulée." if event.cancelled_at is not None else "",
        "days": [_day(event, day, is_named=len(days) > 1) for day in days],
        "contact": " · ".join(filter(None, (typo(name), phone(number), address))),
        "state": f"Programme au {short_date(event.updated_at, event.zone)}",
        "page": page,
        "code_says": "À jour sur",
        "code_alt": f"Code à scanner, qui ouvre {page}",
    }


def pdf(said: dict[str, Any]) -> bytes:
    code = segno.make(said["page"], error="m").svg_inline(border=0, dark="#000", light="#fff")
    return typesetting.pdf("leaflet.typ", said | {"code": code})


def _day(event: Event, day: Day, *, is_named: bool) -> dict[str, Any]:
    return {
        "title": _capital(french_date(day.date)) if is_named else "",
        "slots": [_slot(event, slot) for slot in day.slots],
    }


def _slot(event: Event, slot: Slot) -> dict[str, Any]:
    return {
        "time": french_time(slot.starts_at, event.zone),
        "duration": duration(slot.starts_at, slot.ends_at) if slot.is_even else "",
        "sessions": [_session(event, session, says_hours=not slot.is_even) for session in slot.sessions],
    }


def _session(event: Event, session: Session, *, says_hours: bool) -> dict[str, Any]:
    label = session.kind.label
    is_said = not session.kind.is_pause and label.lower() != session.title.lower()
    hours = french_hours(session.starts_at, session.ends_at, event.zone) if says_hours else ""
    return {
        "kind": label if is_said else "",
        "title": typo(session.title),
        "cancelled": "Annulé" if session.cancelled_at is not None else "",
        "pause": session.kind.is_pause,
        "edge": EDGES.get(session.kind, "line"),
        "facts": " · ".join(filter(None, (hours, session.room.name if session.room else "", _booking(session)))),
        "speakers": [_speaker(one) for one in session.appearances],
        "text": typo(plain(session.description)),
    }


def _booking(session: Session) -> str:
    """Never how many places are left, which paper does not know."""
    words = {BookingMode.REQUIRED: "sur réservation", BookingMode.OPTIONAL: "réservation possible"}
    return words[session.booking] if session.can_be_booked else ""


def _speaker(one: Appearance) -> dict[str, str]:
    speaker = one.speaker
    return {
        "name": f"{speaker.civility} {person(speaker)}".strip(),
        "what": "".join(f", {typo(text)}" for text in (speaker.function, speaker.organisation) if text)
        + (f" ({one.role.label.lower()})" if one.role.value != "speaker" else ""),
        "note": f" – {typo(one.note)}" if one.note else "",
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
