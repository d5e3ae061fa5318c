"""Calendar addresses: files to download and feeds to subscribe to. GET and HEAD only, never compressed or limited."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response

from eventapp import access, downloads, versions
from eventapp.agenda.models import Session
from eventapp.cache import cached_page
from eventapp.calendars import files
from eventapp.calendars.entries import Row
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.network.models import Region
from eventapp.registrations.sessions import agenda as attended

bp = Blueprint("calendars", __name__)

HOME_ZONE = "Europe/Paris"
ALL_EVENTS = "Rencontres régionales France services"
ONLY_GET: dict[str, Any] = {"methods": ["GET"], "provide_automatic_options": False}  # HEAD comes with GET


@bp.route("/evenements/<slug>/evenement.ics", **ONLY_GET)
@access.everyone
@cached_page(versions.of_calendar, compress=False)
def event(slug: str) -> Any:
    found = find_event(slug)
    return attachment(files.download(found, attended.public_url), found.slug)


@bp.route("/evenements/<slug>/sessions/<session_slug>.ics", **ONLY_GET)
@access.everyone
@cached_page(versions.of_calendar, compress=False)
def session(slug: str, session_slug: str) -> Any:
    found = db.first_or_404(Session.of(find_event(slug)).where(Session.slug == session_slug))
    return attachment(files.download(found, attended.public_url), found.slug)


@bp.route("/evenements/<slug>/calendrier.ics", **ONLY_GET)
@access.everyone
@cached_page(versions.of_calendar, compress=False)
def event_feed(slug: str) -> Any:
    found = find_event(slug)
    sessions = db.session.scalars(Session.of(found)).all()
    return feed(found.title, sessions or [found], zone=found.timezone)


@bp.route("/calendrier.ics", **ONLY_GET)
@access.everyone
@cached_page(versions.of_all_events, compress=False)
def everything() -> Any:
    return feed(ALL_EVENTS, db.session.scalars(Event.visible()).all())


@bp.route("/regions/<region_slug>/calendrier.ics", **ONLY_GET)
@access.everyone
@cached_page(versions.of_all_events, compress=False)
def region(region_slug: str) -> Any:
    found = find_region(region_slug)
    events = Event.visible().where(Event.organisation.has(region_code=found.code))
    return feed(f"{ALL_EVENTS} – {found.name}", db.session.scalars(events).all())


def find_event(slug: str) -> Event:
    return db.first_or_404(Event.visible().where(Event.slug == slug))


def find_region(slug: str) -> Region:
    return db.first_or_404(db.select(Region).where(Region.slug == slug))


def attachment(content: bytes, name: str) -> Response:
    return unlisted(downloads.attachment(content, f"{name}.ics", files.CONTENT_TYPE))


def feed(name: str, rows: Iterable[Row], *, zone: str = HOME_ZONE, cancelled_at: datetime | None = None) -> Response:
    content = files.feed(name, rows, attended.public_url, zone=zone, now=utcnow(), cancelled_at=cancelled_at)
    return unlisted(Response(content, content_type=files.CONTENT_TYPE))


def unlisted(response: Response) -> Response:
    """For calendars, not for search engines. Not said in robots.txt: Google's calendar obeys it too."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response
