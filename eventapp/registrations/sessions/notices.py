"""Letters about a seat in a session: given, proposed, no longer proposed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from eventapp.registrations import calendar_letters, calendar_mail
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.sessions import letters

LETTERS = letters  # importing them registers what is posted here


def promoted(
    registration: Registration, bookings: Sequence[Booking], *, given_up: Sequence[Booking] = (), now: datetime
) -> None:
    """`given_up`: the seats of the same hour that an organiser released for it."""
    ids = {"session_ids": [b.session_id for b in bookings]}
    if given_up:
        ids["given_up_ids"] = [b.session_id for b in given_up]
    _post("registrations/session_promoted", registration, now=now, **ids)


def offered(booking: Booking, *, now: datetime) -> None:
    _post("registrations/session_offered", booking.registration, now=now, booking_id=booking.id)


def offer_ended(booking: Booking, *, now: datetime) -> None:
    _post("registrations/session_offer_ended", booking.registration, now=now, booking_id=booking.id)


def _post(name: str, registration: Registration, *, now: datetime, **more: Any) -> None:
    """With what it changes in their calendar."""
    parts = calendar_mail.of_change(registration, now=now)
    calendar_letters.post_with(parts, name, registration, now=now, **more)
