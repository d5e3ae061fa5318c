"""Whom releasing a waiting file would affect: those who booked a session that moves, overlaps another, or goes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy.orm import aliased

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.exchange.event_file import EventFile, SessionPart
from eventapp.exchange.telling import calendar_facts
from eventapp.extensions import db
from eventapp.registrations.models import Booking, Registration, Status

SHOWN = 10  # names; the list of registrations has them all


@dataclass(frozen=True)
class Effect:
    """What becomes of one session, or of two that will overlap; `people`: the first of the `count` who booked."""

    titles: Sequence[str]
    people: Sequence[Registration]
    count: int


@dataclass(frozen=True)
class Affected:
    """`overlapping`: for those who hold a seat in both, and are asked to choose; `awaited`: for those who wait for one
    of both, and are asked nothing until they get it."""

    removed: Sequence[Effect]
    changed: Sequence[Effect]
    overlapping: Sequence[Effect]
    awaited: Sequence[Effect]

    @property
    def is_empty(self) -> bool:
        return not (self.removed or self.changed)  # whoever has both has one that moves


def affected(event: Event, before: EventFile, after: EventFile) -> Affected:
    """Only what somebody booked."""
    old, new = ({part.slug: part for part in file.sessions} for file in (before, after))
    gone = [part for slug, part in old.items() if slug not in new]
    kept = [(part, new[slug]) for slug, part in old.items() if slug in new]
    was, becomes = calendar_facts(before), calendar_facts(after)
    moved = [part for _was, part in kept if was[part.slug] != becomes[part.slug]]
    pairs = new_overlaps(old, [part for _was, part in kept], {part.slug for part in moved})
    return Affected(
        removed=_effects(event, ([part] for part in gone)),
        changed=_effects(event, ([part] for part in moved)),
        overlapping=_effects(event, pairs, seated=True),
        awaited=_effects(event, pairs, seated=False),
    )


def _effects(event: Event, groups: Iterable[Sequence[SessionPart]], seated: bool | None = None) -> list[Effect]:
    found = (
        _effect([part.title for part in group], _holders(event, *(part.slug for part in group), seated=seated))
        for group in groups
    )
    return [effect for effect in found if effect.count]


def new_overlaps(
    old: dict[str, SessionPart], parts: Sequence[SessionPart], moved: Collection[str]
) -> list[Sequence[SessionPart]]:
    """Pairs that can be attended both today, and no longer once it is released. In the order of the programme, each
    compared only with those that have not ended when it begins."""
    found, going_on = list[Sequence[SessionPart]](), list[SessionPart]()
    for part in sorted(parts, key=lambda part: part.starts_at):
        going_on = [other for other in going_on if other.ends_at > part.starts_at]
        found += [
            (other, part)
            for other in going_on
            if (part.slug in moved or other.slug in moved)
            and _overlap(part, other)
            and not _overlap(old[part.slug], old[other.slug])
        ]
        going_on.append(part)
    return found


def _overlap(one: SessionPart, other: SessionPart) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _effect(titles: Sequence[str], holders: Select[Registration]) -> Effect:
    count = db.session.scalar(db.select(db.func.count()).select_from(holders.order_by(None).subquery())) or 0
    return Effect(titles, db.session.scalars(holders.limit(SHOWN)).all() if count else (), count)


def _holders(event: Event, *slugs: str, seated: bool | None = None) -> Select[Registration]:
    """Who holds a seat in, or waits for, all of them. `seated`: only who holds all, or only who waits for one."""
    people = Registration.of(event).where(Registration.status != Status.CANCELLED)
    seats = []
    for slug in slugs:
        booking, session = aliased(Booking), aliased(Session)
        booked = booking.registration_id == Registration.id, booking.released_at.is_(None)
        people = people.join(booking, db.and_(*booked)).join(
            session, db.and_(session.id == booking.session_id, session.slug == slug)
        )
        seats.append(booking.confirmed_at.is_not(None))
    if seated is None:
        return people
    return people.where(db.and_(*seats) if seated else db.not_(db.and_(*seats)))
