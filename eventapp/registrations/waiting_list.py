"""`fill`, the one function that gives out places, and the queue it walks.

It ends every act that frees or adds a place. Whoever calls it holds the event (`seats.hold`).
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, not_, select

from eventapp import journal
from eventapp.events.models import Event
from eventapp.events.models import Status as EventStatus
from eventapp.extensions import db
from eventapp.formats import french_datetime, person
from eventapp.registrations import notices
from eventapp.registrations.limits import (
    Places,
    is_structure_full,
    limits_structures,
    places,
    structure_is_full,
)
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.queue import ahead_of, waiting
from eventapp.registrations.session_places import seats_for_newcomer
from eventapp.registrations.session_seats import give_session_seats
from eventapp.registrations.states import confirm, touch, withdraw

UNANSWERED = "Proposition de place restée sans réponse avant sa date limite."


def fill(
    event: Event, *, now: datetime, newcomer: Registration | None = None, told: Collection[Registration] = ()
) -> None:
    """Give each free place to the first in the queue whom every limit allows, then each free seat of the sessions.

    `newcomer` is confirmed at once when its turn comes; those `told` receive the letter of their own act instead.
    """
    if event.status is not EventStatus.PUBLISHED or event.has_ended(now):
        return
    _withdraw_unanswered(event, now=now)
    promoted = _give_places(event, newcomer, now=now)
    give_session_seats(event, {*promoted, *told, newcomer}, now=now)


def seat_newcomer(newcomer: Registration, *, now: datetime) -> None:
    """Whoever arrives when nobody waits for what they want is given it at once: the common case, which `fill`, called
    for what is not given here, would decide alike. The row is not saved yet."""
    event = newcomer.event
    if event.status is not EventStatus.PUBLISHED or event.has_ended(now):
        return
    limits = places(event)
    is_late = limits.next_deadline is not None and limits.next_deadline <= now
    if (
        is_late
        or limits.waiting
        or limits.is_full_for(newcomer)
        or is_structure_full(event, newcomer.structure, now=now)
    ):
        return
    newcomer.status, newcomer.confirmed_at = Status.CONFIRMED, now
    if newcomer.bookings:
        free = seats_for_newcomer(event, [booking.session.id for booking in newcomer.bookings])
        for booking in newcomer.bookings:
            booking.confirmed_at = now if booking.session.id in free else None


def _withdraw_unanswered(event: Event, *, now: datetime) -> None:
    unanswered = select(Registration).where(
        Registration.event_id == event.id, Registration.offer_until.is_not(None), Registration.offer_until <= now
    )
    for registration in db.session.scalars(unanswered.order_by(Registration.id)).all():
        withdraw(registration, now=now, by=journal.SYSTEM, reason=UNANSWERED)
        _record(
            "registration.offer_expired",
            f"Inscription de {person(registration)} annulée\u00a0: {UNANSWERED}",
            registration,
            now,
        )
        notices.cancelled(registration, now=now)


def _give_places(event: Event, newcomer: Registration | None, *, now: datetime) -> list[Registration]:
    limits = places(event)
    given = []
    more = True
    while more and not limits.is_full:
        next_ones = db.session.scalars(_next_in_queue(event, limits, now)).all()
        if not next_ones:
            break
        registration, more = next_ones[0], len(next_ones) > 1  # giving a place makes nobody else eligible
        _explain_passed_over(event, limits, registration, now=now)
        if registration is newcomer:
            confirm(registration, now=now)
        else:
            _promote(registration, now=now)
        limits.take(registration.category_id)
        given.append(registration)
    return given


def _next_in_queue(event: Event, limits: Places, now: datetime) -> Select[Registration]:
    eligible = waiting(event.id).where(not_(_category_is_full(limits)))
    if limits_structures(event, now):
        eligible = eligible.where(not_(structure_is_full(event, now=now)))
    return eligible.order_by(Registration.id).limit(2)


def _promote(registration: Registration, *, now: datetime) -> None:
    event = registration.event
    since = french_datetime(registration.queued_at, event.timezone)
    why = f"première personne de la liste d’attente pour qui une place convient (en attente depuis le {since})"
    if event.offer_hours is None or event.registration_has_closed(now):
        confirm(registration, now=now)
        _record("registration.promoted", f"Place attribuée à {person(registration)}\u00a0: {why}.", registration, now)
        notices.promoted(registration, now=now)
        return
    registration.offer_until = min(now + timedelta(hours=event.offer_hours), event.closes_at or event.starts_at)
    touch(registration, now=now)
    until = french_datetime(registration.offer_until, event.timezone)
    sentence = f"Place proposée à {person(registration)} jusqu’au {until}\u00a0: {why}."
    _record("registration.offered", sentence, registration, now)
    notices.offered(registration, now=now)


def _explain_passed_over(event: Event, limits: Places, promoted: Registration, *, now: datetime) -> None:
    """One row for each person ahead of `promoted`, unless the same reason was already written for them."""
    full = _category_is_full(limits)
    reasons: dict[str, ColumnElement[bool]] = {"category": full} if limits.full_categories else {}
    if limits_structures(event, now):
        reasons["structure"] = and_(not_(full), structure_is_full(event, now=now))
    for reason, applies in reasons.items():
        passed_over = waiting(event.id).where(ahead_of(promoted), applies, Registration.held_back != reason)
        for registration in db.session.scalars(passed_over.order_by(Registration.id)).all():
            registration.held_back = reason
            sentence = f"{person(registration)} reste en attente\u00a0: {_limit_in_words(registration, reason)}."
            _record("registration.passed_over", sentence, registration, now, limit=reason)


def _limit_in_words(registration: Registration, reason: str) -> str:
    if reason == "category" and registration.category is not None:
        return f"les places de la catégorie «\u00a0{registration.category.name}\u00a0» sont toutes prises"
    return f"{registration.organisation_name} a déjà le nombre de places permis par structure"


def _category_is_full(limits: Places) -> ColumnElement[bool]:
    """False, not NULL, for a registration without category."""
    return func.coalesce(Registration.category_id, 0).in_(limits.full_categories)


def _record(act: str, sentence: str, registration: Registration, now: datetime, **details: object) -> None:
    journal.record(act, sentence, now=now, event=registration.event, subject=registration, **details)
