"""The states of a registration: each change bumps what its page, agenda and feed are known by."""

from datetime import datetime

from eventapp.registrations.models import Registration, Status


def withdraw(registration: Registration, *, now: datetime, by: str, reason: str) -> None:
    """End a registration and free its sessions; the caller journals, tells and fills."""
    registration.status = Status.CANCELLED
    registration.cancelled_at = now
    registration.cancelled_by = by
    registration.cancellation_reason = reason
    registration.offer_until = None
    for booking in registration.live_bookings:
        booking.released_at = now
    touch(registration, now=now)


def confirm(registration: Registration, *, now: datetime) -> None:
    registration.status = Status.CONFIRMED
    registration.confirmed_at = now
    registration.offer_until = None
    touch(registration, now=now)


def touch(registration: Registration, *, now: datetime) -> None:
    """Its page, agenda and feed changed."""
    registration.revision += 1
    registration.updated_at = now
