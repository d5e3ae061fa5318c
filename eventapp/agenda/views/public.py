"""The programme that everyone reads, a page for each of its sessions, and one for each of those who speak."""

from typing import Any

from flask import Blueprint, abort, render_template, request

from eventapp import access, versions
from eventapp.agenda import linked_data
from eventapp.agenda.filtering import select_from
from eventapp.agenda.happening import happening
from eventapp.agenda.models import Room, Session, Speaker
from eventapp.agenda.programme import programme as days_of
from eventapp.agenda.speakers import sessions_of
from eventapp.agenda.surroundings import surroundings
from eventapp.cache import cached_page
from eventapp.clock import utcnow
from eventapp.events.models import Audience, Event
from eventapp.exchange.announced import announced
from eventapp.extensions import db
from eventapp.registrations.sessions.session_places import SessionPlaces
from eventapp.registrations.wishes.wish_slots import shown_places

bp = Blueprint("agenda", __name__)


@bp.get("/evenements/<slug>/programme")
@access.everyone
@cached_page(versions.of_event)
def programme(slug: str) -> Any:
    """`?type=`, `?salle=`, `?intervenant=`: only the sessions of this kind, in this room, with this speaker."""
    event = _find(slug)
    sessions = db.session.scalars(Session.of(event)).all()
    selection = select_from(sessions, request.args)
    return render_template(
        "agenda/programme.html",
        event=event,
        selection=selection,
        days=days_of(event, selection.sessions),
        happening=happening(event, selection.sessions, now=utcnow()),
        places=shown_places(event),
        linked_data=linked_data.of_programme(event, sessions, announced(event)),
        speakers=db.session.scalars(Speaker.of(event).where(Speaker.biography != "")).all(),
        rooms=db.session.scalars(Room.of(event).where(Room.accessibility != "")).all(),
    )


# As for the calendar file of the same address: what neither answers to is refused, not answered by the other.
@bp.route("/evenements/<slug>/sessions/<session_slug>", methods=["GET"], provide_automatic_options=False)
@access.everyone
@cached_page(versions.of_event)
def session(slug: str, session_slug: str) -> Any:
    event, now = _find(slug), utcnow()
    around = surroundings(days_of(event), session_slug) or abort(404)
    places = {} if event.has_ended(now) else shown_places(event)
    return render_template(
        "agenda/session.html",
        event=event,
        session=around.session,
        around=around,
        happening=happening(event, [around.session], now=now),
        places=places,
        linked_data=linked_data.of_session(around.session, announced(event), left=_left(places, around.session)),
        takes_registrations=event.audience is Audience.PUBLIC and event.takes_registrations(now),
    )


@bp.get("/evenements/<slug>/intervenants/<speaker_slug>")
@access.everyone
@cached_page(versions.of_event)
def speaker(slug: str, speaker_slug: str) -> Any:
    """Of those whom the programme shows: one who was only noted for later is not announced by an address."""
    event = _find(slug)
    found = db.first_or_404(Speaker.of(event).where(Speaker.slug == speaker_slug))
    sessions = db.session.scalars(sessions_of(found)).all()
    if not sessions and not found.biography:
        abort(404)
    return render_template(
        "agenda/speaker.html",
        event=event,
        speaker=found,
        days=days_of(event, sessions),
        happening=happening(event, sessions, now=utcnow()),
    )


def _left(places: dict[int, SessionPlaces], session: Session) -> int | None:
    found = places.get(session.id)
    return None if found is None or found.by_wishes else found.left


def _find(slug: str) -> Event:
    """A draft or withdrawn event is a 404, also to its organisers: they have the preview."""
    return db.first_or_404(Event.visible().where(Event.slug == slug))
