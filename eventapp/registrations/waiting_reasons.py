"""Why somebody waits, in words: every limit that keeps a place from them now, from the rows as they are."""

from collections.abc import Iterator

from sqlalchemy import func, or_, select

from eventapp.extensions import db
from eventapp.formats import plural
from eventapp.registrations.limits import places
from eventapp.registrations.models import Registration, Status


def reasons_to_wait(registration: Registration) -> list[str]:
    """Empty for whoever does not wait, or has a place kept for their answer."""
    return list(_reasons(registration)) if registration.is_waiting and not registration.has_offer else []


def _reasons(registration: Registration) -> Iterator[str]:
    event, limits = registration.event, places(registration.event)
    if limits.is_full:
        yield "toutes les places de la rencontre sont prises"
    if registration.category is not None and registration.category.id in limits.full_categories:
        yield f"les places de la catégorie «\u00a0{registration.category.name}\u00a0» sont toutes prises"
    if event.per_structure is not None and registration.structure_id is not None:
        held = _held_by_structure(registration)
        if held >= event.per_structure:
            taken = plural(held, "place déjà prise", "places déjà prises")
            yield f"{taken} par sa structure ({event.per_structure} au plus)"


def _held_by_structure(registration: Registration) -> int:
    held = select(func.count()).where(
        Registration.event_id == registration.event_id,
        Registration.structure_id == registration.structure_id,
        or_(Registration.status == Status.CONFIRMED, Registration.offer_until.is_not(None)),
    )
    return db.session.scalar(held) or 0
