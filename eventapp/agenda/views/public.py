"""The programme that everyone reads."""

from typing import Any

from flask import Blueprint, render_template

from eventapp import access, versions
from eventapp.agenda.models import Room, Speaker
from eventapp.agenda.programme import programme as days_of
from eventapp.cache import cached_page
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations.wishes.wish_slots import shown_places

bp = Blueprint("agenda", __name__)


@bp.get("/evenements/<slug>/programme")
@access.everyone
@cached_page(versions.of_event)
def programme(slug: str) -> Any:
    event = db.first_or_404(Event.visible().where(Event.slug == slug))
    return render_template(
        "agenda/programme.html",
        event=event,
        days=days_of(event),
        places=shown_places(event),
        speakers=db.session.scalars(Speaker.of(event).where(Speaker.biography != "")).all(),
        rooms=db.session.scalars(Room.of(event).where(Room.accessibility != "")).all(),
    )
