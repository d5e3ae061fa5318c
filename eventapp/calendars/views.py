"""Calendar addresses: files to download and feeds to subscribe to. GET and HEAD only, never compressed or limited."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, request

from eventapp import access, downloads, versions
from eventapp.agenda.models import Session
from eventapp.cache import cached_page
from eventapp.calendars import files
from eventapp.calendars.entries import Row
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.network.models import Region
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.sessions import agenda as attended

bp = Blueprint("calendars", __name__)

HOME_ZONE = "Europe/Paris"
ALL_EVENTS = "Rencontres régionales France services"
PERSONAL = "private, max-age=0, must-revalidate"
ONLY_GET: dict[str, Any] = {"methods": ["GET"], "provide_automatic_options": False}  # HEAD comes with GET


@bp.route("/evenements/<slug>/evenement.ics", **ONLY_GET)
@access.everyone
@cached_page(versions.of_calendar, compress=False)
def event(slug: str) -> Any:
    found = _event(slug)
    return _attachment(files.download(found, attended.public_url), found.slug)


@bp.route("/evenements/<slug>/sessions/<session_slug>.ics", **ONLY_GET)
@access.everyone
@cached_page(versions.of_calendar, compress=False)
def session(slug: str, session_slug: str) -> Any:
    found = db.first_or_404(Session.of(_event(slug)).where(Session.slug == session_slug))
    return _attachment(files.download(found, attended.public_url), found.slug)


@bp.route("/evenements/<slug>/calendrier.ics", **ONLY_GET)
@access.everyone
@cached_page(versions.of_calendar, compress=False)
def event_feed(slug: str) -> Any:
    found = _event(slug)
    sessions = db.session.scalars(Session.of(found)).all()
    return _feed(found.title, sessions or [found], zone=found.timezone)


@bp.route("/calendrier.ics", **ONLY_GET)
@access.everyone
@cached_page(versions.of_all_events, compress=False)
def everything() -> Any:
    return _feed(ALL_EVENTS, db.session.scalars(Event.visible()).all())


@bp.route("/regions/<region_slug>/calendrier.ics", **ONLY_GET)
@access.everyone
@cached_page(versions.of_all_events, compress=False)
def region(region_slug: str) -> Any:
    found = db.first_or_404(db.select(Region).where(Region.slug == region_slug))
    events = Event.visible().where(Event.organisation.has(region_code=found.code))
    return _feed(f"{ALL_EVENTS} – {found.name}", db.session.scalars(events).all())


@bp.route("/mon-inscription/<token>/agenda.ics", **ONLY_GET)
@access.token_holder
def agenda(token: str) -> Any:
    registration = _found(Registration.of_token(token))
    unchanged = _unchanged(registration)
    if unchanged is not None:
        return unchanged
    found = registration.event
    content = files.agenda(found.title, _rows(registration), attended.public_url, zone=found.timezone)
    return _personal(_attachment(content, f"mon-agenda-{found.slug}"), registration)


@bp.route("/agenda/<token>/<name>.ics", **ONLY_GET)
@access.token_holder
def feed(token: str, name: str) -> Any:  # noqa: ARG001 - for the reader: calendars show the last part of the address
    registration = _found(Registration.of_feed_token(token))
    unchanged = _unchanged(registration)
    if unchanged is not None:
        return unchanged
    found = registration.event
    ended = registration.cancelled_at
    response = _feed(found.title, _rows(registration), zone=found.timezone, cancelled_at=ended)
    return _personal(response, registration)


def _event(slug: str) -> Event:
    return db.first_or_404(Event.visible().where(Event.slug == slug))


def _found(registration: Registration | None) -> Registration:
    return registration if registration is not None else abort(404)


def _rows(registration: Registration) -> list[Row]:
    """What a confirmed person attends. Who gave up, or has no place yet, attends nothing; who was taken off the list
    still learns from their calendar that it is cancelled."""
    gave_up = registration.status is Status.CANCELLED and registration.cancelled_by == "person"
    if not registration.event.is_public or registration.confirmed_at is None or gave_up:
        return []
    return attended.rows(registration)


def _attachment(content: bytes, name: str) -> Response:
    return downloads.attachment(content, f"{name}.ics", files.CONTENT_TYPE)


def _feed(name: str, rows: Iterable[Row], *, zone: str = HOME_ZONE, cancelled_at: datetime | None = None) -> Response:
    content = files.feed(name, rows, attended.public_url, zone=zone, now=utcnow(), cancelled_at=cancelled_at)
    return Response(content, content_type=files.CONTENT_TYPE)


def _unchanged(registration: Registration) -> Response | None:
    """304, before anything is built, when the client has this very version."""
    response = Response(status=304)
    _personal(response, registration)
    return response if request.if_none_match.contains(_etag(registration)) else None


def _personal(response: Response, registration: Registration) -> Response:
    response.headers["Cache-Control"] = PERSONAL
    response.set_etag(_etag(registration))
    return response


def _etag(registration: Registration) -> str:
    """Of the revisions of all that the file holds, and of the day, with which cancelled entries leave."""
    found = registration.event
    today = utcnow().astimezone(found.zone).date()
    version = (versions.BUILD, request.endpoint, registration.digest, registration.revision, found.revision, today)
    return hashlib.blake2b(repr(version).encode(), digest_size=16).hexdigest()
