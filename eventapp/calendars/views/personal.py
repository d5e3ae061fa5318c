"""A person's own file and feed: what they attend. See `public` for what all calendars have in common."""

from typing import Any

from flask import Response, abort, request

from eventapp import access
from eventapp.calendars import files, stamps
from eventapp.calendars.entries import Row
from eventapp.calendars.views import public
from eventapp.calendars.views.public import ONLY_GET, bp
from eventapp.clock import utcnow
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.sessions import agenda as attended

PERSONAL = "private, max-age=0, must-revalidate"


@bp.route("/mon-inscription/<token>/agenda.ics", **ONLY_GET)
@access.token_holder
def agenda(token: str) -> Any:
    registration = _found(Registration.of_token(token))
    etag = _etag("agenda", registration)
    unchanged = unchanged_since(etag)
    if unchanged is not None:
        return unchanged
    found = registration.event
    content = files.agenda(found.title, rows_of(registration), attended.public_url, zone=found.timezone)
    return kept_private(public.attachment(content, f"mon-agenda-{found.slug}"), etag)


@bp.route("/agenda/<token>/<name>.ics", **ONLY_GET)
@access.token_holder
def feed(token: str, name: str) -> Any:  # noqa: ARG001 - for the reader: calendars show the last part of the address
    registration = _found(Registration.of_feed_token(token))
    etag = _etag("feed", registration)  # before the rest is read: a change in between is seen the next time
    unchanged = unchanged_since(etag)
    if unchanged is not None:
        return unchanged
    found = registration.event
    ended = registration.cancelled_at
    response = public.feed(found.title, rows_of(registration), zone=found.timezone, cancelled_at=ended)
    return kept_private(response, etag)


def _found(registration: Registration | None) -> Registration:
    return registration if registration is not None else abort(404)


def rows_of(registration: Registration) -> list[Row]:
    """What a confirmed person attends. Who gave up, or has no place yet, attends nothing; who was taken off the list
    still learns from their calendar that it is cancelled."""
    gave_up = registration.status is Status.CANCELLED and registration.cancelled_by == "person"
    if not registration.event.is_public or registration.confirmed_at is None or gave_up:
        return []
    return attended.rows(registration)


def unchanged_since(etag: str) -> Response | None:
    """304, before anything is built, when the client has this very version."""
    return kept_private(Response(status=304), etag) if request.if_none_match.contains(etag) else None


def kept_private(response: Response, etag: str) -> Response:
    response.headers["Cache-Control"] = PERSONAL
    response.set_etag(etag)
    return response


def _etag(kind: str, registration: Registration) -> str:
    event, now = registration.event, utcnow()
    return stamps.of_person(kind, registration.digest, registration.revision, event.revision, event.timezone, now=now)
