"""A letter with the calendar objects that go with it: the letter brings the first, each further one leaves in a short
letter of its own. Outlook and Thunderbird read one entry of a mail and pass over the others."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from eventapp.outbox.letters import ENTRY, Contents, NothingToSay, letter, post
from eventapp.outbox.models import Message, Priority
from eventapp.registrations.calendar_mail import REQUEST, Part
from eventapp.registrations.letters import UPDATE, find_registration, update_of
from eventapp.registrations.models import Registration


@letter(UPDATE, title="Mise à jour de l’agenda")
def update_contents(message: Message, registration_id: int, **_beside: str) -> Contents:
    """Beside which other letter it leaves: the template reads it in the message."""
    registration = find_registration(registration_id)
    number = message.context.get(ENTRY)
    if message.calendar_method == REQUEST and not _is_held(registration, number):
        raise NothingToSay("la place a été rendue depuis")
    return update_of(message, registration)


def post_with(
    parts: Sequence[Part],
    name: str,
    registration: Registration,
    *,
    now: datetime,
    to: str = "",
    priority: Priority = Priority.SINGLE,
    **ids: Any,
) -> None:
    """`to`: another address than the one that they have now."""
    about: dict[str, Any] = {"to": to or registration.email, "now": now, "event": registration.event}
    about |= {"priority": priority, "registration_id": registration.id}
    post(name, **about, **(_calendar(parts[0]) if parts else {}), **ids)
    post_updates(parts[1:], about | {"beside": name})


def post_alone(parts: Sequence[Part], registration: Registration, *, now: datetime) -> None:
    """With no other letter: the person chose otherwise on their page."""
    about = {"to": registration.email, "now": now, "event": registration.event, "registration_id": registration.id}
    post_updates(parts, about)


def post_updates(parts: Sequence[Part], about: dict[str, Any]) -> None:
    for part in parts:
        post(UPDATE, **about, **_calendar(part))


def _calendar(part: Part) -> dict[str, Any]:
    return {
        "calendar_method": part.method,
        "calendar_sequence": part.sequence,
        "calendar_entry": part.session.id if part.session is not None else None,
    }


def _is_held(registration: Registration, session_id: int | None) -> bool:
    if session_id is None or not registration.is_confirmed:
        return registration.is_confirmed
    return any(b.is_confirmed and b.session_id == session_id for b in registration.live_bookings)
