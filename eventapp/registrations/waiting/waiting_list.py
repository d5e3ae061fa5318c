"""`fill`, the one function that gives out places, and the queue it walks.

It ends every act that frees or adds a place. Whoever calls it holds the event (`seats.hold`).
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Select, not_, or_, select

from eventapp import journal
from eventapp.events.models import Event
from eventapp.events.models import Status as EventStatus
from eventapp.extensions import db
from eventapp.formats import french_datetime, person, plural
from eventapp.registrations import notices
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.places.limits import (
    Places,
    is_structure_full,
    limits_structures,
    places,
    structure_is_full,
)
from eventapp.registrations.sessions.seats import ANSWER_HOURS, ended_unpublished, give_session_seats
from eventapp.registrations.sessions.session_places import seats_for_newcomer
from eventapp.registrations.states import confirm, touch, withdraw
from eventapp.registrations.waiting.queue import waiting
from eventapp.registrations.waiting.reasons import category_is_full, explain_passed_over, forget_ceased

UNANSWERED = "Proposition de place restée sans réponse avant sa date limite."


def fill(
    event: Event, *, now: datetime, newcomer: Registration | None = None, told: Collection[Registration] = ()
) -> None:
    """Give each free place to the first in the queue whom every limit allows, then each free seat of the sessions.

    `newcomer` is confirmed at once when its turn comes; those `told` receive the letter of their own act instead.
    """
    if event.status is not EventStatus.PUBLISHED or event.has_ended(now):
        return
    _end_offers(event, now=now)
    promoted = _give_places(event, newcomer, now=now)
    give_session_seats(event, {*promoted, *told, newcomer}, now=now)
    for registration in promoted:
        if registration.is_confirmed and registration is not newcomer and registration not in told:
            notices.seated(registration, now=now)


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
        or (limits.limit_structures and is_structure_full(event, newcomer.structure, now=now))
    ):
        return
    newcomer.status, newcomer.confirmed_at = Status.CONFIRMED, now
    if newcomer.bookings:
        free = seats_for_newcomer(event, [booking.session.id for booking in newcomer.bookings])
        for booking in newcomer.bookings:
            booking.confirmed_at = now if booking.session.id in free else None


def _end_offers(event: Event, *, now: datetime) -> None:
    """Withdraw those without an answer at their deadline; no offer outlives a closing that was brought forward. What
    nobody could answer, while the event was withdrawn, is offered again."""
    closing = _closing(event)
    ending = select(Registration).where(
        Registration.event_id == event.id,
        Registration.offer_until.is_not(None),
        or_(Registration.offer_until <= now, Registration.offer_until > closing),
    )
    for registration in db.session.scalars(ending.order_by(Registration.id)).all():
        if closing > now and registration.offer_until is not None and registration.offer_until > closing:
            _shorten(registration, closing, now=now)
        elif closing > now and ended_unpublished(event, registration.offer_until or closing):
            why = "pendant le délai précédent, la rencontre n’était pas publiée"
            _offer(registration, why, hours=event.offer_hours or ANSWER_HOURS, now=now)
        else:
            _withdraw_unanswered(registration, now=now)


def _shorten(registration: Registration, closing: datetime, *, now: datetime) -> None:
    registration.offer_until = closing
    touch(registration, now=now)
    until = french_datetime(closing, registration.event.timezone)
    sentence = f"Place proposée à {person(registration)} jusqu’au {until} seulement\u00a0: la clôture a été avancée."
    _record("registration.offer_shortened", sentence, registration, now)
    notices.offered(registration, now=now)


def _withdraw_unanswered(registration: Registration, *, now: datetime) -> None:
    withdraw(registration, now=now, by=journal.SYSTEM, reason=UNANSWERED)
    sentence = f"Inscription de {person(registration)} annulée\u00a0: {UNANSWERED}"
    _record("registration.offer_expired", sentence, registration, now)
    notices.cancelled(registration, now=now)


def _closing(event: Event) -> datetime:
    """No offer ends after it."""
    return event.closes_at or event.starts_at


def _give_places(event: Event, newcomer: Registration | None, *, now: datetime) -> list[Registration]:
    limits = places(event)
    given = []
    more = True
    if not limits.is_full:
        forget_ceased(event, limits, now=now)
    while more and not limits.is_full:
        next_ones = db.session.scalars(_next_in_queue(event, limits, now)).all()
        if not next_ones:
            break
        registration, more = next_ones[0], len(next_ones) > 1  # giving a place makes nobody else eligible
        passed_over = explain_passed_over(event, limits, registration, now=now)
        if registration is newcomer:
            confirm(registration, now=now)
        else:
            _promote(registration, passed_over, now=now)
        limits.take(registration.category_id)
        given.append(registration)
    return given


def _next_in_queue(event: Event, limits: Places, now: datetime) -> Select[Registration]:
    eligible = waiting(event.id).where(not_(category_is_full(limits)))
    if limits_structures(event, now):
        eligible = eligible.where(not_(structure_is_full(event, now=now)))
    return eligible.order_by(Registration.id).limit(2)


def _promote(registration: Registration, passed_over: int, *, now: datetime) -> None:
    event = registration.event
    since = french_datetime(registration.queued_at, event.timezone)
    why = f"première personne de la liste d’attente pour qui une place convient (en attente depuis le {since}"
    why += f", {plural(passed_over, 'personne passée', 'personnes passées')} avant elle)" if passed_over else ")"
    if event.offer_hours is None or event.registration_has_closed(now):
        confirm(registration, now=now)
        _record("registration.promoted", f"Place attribuée à {person(registration)}\u00a0: {why}.", registration, now)
        notices.promoted(registration, now=now)
        return
    _offer(registration, why, hours=event.offer_hours, now=now)


def _offer(registration: Registration, why: str, *, hours: int, now: datetime) -> None:
    event = registration.event
    registration.offer_until = min(now + timedelta(hours=hours), _closing(event))
    touch(registration, now=now)
    until = french_datetime(registration.offer_until, event.timezone)
    sentence = f"Place proposée à {person(registration)} jusqu’au {until}\u00a0: {why}."
    _record("registration.offered", sentence, registration, now)
    notices.offered(registration, now=now)


def _record(act: str, sentence: str, registration: Registration, now: datetime, **details: object) -> None:
    journal.record(act, sentence, now=now, event=registration.event, subject=registration, **details)
