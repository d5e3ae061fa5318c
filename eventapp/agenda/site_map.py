"""The pages of the programmes, for the map of the site: a few queries, however many events."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import or_, select

from eventapp.agenda.models import Appearance, Session, Speaker
from eventapp.events.models import Event
from eventapp.extensions import db

ByEvent = dict[int, list[Any]]


def sessions_of_all(events: Collection[Event]) -> ByEvent:
    """(event_id, slug, title) by the id of their event, in the order of the programme."""
    columns = Session.event_id, Session.slug, Session.title
    found = select(*columns).where(Session.event_id.in_([event.id for event in events]))
    return _by_event(db.session.execute(found.order_by(Session.starts_at, Session.ends_at, Session.id)).all())


def speakers_of_all(events: Collection[Event]) -> ByEvent:
    """(event_id, slug, civility, first and last name) of those who have a page, by their name."""
    columns = Speaker.event_id, Speaker.slug, Speaker.civility, Speaker.first_name, Speaker.last_name
    speaks = select(Appearance.id).where(Appearance.speaker_id == Speaker.id).exists()
    shown = Speaker.event_id.in_([event.id for event in events]), or_(speaks, Speaker.biography != "")
    return _by_event(
        db.session.execute(select(*columns).where(*shown).order_by(Speaker.last_name, Speaker.first_name)).all()
    )


def _by_event(rows: Sequence[Any]) -> ByEvent:
    found: ByEvent = defaultdict(list)
    for row in rows:
        found[row.event_id].append(row)
    return found
