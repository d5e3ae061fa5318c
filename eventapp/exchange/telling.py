"""After a file was applied: whoever booked a session that moved or is cancelled gets one letter."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from eventapp.agenda.models import Session
from eventapp.extensions import db
from eventapp.registrations import notices
from eventapp.registrations.models import Booking, Registration, Status


def release_cancelled(changed: Collection[Session], *, now: datetime) -> dict[Registration, list[Session]]:
    """Free the bookings of cancelled sessions; who booked which of the changed ones."""
    concerned: dict[Registration, list[Session]] = defaultdict(list)
    held = (
        db.select(Booking)
        .join(Booking.registration)
        .where(
            Booking.session_id.in_([session.id for session in changed]),
            Booking.released_at.is_(None),
            Registration.status != Status.CANCELLED,
        )
        .order_by(Booking.id)
    )
    for booking in db.session.scalars(held).all():
        concerned[booking.registration].append(booking.session)
        if booking.session.cancelled_at is not None:
            booking.released_at = now
    return concerned


def tell_those_who_booked(concerned: dict[Registration, list[Session]], *, now: datetime) -> int:
    """One letter each, however many of their sessions changed."""
    for registration, sessions in concerned.items():
        if len(sessions) == 1 and sessions[0].cancelled_at is not None:
            notices.session_cancelled(registration, sessions[0], now=now)
        else:
            notices.changed(registration, now=now)
    return len(concerned)
