"""A person's own file and feed: what they attend. See `public` for what all calendars have in common."""

import hashlib
from typing import Any

from flask import Response, abort, request

from eventapp import access, versions
from eventapp.calendars import files
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
    unchanged = unchanged_since(_etag(registration))
    if unchanged is not None:
        return unchanged
    found = registration.event
    content = files.agenda(found.title, _rows(registration), attended.public_url, zone=found.timezone)
    return kept_private(public.attachment(content, f"mon-agenda-{found.slug}"), _etag(registration))


@bp.route("/agenda/<token>/<name>.ics", **ONLY_GET)
@access.token_holder
def feed(token: str, name: str) -> Any:  # noqa: ARG001 - for the reader: calendars show the last part of the address
    registration = _found(Registration.of_feed_token(token))
    unchanged = unchanged_since(_etag(registration))
    if unchanged is not None:
        return unchanged
    found = registration.event
    ended = registration.cancelled_at
    response = public.feed(found.title, _rows(registration), zone=found.timezone, cancelled_at=ended)
    return kept_private(response, _etag(registration))


def _found(registration: Registration | None) -> Registration:
    return registration if registration is not None else abort(404)


def _rows(registration: Registration) -> list[Row]:
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


def etag_of(*facts: object) -> str:
    return hashlib.blake2b(repr((versions.BUILD, request.endpoint, *facts)).encode(), digest_size=16).hexdigest()


def _etag(registration: Registration) -> str:
    """Of the revisions of all that the file holds, and of the day, with which cancelled entries leave."""
    found = registration.event
    today = utcnow().astimezone(found.zone).date()
    return etag_of(registration.digest, registration.revision, found.revision, today)
