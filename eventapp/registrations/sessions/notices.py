"""Letters about a seat in a session: given, proposed, no longer proposed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from eventapp.agenda.models import Session
from eventapp.outbox.models import Priority
from eventapp.registrations import calendar_letters, calendar_mail
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.sessions import letters, programme_letters
from eventapp.registrations.wishes.wish_slots import disclosed

LETTERS = letters, programme_letters  # importing them registers what is posted here


def promoted(
    registration: Registration, bookings: Sequence[Booking], *, given_up: Sequence[Booking] = (), now: datetime
) -> None:
    """`given_up`: the seats of the same hour that an organiser released for it. What the announcement of the wishes
    will say is not said before."""
    known, left = disclosed(registration.event, bookings), disclosed(registration.event, given_up)
    if not known:
        return
    ids = {"session_ids": [b.session_id for b in known]}
    if left:
        ids["given_up_ids"] = [b.session_id for b in left]
    _post("registrations/session_promoted", registration, now=now, **ids)


def offered(booking: Booking, *, now: datetime) -> None:
    _post("registrations/session_offered", booking.registration, now=now, booking_id=booking.id)


def offer_ended(booking: Booking, *, now: datetime) -> None:
    _post("registrations/session_offer_ended", booking.registration, now=now, booking_id=booking.id)


def programme_changed(
    registration: Registration,
    was: Mapping[Session, Mapping[str, str]],
    *,
    summary: Sequence[str] = (),
    note: str = "",
    now: datetime,
) -> None:
    """`was`: when and where each session that they booked took place until now (see programme_changes), in ISO 8601;
    `summary`: what changed, in words, for those who booked none of it; `note`: the organiser's own words."""
    parts = calendar_mail.of_change(registration, now=now, changed=list(was))
    changes = [{"session_id": session.id, **facts} for session, facts in was.items()]
    more: dict[str, Any] = {"changes": changes, "summary": list(summary), "note": note}
    said = {name: value for name, value in more.items() if value}
    name = programme_letters.LETTER
    calendar_letters.post_with(parts, name, registration, now=now, priority=Priority.BULK, **said)


def _post(name: str, registration: Registration, *, now: datetime, **more: Any) -> None:
    """With what it changes in their calendar."""
    parts = calendar_mail.of_change(registration, now=now)
    calendar_letters.post_with(parts, name, registration, now=now, **more)
