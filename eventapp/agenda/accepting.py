"""Conflicts that an organiser keeps as they are, and those still to look at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.agenda.conflict_models import AcceptedConflict
from eventapp.agenda.conflicts import Conflict
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db

SHOWN = 50


@dataclass(frozen=True)
class Points:
    """`open`: until resolved or accepted; `accepted`: those that an organiser keeps."""

    open: list[Conflict]
    accepted: list[Conflict]

    @property
    def shown(self) -> list[Conflict]:
        """The first of those to look at: a page must not grow with every mistake of a file."""
        return self.open[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.open) - len(self.shown)


def sort_out(event: Event, found: Iterable[Conflict]) -> Points:
    accepted = set(db.session.scalars(db.select(AcceptedConflict.key).where(AcceptedConflict.event_id == event.id)))
    points = Points([], [])
    for conflict in found:
        (points.accepted if conflict.key in accepted else points.open).append(conflict)
    return points


def accept(event: Event, conflict: Conflict, *, now: datetime, by: User | None) -> None:
    """Accepting twice changes nothing."""
    hold(event)
    if _row(event, conflict.key) is None:
        by_id = by.id if by is not None else None
        db.session.add(AcceptedConflict(event_id=event.id, key=conflict.key, accepted_at=now, accepted_by_id=by_id))
        journal.record("conflict.accepted", f"Accepté\u00a0: {conflict.sentence}", now=now, by=by, event=event)


def reconsider(event: Event, conflict: Conflict, *, now: datetime, by: User | None) -> None:
    hold(event)
    row = _row(event, conflict.key)
    if row is not None:
        db.session.delete(row)
        journal.record("conflict.reopened", f"À revoir\u00a0: {conflict.sentence}", now=now, by=by, event=event)


def _row(event: Event, key: str) -> AcceptedConflict | None:
    return db.session.scalar(
        db.select(AcceptedConflict).where(AcceptedConflict.event_id == event.id, AcceptedConflict.key == key)
    )
