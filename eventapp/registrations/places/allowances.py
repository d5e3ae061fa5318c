"""Exceptions to the number of places per structure, and the day when what structures did not take is for anyone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, func, or_, select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.events.lifecycle import touch
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import plural
from eventapp.network.models import Structure
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.places.limits import HOLDS_A_PLACE, structure_is_full
from eventapp.registrations.places.models import StructureAllowance
from eventapp.registrations.waiting.waiting_list import fill

MOST = 1_000_000
SHOWN = 20  # structures in demand


def allowances(event: Event) -> Select[StructureAllowance]:
    """By name of the structure."""
    return (
        select(StructureAllowance)
        .join(StructureAllowance.structure)
        .where(StructureAllowance.event_id == event.id)
        .order_by(Structure.sort_key, Structure.id)
    )


def places_held(event: Event, structures: Sequence[int]) -> dict[int, int]:
    """The places taken, offers included, by number of the structure; those that have none are left out."""
    held = (
        select(Registration.structure_id, func.count())
        .where(Registration.event_id == event.id, Registration.structure_id.in_(structures), HOLDS_A_PLACE)
        .group_by(Registration.structure_id)
    )
    return {number: count for number, count in db.session.execute(held) if number is not None}


@dataclass(frozen=True)
class Demand:
    """A structure that has all its places, and people of which wait."""

    structure: Structure
    held: int
    waiting: int


def in_demand(event: Event, *, now: datetime) -> list[Demand]:
    """Those for which most people wait come first."""
    people = func.count()
    counted = (
        select(Registration.structure_id, people)
        .where(Registration.event_id == event.id, Registration.status == Status.WAITING)
        .where(Registration.offer_until.is_(None), structure_is_full(event, now=now))
        .group_by(Registration.structure_id)
        .order_by(people.desc(), Registration.structure_id)
    )
    waiting = {number: count for number, count in db.session.execute(counted.limit(SHOWN)) if number is not None}
    rows = db.session.scalars(select(Structure).where(Structure.id.in_(waiting)))
    found, held = {row.id: row for row in rows}, places_held(event, list(waiting))
    return [Demand(found[number], held.get(number, 0), count) for number, count in waiting.items()]


def set_allowances(event: Event, wanted: Mapping[Structure, int | None], *, now: datetime, by: User | None) -> None:
    """So many places for each of these; None: again what the event gives. The caller fills (`capacities_changed`)."""
    hold(event)
    numbers = [structure.id for structure in wanted]
    rows = {row.structure_id: row for row in db.session.scalars(allowances(event).where(Structure.id.in_(numbers)))}
    changed = False
    for structure, places in wanted.items():
        row = rows.get(structure.id)
        if places != (row.places if row is not None else None):
            _write(event, structure, row, places)
            sentence = f"{structure.name}\u00a0: {_in_words(places)}."
            journal.record(
                "structure.allowance", sentence, now=now, by=by, event=event, subject=structure, places=places
            )
            changed = True
    if changed:
        touch(event, now=now, calendar=False)
        db.session.flush()


def events_to_release(*, now: datetime) -> Sequence[int]:
    """For the worker: where the date has come, another since the last time included, and nothing was done yet."""
    return db.session.scalars(
        select(Event.id)
        .where(
            Event.per_structure_until <= now,
            or_(Event.structures_released_at.is_(None), Event.structures_released_at < Event.per_structure_until),
            or_(Event.per_structure.is_not(None), exists().where(StructureAllowance.event_id == Event.id)),
            Event.published_at.is_not(None),
            Event.cancelled_at.is_(None),
            Event.ends_at > now,
        )
        .order_by(Event.id)
    ).all()


def release(event_id: int, *, now: datetime) -> None:
    """Give what structures did not take to whoever waits; the limits themselves end by the clock alone."""
    event = db.session.get_one(Event, event_id)
    hold(event)
    if event_id not in events_to_release(now=now):
        return  # another worker was quicker
    event.structures_released_at = now
    sentence = "Les places que les structures n’ont pas prises sont ouvertes à tous."
    journal.record("structures.released", sentence, now=now, event=event, subject=event)
    fill(event, now=now)


def _write(event: Event, structure: Structure, row: StructureAllowance | None, places: int | None) -> None:
    if row is None:
        db.session.add(StructureAllowance(event=event, structure=structure, places=places or 0))
    elif places is None:
        db.session.delete(row)
    else:
        row.places = places


def _in_words(places: int | None) -> str:
    if places is None:
        return "le nombre de places commun à toutes les structures"
    return f"{plural(places, 'place', 'places')} au plus, par exception"
