"""What the organiser views of events share."""

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, url_for

from eventapp.errors import Refused
from eventapp.events.forms import EmptyForm
from eventapp.events.models import Event
from eventapp.extensions import db

bp = Blueprint("events_organiser", __name__)
EVENT = "/gestion/evenements/<slug>"


def find_event(slug: str) -> Event:
    """A stranger's event is a 404."""
    event: Event = db.first_or_404(Event.managed_by(g.user).where(Event.slug == slug))
    return event


def check_token() -> None:
    """For forms that hold nothing else."""
    if not EmptyForm().validate_on_submit():
        abort(400)


def refused(event: Event, refusal: Refused, endpoint: str = "events_organiser.edit") -> Any:
    """Nothing was done; the sentence is shown on the page that the organiser comes back to."""
    db.session.rollback()
    flash(str(refusal), "error")
    return back_to(event, endpoint)


def back_to(event: Event, endpoint: str = "events_organiser.edit") -> Any:
    return redirect(url_for(endpoint, slug=event.slug), 303)
