"""Offers of a place: a deadline to accept; refused or unanswered, the place goes to the next at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from eventapp import journal
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.events.models import Status as EventStatus
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.registrations import notices, refusals
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.states import confirm, withdraw
from eventapp.registrations.waiting.waiting_list import fill

REFUSED = "Proposition de place refusée."


def accept_offer(registration: Registration, *, now: datetime) -> bool:
    """False when the answer came too late: the place has then gone to the next person, which is to be kept."""
    event = registration.event
    hold(event)
    if registration.is_confirmed:
        return True
    if not _is_open(registration, now=now):
        return False
    confirm(registration, now=now)
    sentence = f"{name_of(registration)} accepte la place proposée."
    _record("registration.offer_accepted", sentence, registration, now)
    fill(event, now=now, told=(registration,))
    notices.confirmed(registration, now=now)
    return True


def refuse_offer(registration: Registration, *, now: datetime) -> bool:
    """Gives up the registration as well: the next in the queue has it at once. False: see `accept_offer`."""
    event = registration.event
    hold(event)
    if registration.is_cancelled:
        return True
    if not _is_open(registration, now=now):
        return False
    withdraw(registration, now=now, by=journal.PERSON, reason=REFUSED)
    sentence = f"{name_of(registration)} refuse la place proposée\u00a0: inscription annulée."
    _record("registration.offer_refused", sentence, registration, now)
    notices.cancelled(registration, now=now)
    fill(event, now=now)
    return True


def events_with_offers_ended(*, now: datetime) -> Sequence[int]:
    """For the worker: where a place or a seat of a session was offered and the deadline has passed."""
    places = select(Registration.event_id).where(Registration.offer_until <= now)
    seats = select(Booking.event_id).where(Booking.offer_until <= now)
    return db.session.scalars(
        select(Event.id)
        .where(Event.id.in_(places.union(seats)))
        .where(Event.published_at.is_not(None), Event.cancelled_at.is_(None), Event.ends_at > now)
        .order_by(Event.id)
    ).all()


def expire_offers(event_id: int, *, now: datetime) -> None:
    """Pass on every place of this event whose deadline has passed."""
    event = db.session.get_one(Event, event_id)
    hold(event)
    fill(event, now=now)


def _is_open(registration: Registration, *, now: datetime) -> bool:
    """Whether it can be answered; an offer that has ended is passed on here, not at the worker's next round."""
    event = registration.event
    if event.status is EventStatus.CANCELLED:
        raise refusals.EventCancelled
    if event.status is EventStatus.DRAFT:
        raise refusals.Unpublished
    if event.has_ended(now):
        raise refusals.OfferEnded
    fill(event, now=now)
    return registration.has_offer


def _record(act: str, sentence: str, registration: Registration, now: datetime) -> None:
    journal.record(act, sentence, now=now, by=journal.PERSON, event=registration.event, subject=registration)
