"""The states of a registration: each change bumps what its page, agenda and feed are known by."""

from datetime import datetime

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.self_service.models import ChangeRequest, Decision


def withdraw(registration: Registration, *, now: datetime, by: str, reason: str) -> None:
    """End a registration, free its sessions, close what it asked; the caller journals, tells and fills."""
    registration.status = Status.CANCELLED
    registration.cancelled_at = now
    registration.cancelled_by = by
    registration.cancellation_reason = reason
    registration.offer_until = None
    for booking in registration.live_bookings:
        release(booking, now=now)
    touch(registration, now=now)
    still_asked = (ChangeRequest.registration_id == registration.id, ChangeRequest.decided_at.is_(None))
    for request in db.session.scalars(select(ChangeRequest).where(*still_asked)):
        request.decided_at, request.decision = now, Decision.CLOSED


def confirm(registration: Registration, *, now: datetime) -> None:
    registration.status = Status.CONFIRMED
    registration.confirmed_at = now
    registration.offer_until = None
    touch(registration, now=now)


def release(booking: Booking, *, now: datetime) -> None:
    """Give up the seat, the offer or the rank; the caller touches, journals, tells and fills."""
    booking.released_at = now
    booking.offer_until = None


def touch(registration: Registration, *, now: datetime) -> None:
    """Its page, agenda and feed changed."""
    registration.revision += 1
    registration.updated_at = now
