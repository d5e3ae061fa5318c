"""Waiting for a session beside another: the answer to an offer, and leaving a session's queue."""

from datetime import datetime

from eventapp import journal
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.events.models import Status as EventStatus
from eventapp.formats import person as name_of
from eventapp.registrations import notices, refusals
from eventapp.registrations.changes import check_live
from eventapp.registrations.models import Booking
from eventapp.registrations.self_service import windows
from eventapp.registrations.sessions.choices import check_required_slots, in_the_way
from eventapp.registrations.sessions.seats import record
from eventapp.registrations.states import release, touch
from eventapp.registrations.waiting.waiting_list import fill
from eventapp.registrations.wishes.wish_slots import disclosed


def take_seat(booking: Booking, *, now: datetime) -> bool:
    """Take the seat that is proposed, and give up those of the same hour that they know of. False when the answer came
    too late: the seat has then gone to the next person, which is to be kept."""
    registration, event = booking.registration, booking.registration.event
    hold(event)
    if not _is_open(booking, now=now):
        return booking.is_confirmed
    given_up = disclosed(event, in_the_way(booking))
    for other in given_up:
        release(other, now=now)
    booking.confirmed_at, booking.offer_until = now, None
    touch(registration, now=now)
    left = "".join(f", rend {_title(other)}" for other in given_up)
    sentence = f"{name_of(registration)} accepte la place proposée dans {_title(booking)}{left}."
    record(booking, "booking.taken", sentence, now=now, by=journal.PERSON)
    fill(event, now=now, told=(registration,))
    notices.changed(registration, now=now)
    return True


def decline_seat(booking: Booking, *, now: datetime) -> bool:
    """Keep what is held; the seat passes on at once. False: see `take_seat`."""
    registration, event = booking.registration, booking.registration.event
    hold(event)
    if not _is_open(booking, now=now):
        return booking.released_at is not None
    release(booking, now=now)
    touch(registration, now=now)
    sentence = f"{name_of(registration)} laisse la place proposée dans {_title(booking)}."
    record(booking, "booking.declined", sentence, now=now, by=journal.PERSON)
    fill(event, now=now)
    return True


def leave_queue(booking: Booking, *, now: datetime) -> None:
    """At any time; but where everyone must choose, another session is to be chosen instead. Twice changes nothing."""
    registration, event = booking.registration, booking.registration.event
    hold(event)
    check_live(registration)
    if booking.released_at is not None:
        return
    if booking.is_confirmed:
        raise refusals.SeatHeld
    if windows.may_change(registration, now):
        others = [b.session for b in registration.live_bookings if b is not booking and b.session.can_be_booked]
        check_required_slots(event, others)
    release(booking, now=now)
    touch(registration, now=now)
    sentence = f"{name_of(registration)} quitte la liste d’attente de {_title(booking)}."
    record(booking, "booking.left", sentence, now=now, by=journal.PERSON)
    fill(event, now=now)


def _is_open(booking: Booking, *, now: datetime) -> bool:
    """Whether it can still be answered; an offer that has ended is passed on here, not at the worker's next round."""
    event = booking.registration.event
    check_live(booking.registration)
    _check_published(event)
    if booking.has_offer:
        fill(event, now=now)
    return booking.has_offer and not event.has_ended(now)


def _check_published(event: Event) -> None:
    if event.status is EventStatus.DRAFT:
        raise refusals.Unpublished


def _title(booking: Booking) -> str:
    return f"«\u00a0{booking.session.title}\u00a0»"
