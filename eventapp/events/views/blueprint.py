"""What the organiser views of events share."""

from typing import Any

from flask import Blueprint, g, redirect, url_for

from eventapp.events.models import Event
from eventapp.extensions import db

bp = Blueprint("events_organiser", __name__)
EVENT = "/gestion/evenements/<slug>"


def find_event(slug: str) -> Event:
    """A stranger's event is a 404."""
    event: Event = db.first_or_404(Event.managed_by(g.user).where(Event.slug == slug))
    return event


def back_to(event: Event, endpoint: str = "events_organiser.edit") -> Any:
    return redirect(url_for(endpoint, slug=event.slug), 303)
