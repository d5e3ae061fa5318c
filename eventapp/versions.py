"""What each cached public answer depends on (see eventapp/cache.py): a few indexed queries, no rendering."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from eventapp.accounts.models import Organisation
from eventapp.agenda.happening import next_change
from eventapp.cache import Version
from eventapp.clock import utcnow
from eventapp.config import ROOT
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.network.models import Structure
from eventapp.registrations.places.availability import availability
from eventapp.registrations.questions.models import Question
from eventapp.registrations.sessions import session_places


def _build() -> str:
    """The same on every machine that runs the same code; another code may write the same rows otherwise."""
    sources = sorted((ROOT / "eventapp").rglob("*.py"))
    return hashlib.blake2b(b"".join(source.read_bytes() for source in sources), digest_size=8).hexdigest()


BUILD = _build()


def of_event(slug: str, **_others: str) -> Version | None:
    """The event's own page, its programme and the pages of its sessions, places left and what goes on included."""
    now = utcnow()
    event = db.session.scalar(db.select(Event).where(Event.slug == slug, Event.published_at.is_not(None)))
    if event is None:
        return None
    key = (
        event.calendar_uid,
        event.revision,
        event.contact,
        event.organisation.name,
        event.organisation.accessibility_status,
        availability(event, now=now),
        session_places.session_places(event),
    )
    moments = (event.opens_at, event.closes_at, event.per_structure_until, event.wishes_close_at)
    return Version(key, _next((*moments, event.starts_at, event.ends_at, next_change(event, now=now)), now))


def of_leaflet(slug: str) -> Version | None:
    """The programme on paper, which tells nothing of the places."""
    event = db.session.scalar(db.select(Event).where(Event.slug == slug, Event.published_at.is_not(None)))
    return Version((event.calendar_uid, event.revision, event.contact, event.organisation.name)) if event else None


def of_form(slug: str) -> Version | None:
    """The registration form: the event's page, its questions, the structures offered, the consent notice."""
    version = of_event(slug)
    if version is None:
        return None
    event = db.session.scalars(db.select(Event).where(Event.slug == slug)).one()
    asked = db.select(*Question.__table__.columns).where(Question.event_id == event.id, Question.retired_at.is_(None))
    questions = [tuple(row) for row in db.session.execute(asked.order_by(Question.position, Question.id))]
    network = tuple(db.session.execute(db.select(db.func.count(Structure.id), db.func.max(Structure.updated_at))).one())
    return Version((version.key, questions, network, event.organisation.consent_notice), version.until)


def of_home() -> Version:
    """The list of events: their states in words."""
    now = utcnow()
    facts = db.select(db.func.count(Event.id), db.func.sum(Event.revision), db.func.max(Event.updated_at))
    counted = tuple(db.session.execute(facts.where(Event.published_at.is_not(None))).one())
    owners = db.select(Organisation.name, Organisation.region_code).order_by(Organisation.id)
    names = tuple(map(tuple, db.session.execute(owners)))
    instants = [
        db.select(db.func.min(moment)).where(moment > now, Event.published_at.is_not(None)).scalar_subquery()
        for moment in (Event.opens_at, Event.closes_at, Event.starts_at, Event.ends_at)
    ]
    return Version((counted, names), _next(db.session.execute(db.select(*instants)).one(), now))


def of_calendar(slug: str, **_others: str) -> Version | None:
    """The files and the feed of one event: what is cancelled leaves the feed at the end of its day."""
    event = db.session.scalar(db.select(Event).where(Event.slug == slug, Event.published_at.is_not(None)))
    if event is None:
        return None
    midnight = (utcnow().astimezone(event.zone) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return Version((event.calendar_uid, event.revision, event.organisation.name), midnight)


def of_all_events(**_others: str) -> Version:
    """The calendars of all events or of one region: some day ends at the end of any hour."""
    facts = db.select(db.func.count(Event.id), db.func.sum(Event.revision), db.func.max(Event.updated_at))
    counted = tuple(db.session.execute(facts.where(Event.published_at.is_not(None))).one())
    hour = utcnow().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return Version(counted, hour)


def _next(moments: Iterable[datetime | None], now: datetime) -> datetime | None:
    return min((moment for moment in moments if moment is not None and moment > now), default=None)
