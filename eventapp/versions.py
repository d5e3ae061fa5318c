"""What each cached public answer depends on (see eventapp/cache.py): a few indexed queries, no rendering."""

from collections.abc import Iterable
from datetime import datetime

from eventapp.accounts.models import Organisation
from eventapp.cache import Version
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations import limits


def of_event(slug: str) -> Version | None:
    """The event's own page and its programme, places left included."""
    now = utcnow()
    event = db.session.scalar(db.select(Event).where(Event.slug == slug, Event.published_at.is_not(None)))
    if event is None:
        return None
    key = (
        event.calendar_uid,
        event.revision,
        event.contact,
        event.organisation.name,
        limits.availability(event, now=now),
        limits.session_places(event),
    )
    return Version(key, _next((event.opens_at, event.closes_at, event.starts_at, event.ends_at), now))


def of_home() -> Version:
    """The list of events: their states in words."""
    now = utcnow()
    facts = db.select(db.func.count(Event.id), db.func.sum(Event.revision), db.func.max(Event.updated_at))
    counted = tuple(db.session.execute(facts.where(Event.published_at.is_not(None))).one())
    names = tuple(db.session.scalars(db.select(Organisation.name).order_by(Organisation.id)))
    instants = [
        db.select(db.func.min(moment)).where(moment > now, Event.published_at.is_not(None)).scalar_subquery()
        for moment in (Event.opens_at, Event.closes_at, Event.starts_at, Event.ends_at)
    ]
    return Version((counted, names), _next(db.session.execute(db.select(*instants)).one(), now))


def _next(moments: Iterable[datetime | None], now: datetime) -> datetime | None:
    return min((moment for moment in moments if moment is not None and moment > now), default=None)
