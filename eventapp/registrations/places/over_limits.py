"""What an organiser is told whose limits are below what is taken: nobody loses a place, nobody is given one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Integer, func, literal, or_, select

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import fr_number, plural
from eventapp.network.models import Structure
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.places.limits import HOLDS_A_PLACE, places, structures_are_released
from eventapp.registrations.places.models import StructureAllowance

SHOWN = 3  # structures; the others are counted
NOBODY_LOSES = (
    "Personne ne perd la sienne\u00a0: la liste d’attente reprendra quand le nombre d’inscrits sera redescendu."
)


@dataclass(frozen=True)
class Excess:
    """One limit below what is taken; `sentence` begins without capital. Where it is set: an endpoint of the event."""

    sentence: str
    endpoint: str
    values: dict[str, str] = field(default_factory=dict)


def over_limits(event: Event, *, now: datetime) -> list[Excess]:
    """Of the event, its categories, its sessions, its structures."""
    return [*_shares(event), *_sessions(event), *_structures(event, now)]


def warnings(event: Event, *, now: datetime, about: str = "") -> list[str]:
    """The same, to say to whoever just changed a limit; `about`: only those that are set at this endpoint."""
    said = (excess.sentence for excess in over_limits(event, now=now) if excess.endpoint.startswith(about))
    return [f"{sentence[:1].upper()}{sentence[1:]} {NOBODY_LOSES}" for sentence in said]


def _shares(event: Event) -> Iterator[Excess]:
    taken = places(event).taken
    if event.capacity is not None and taken.total() > event.capacity:
        yield Excess(_in_words("l’événement", event.capacity, taken.total()), "events_organiser.edit")
    for category in event.categories:
        if category.capacity is not None and taken[category.id] > category.capacity:
            name = f"la catégorie «\u00a0{category.name}\u00a0»"
            sentence = _in_words(name, category.capacity, taken[category.id])
            yield Excess(sentence, "events_organiser.edit_category", {"category_slug": category.slug})


def _sessions(event: Event) -> Iterator[Excess]:
    held = func.count(Booking.id)
    exceeded = (
        Session.bookable(event)
        .with_only_columns(Session.slug, Session.title, Session.capacity, held)
        .join(Booking, Booking.session_id == Session.id)
        .where(Booking.released_at.is_(None), or_(Booking.confirmed_at.is_not(None), Booking.offer_until.is_not(None)))
        .group_by(Session.id, Session.slug, Session.title, Session.capacity)
        .having(held > Session.capacity)
        .order_by(None)
        .order_by(Session.starts_at, Session.id)
    )
    for slug, title, capacity, count in db.session.execute(exceeded):
        sentence = _in_words(f"la session «\u00a0{title}\u00a0»", capacity or 0, count)  # never NULL here
        yield Excess(sentence, "agenda_organiser.session", {"session_slug": slug})


def _structures(event: Event, now: datetime) -> Iterator[Excess]:
    """All in one sentence."""
    if structures_are_released(event, now):
        return
    held = func.count(Registration.id)
    most = func.coalesce(StructureAllowance.places, literal(event.per_structure, Integer))
    of_structure = (StructureAllowance.event_id == event.id) & (StructureAllowance.structure_id == Structure.id)
    exceeded = (
        select(Structure.name, held, most)
        .join(Registration, Registration.structure_id == Structure.id)
        .outerjoin(StructureAllowance, of_structure)
        .where(Registration.event_id == event.id, HOLDS_A_PLACE)
        .group_by(Structure.id, Structure.name, Structure.sort_key, StructureAllowance.places)
        .having(held > most)
        .order_by(Structure.sort_key, Structure.id)
    )
    rows = db.session.execute(exceeded).all()
    if not rows:
        return
    names = [f"{name}, {fr_number(count)} pour {fr_number(allowed)}" for name, count, allowed in rows[:SHOWN]]
    if len(rows) > SHOWN:
        names.append(plural(len(rows) - SHOWN, "autre", "autres"))
    have, listed = plural(len(rows), "structure a", "structures ont"), "\u00a0; ".join(names)
    yield Excess(f"{have} plus de places que permis ({listed}).", "registrations_organiser.allowances")


def _in_words(what: str, capacity: int, held: int) -> str:
    return f"{what} a {plural(capacity, 'place', 'places')} pour {fr_number(held)} occupées."
