"""Seats of sessions given beyond their limits, by an organiser's explicit decision: each is a row of the journal."""

from collections.abc import Collection
from datetime import datetime

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.formats import person as name_of
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.states import touch


def force_seats(
    registration: Registration, bookings: Collection[Booking], *, reason: str, now: datetime, by: User
) -> None:
    """Of these bookings, those that still wait; whoever has no place at the event goes on waiting."""
    if not registration.is_confirmed:
        return
    for booking in bookings:
        if booking.is_confirmed or booking.released_at is not None:
            continue
        booking.confirmed_at, booking.offer_until = now, None
        touch(registration, now=now)
        title = f"«\u00a0{booking.session.title}\u00a0»"
        sentence = (
            f"Place attribuée à {name_of(registration)} dans {title} au-delà des limites, par décision de l’équipe."
            f"{motive(reason)}"
        )
        about = {"event": registration.event, "subject": registration, "session": booking.session_id}
        journal.record("booking.forced", sentence, now=now, by=by, over_limits=["session"], reason=reason, **about)


def motive(reason: str) -> str:
    """After a sentence of the journal."""
    return f" Motif\u00a0: {reason.rstrip('.')}." if reason else ""
