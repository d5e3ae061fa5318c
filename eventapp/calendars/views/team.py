"""The organisers' calendar: all events of their organisation at a secret address, of one person each."""

from typing import Any

from flask import Response, abort

from eventapp import access
from eventapp.accounts import feeds
from eventapp.accounts.models import Membership
from eventapp.calendars import files, stamps
from eventapp.calendars.entries import Row
from eventapp.calendars.views.personal import kept_private, unchanged_since
from eventapp.calendars.views.public import HOME_ZONE, ONLY_GET, bp, unlisted
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.links import absolute
from eventapp.registrations.sessions.agenda import public_url


@bp.route("/agenda-equipe/<token>/<name>.ics", **ONLY_GET)
@access.token_holder
def team(token: str, name: str) -> Any:  # noqa: ARG001 - for the reader: calendars show the last part of the address
    membership = feeds.of_token(token) or abort(404)
    etag, events = _etag(membership), _events(membership)
    unchanged = unchanged_since(etag)
    if unchanged is not None:
        return unchanged
    title = f"{membership.organisation.name}, rencontres"
    content = files.team_feed(title, db.session.scalars(events), _address, zone=HOME_ZONE, now=utcnow())
    return kept_private(unlisted(Response(content, content_type=files.CONTENT_TYPE)), etag)


def _events(membership: Membership) -> Any:
    mine = Event.organisation_id == membership.organisation_id
    return db.select(Event).where(mine).order_by(Event.starts_at, Event.id)


def _address(row: Row) -> str:
    """The public page, or the desk while there is none: it asks to sign in."""
    if isinstance(row, Event) and not row.is_public:
        return absolute("statistics.desk", slug=row.slug)
    return public_url(row)


def _etag(membership: Membership) -> str:
    facts = db.select(db.func.count(Event.id), db.func.sum(Event.revision), db.func.max(Event.updated_at))
    counted = tuple(db.session.execute(facts.where(Event.organisation_id == membership.organisation_id)).one())
    return stamps.etag_of(
        "team", membership.feed_digest, membership.organisation.name, counted, utcnow().date(), utcnow().hour
    )
