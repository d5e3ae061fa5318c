"""Why somebody waits, in words: every limit that keeps a place from them now, from the rows as they are."""

from collections.abc import Iterator
from datetime import datetime

from eventapp.formats import plural
from eventapp.registrations.limits import places, structure_share
from eventapp.registrations.models import Registration


def reasons_to_wait(registration: Registration, *, now: datetime) -> list[str]:
    """Empty for whoever does not wait, or has a place kept for their answer."""
    return list(_reasons(registration, now)) if registration.is_waiting and not registration.has_offer else []


def _reasons(registration: Registration, now: datetime) -> Iterator[str]:
    event, limits = registration.event, places(registration.event)
    if limits.is_full:
        yield "toutes les places de la rencontre sont prises"
    if registration.category is not None and registration.category.id in limits.full_categories:
        yield f"les places de la catégorie «\u00a0{registration.category.name}\u00a0» sont toutes prises"
    if registration.structure is not None:
        share = structure_share(event, registration.structure, now=now)
        if share.is_full:
            taken = plural(share.held, "place déjà prise", "places déjà prises")
            yield f"{taken} par sa structure ({share.most} au plus)"
