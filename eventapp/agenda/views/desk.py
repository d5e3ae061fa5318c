"""The organiser's blueprint and how its views find their rows: always through the owner."""

from typing import Any

from flask import Blueprint, flash, g, redirect, url_for

from eventapp.agenda.models import Room, Session, Speaker
from eventapp.events.models import Event
from eventapp.extensions import db

bp = Blueprint("agenda_organiser", __name__)


def find_event(slug: str) -> Event:
    return db.first_or_404(Event.managed_by(g.user).where(Event.slug == slug))


def find_session(slug: str, session_slug: str) -> Session:
    return db.first_or_404(Session.of(find_event(slug)).where(Session.slug == session_slug))


def find_room(slug: str, room_slug: str) -> Room:
    return db.first_or_404(Room.of(find_event(slug)).where(Room.slug == room_slug))


def find_speaker(slug: str, speaker_slug: str) -> Speaker:
    return db.first_or_404(Speaker.of(find_event(slug)).where(Speaker.slug == speaker_slug))


def rooms_of(event: Event) -> list[Room]:
    return list(db.session.scalars(Room.of(event)))


def speakers_of(event: Event) -> dict[str, Speaker]:
    """By slug, in protocol order."""
    return {speaker.slug: speaker for speaker in db.session.scalars(Speaker.of(event))}


def back_to(endpoint: str, event: Event, sentence: str, **values: Any) -> Any:
    """After a change: say what was done, on the page it shows on."""
    flash(sentence, "success")
    return redirect(url_for(f"agenda_organiser.{endpoint}", slug=event.slug, **values), 303)
