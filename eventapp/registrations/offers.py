"""Offers of a place: a deadline to accept; refused or unanswered, the place goes to the next at once."""

from datetime import datetime

from sqlalchemy import func, select

from eventapp import journal
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.events.models import Status as EventStatus
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.registrations import notices, refusals
from eventapp.registrations.models import Registration
from eventapp.registrations.states import confirm, withdraw
from eventapp.registrations.waiting_list import fill

REFUSED = "Proposition de place refusée."


def accept_offer(registration: Registration, *, now: datetime) -> None:
    event = registration.event
    hold(event)
    if registration.is_confirmed:
        return
    _check_open(registration, now)
    confirm(registration, now=now)
    sentence = f"{name_of(registration)} accepte la place proposée."
    _record("registration.offer_accepted", sentence, registration, now)
    fill(event, now=now, told=(registration,))
    notices.confirmed(registration, now=now)


def refuse_offer(registration: Registration, *, now: datetime) -> None:
    """Gives up the registration as well: the next in the queue has it at once."""
    event = registration.event
    hold(event)
    if registration.is_cancelled:
        return
    _check_open(registration, now)
    withdraw(registration, now=now, by=journal.PERSON, reason=REFUSED)
    sentence = f"{name_of(registration)} refuse la place proposée\u00a0: inscription annulée."
    _record("registration.offer_refused", sentence, registration, now)
    notices.cancelled(registration, now=now)
    fill(event, now=now)


def expire_offers(*, now: datetime) -> int:
    """For the worker: pass on every place whose deadline has passed; how many offers ended."""
    due = (
        select(Registration.event_id, func.count())
        .where(Registration.offer_until.is_not(None), Registration.offer_until <= now)
        .join(Event, Registration.event_id == Event.id)
        .where(Event.published_at.is_not(None), Event.cancelled_at.is_(None), Event.ends_at > now)
        .group_by(Registration.event_id)
        .order_by(Registration.event_id)
    )
    counts = [tuple(row) for row in db.session.execute(due)]
    for event_id, _ in counts:
        event = db.session.get_one(Event, event_id)
        hold(event)
        fill(event, now=now)
    return sum(count for _, count in counts)


def _check_open(registration: Registration, now: datetime) -> None:
    if registration.event.status is not EventStatus.PUBLISHED:
        raise refusals.EventCancelled
    if registration.offer_until is None or registration.offer_until <= now:
        raise refusals.OfferEnded


def _record(act: str, sentence: str, registration: Registration, now: datetime) -> None:
    journal.record(act, sentence, now=now, by=journal.PERSON, event=registration.event, subject=registration)
