"""An organiser's list of events: search, state, order, page by key, people registered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select

from eventapp import pagination
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.text import fold

STATES = (
    ("a-venir", "À venir"),
    ("brouillon", "Brouillons"),
    ("publie", "Publiés"),
    ("passe", "Passés"),
    ("annule", "Annulés"),
)
BY_DATE = (Event.starts_at, Event.id)
BY_TITLE = (Event.search_text, Event.id)
ORDERS = {
    "date": pagination.Order(BY_DATE, lambda e: (e.starts_at, e.id)),
    "-date": pagination.Order(BY_DATE, lambda e: (e.starts_at, e.id), descending=True),
    "titre": pagination.Order(BY_TITLE, lambda e: (e.search_text, e.id)),
    "-titre": pagination.Order(BY_TITLE, lambda e: (e.search_text, e.id), descending=True),
}
LONGEST_SEARCH = 200


@dataclass(frozen=True)
class Wanted:
    """What the address asks; anything else than what is offered counts as not asked."""

    text: str = ""
    state: str = ""
    order: str = "-date"
    after: str | None = None
    before: str | None = None

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Wanted":
        state, order = args.get("etat", ""), args.get("tri", "")
        return cls(
            text=args.get("q", "").strip()[:LONGEST_SEARCH],
            state=state if state in dict(STATES) else "",
            order=order if order in ORDERS else "-date",
            after=args.get("apres"),
            before=args.get("avant"),
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.state)


def page(events: "Select[Event]", wanted: Wanted, *, now: datetime) -> pagination.Page[Event]:
    for word in fold(wanted.text).split():
        events = events.where(Event.search_text.contains(word, autoescape=True))
    return pagination.page(
        _in_state(events, wanted.state, now), ORDERS[wanted.order], after=wanted.after, before=wanted.before
    )


def registered(events: Sequence[Event]) -> dict[int, int]:
    """Confirmed registrations by event, counted at once for the rows shown."""
    table = db.metadata.tables["registration"]  # by name: this package comes before that one
    counted = (
        db.select(table.c.event_id, db.func.count())
        .where(table.c.event_id.in_([event.id for event in events]), table.c.status == "confirmed")
        .group_by(table.c.event_id)
    )
    return dict(db.session.execute(counted).all())


def _in_state(events: "Select[Event]", state: str, now: datetime) -> "Select[Event]":
    live = Event.cancelled_at.is_(None)
    if state == "brouillon":
        return events.where(live, Event.published_at.is_(None))
    if state == "publie":
        return events.where(live, Event.published_at.is_not(None))
    if state == "annule":
        return events.where(Event.cancelled_at.is_not(None))
    if state == "passe":
        return events.where(Event.ends_at <= now)
    if state == "a-venir":
        return events.where(live, Event.ends_at > now)
    return events
