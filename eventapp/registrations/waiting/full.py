"""The limits that hold people on a waiting list, in figures: what its page says first."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import fr_number, plural
from eventapp.registrations.models import Registration
from eventapp.registrations.places.limits import limits_structures, places, structure_is_full
from eventapp.registrations.sessions.session_places import seats_taken
from eventapp.registrations.waiting.queue import waiting


def full_limits(event: Event, session: Session | None, *, now: datetime) -> list[str]:
    """Of the session, if one is shown; else of the event, then of the categories and structures of those who wait."""
    if session is None:
        return [*_of_event(event), *_of_structures(event, now)]
    taken = seats_taken(session)
    return [_in_words("La session", taken, session.capacity)] if is_reached(taken, session.capacity) else []


def is_reached(taken: int, capacity: int | None) -> bool:
    return capacity is not None and taken >= capacity


def _of_event(event: Event) -> Iterator[str]:
    taken, waiters = places(event).taken, _waiters(event)
    if is_reached(taken.total(), event.capacity):
        yield _in_words("La rencontre", taken.total(), event.capacity)
    for category in event.categories:
        if category.id in waiters and is_reached(taken[category.id], category.capacity):
            yield _in_words(f"La catégorie «\u00a0{category.name}\u00a0»", taken[category.id], category.capacity)


def _of_structures(event: Event, now: datetime) -> Iterator[str]:
    if not limits_structures(event, now):
        return
    held = waiting(event.id).where(structure_is_full(event, now=now)).with_only_columns(func.count())
    count = db.session.scalar(held) or 0
    if count:
        who = plural(count, "personne attend", "personnes attendent")
        yield f"{who} que leur structure ait de nouveau droit à une place."


def _waiters(event: Event) -> set[int | None]:
    """The categories of those who wait."""
    of_those = waiting(event.id).with_only_columns(Registration.category_id).distinct()
    return set(db.session.scalars(of_those))


def _in_words(what: str, taken: int, capacity: int | None) -> str:
    most = capacity or 0
    seats, over = plural(taken, "place occupée", "places occupées"), taken - most
    if not over:
        return f"{what} est complète\u00a0: {seats} sur {fr_number(most)}."
    to_free = f"{fr_number(over + 1)} places ne se seront pas libérées"
    return f"{what} a {seats} pour {fr_number(most)}\u00a0: personne ne sera promu tant que {to_free}."
