"""Why somebody waits, in words and figures: every limit that keeps a place from them now, from the rows as they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, false, func, literal, not_, or_

from eventapp import journal
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person, plural
from eventapp.registrations.models import Registration
from eventapp.registrations.places.limits import (
    Places,
    Share,
    held_by_structure,
    limits_structures,
    places,
    structure_is_full,
    structure_share,
)
from eventapp.registrations.waiting.queue import ahead_of, waiting


@dataclass(frozen=True)
class Reason:
    """A limit, its figure, and the sentence about the person; `to_them`: the same, said to the person."""

    limit: str
    figure: int
    sentence: str
    to_them: str

    @property
    def key(self) -> str:
        """What a person was passed over for: another figure is another reason."""
        return f"{self.limit}:{self.figure}"


def reasons_to_wait(registration: Registration, *, now: datetime) -> list[Reason]:
    """Empty for whoever does not wait, or has a place kept for their answer."""
    if not registration.is_waiting or registration.has_offer:
        return []
    return [*event_reasons(places(registration.event)), *own_reasons(registration, now=now)]


def own_reasons(registration: Registration, *, now: datetime, limits: Places | None = None) -> Iterator[Reason]:
    """What keeps a place from them even where the event has some left: their category, their structure."""
    event, category, structure = registration.event, registration.category, registration.structure
    if category is not None and category.capacity is not None:
        taken = (limits or places(event)).taken[category.id]
        if taken >= category.capacity:
            name = f"«\u00a0{category.name}\u00a0»"
            words = f"les places de la catégorie {name} sont toutes prises"
            yield Reason("category", taken, f"{words} ({_so_many(taken, category.capacity)})", words)
    if structure is not None:
        share = structure_share(event, structure, now=now)
        if share.is_full:
            about, to_them = (_share_in_words(share, whose) for whose in ("sa", "votre"))
            yield Reason("structure", share.held, about, to_them)


def _share_in_words(share: Share, whose: str) -> str:
    if not share.most:
        return f"aucune place n’est prévue pour {whose} structure"
    return (
        f"{plural(share.held, 'place déjà prise', 'places déjà prises')} par {whose} structure ({share.most} au plus)"
    )


def explain_passed_over(event: Event, limits: Places, promoted: Registration, *, now: datetime) -> int:
    """One row for each person ahead of `promoted`, unless the same reason was already written for them; how many are
    ahead."""
    blocked = _blocked_by(event, limits, now=now)
    if not blocked:
        return 0
    unsaid = [and_(applies, Registration.held_back != key) for applies, key in blocked]
    passed_over = waiting(event.id).where(ahead_of(promoted), or_(*unsaid)).order_by(Registration.id)
    for registration in db.session.scalars(passed_over).all():
        reason = next(own_reasons(registration, now=now, limits=limits))
        registration.held_back = reason.key
        sentence = f"{person(registration)}, personne passée\u00a0: {reason.sentence}."
        details = {"event": event, "subject": registration, "limit": reason.limit, "figure": reason.figure}
        journal.record("registration.passed_over", sentence, now=now, **details)
    ahead = waiting(event.id).where(ahead_of(promoted)).with_only_columns(func.count())
    return db.session.scalar(ahead) or 0


def forget_ceased(event: Event, limits: Places, *, now: datetime) -> None:
    """Whoever no limit of their own keeps back any more is passed over anew, if they ever are again."""
    blocked = _blocked_by(event, limits, now=now)
    is_blocked = or_(false(), *(applies for applies, _key in blocked))
    ceased = waiting(event.id).where(Registration.held_back != "", not_(is_blocked))
    for registration in db.session.scalars(ceased.order_by(Registration.id)).all():
        registration.held_back = ""


def category_is_full(limits: Places) -> ColumnElement[bool]:
    """False, not NULL, for a registration without category."""
    return func.coalesce(Registration.category_id, 0).in_(limits.full_categories)


def event_reasons(limits: Places) -> Iterator[Reason]:
    """What keeps everyone waiting."""
    if limits.is_full:
        taken, words = limits.taken.total(), "toutes les places de la rencontre sont prises"
        yield Reason("event", taken, f"{words} ({_so_many(taken, limits.event.capacity)})", words)


def _so_many(taken: int, capacity: int | None) -> str:
    """For the organisers: more than the capacity where it was lowered, or gone over by their own decision."""
    return f"{taken}\u00a0sur\u00a0{capacity}"


def _blocked_by(event: Event, limits: Places, *, now: datetime) -> list[tuple[ColumnElement[bool], ColumnElement[str]]]:
    """For a row of Registration: whether a limit of its own keeps it back, and the key of that reason; the category
    comes first, as in `own_reasons`."""
    blocked: list[tuple[ColumnElement[bool], ColumnElement[str]]] = [
        (Registration.category_id == key, literal(f"category:{limits.taken[key]}")) for key in limits.full_categories
    ]
    if limits_structures(event, now):
        held = cast(held_by_structure(event), String)
        is_full = and_(not_(category_is_full(limits)), structure_is_full(event, now=now))
        blocked.append((is_full, literal("structure:") + held))
    return blocked
