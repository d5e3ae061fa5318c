"""When the event and its sessions were first announced to begin: what is at another hour since was rescheduled."""

from datetime import datetime

from sqlalchemy import select

from eventapp.errors import Refused
from eventapp.events.local_times import parse_iso
from eventapp.events.models import Event
from eventapp.exchange.models import Release
from eventapp.extensions import db


def announced(event: Event) -> dict[str, datetime]:
    """By the event's slug, and « session <slug> », as the first release said; empty when none was kept."""
    first = select(Release.file).where(Release.event_id == event.id).order_by(Release.number).limit(1)
    file = db.session.scalar(first) or {}
    said = {event.slug: file.get("starts_at")}
    said |= {f"session {session['slug']}": session["starts_at"] for session in file.get("sessions", [])}
    zone = file.get("timezone", event.timezone)
    found = {key: _instant(text, zone) for key, text in said.items() if text}
    return {key: instant for key, instant in found.items() if instant is not None}


def _instant(text: str, zone: str) -> datetime | None:
    try:
        return parse_iso(text, zone)
    except Refused:
        return None
