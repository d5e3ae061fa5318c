"""Which letter to whom, after the organisers undid a cancellation or made one registration of two."""

from datetime import datetime
from typing import Any

from eventapp.outbox.letters import post
from eventapp.registrations import calendar_mail
from eventapp.registrations.desk import letters
from eventapp.registrations.models import Registration

LETTERS = letters  # importing them registers what is posted here


def restored(registration: Registration, *, now: datetime) -> None:
    _as_it_stands("registrations/restored", registration, now=now)


def merged(registration: Registration, *, now: datetime) -> None:
    _as_it_stands("registrations/merged", registration, now=now)


def merged_away(registration: Registration, *, to: str, cancel: int | None, now: datetime) -> None:
    """To the address that is given up; `cancel`: the SEQUENCE that takes the event out of its calendar, if it is in."""
    method = None if cancel is None else calendar_mail.CANCEL
    calendar: dict[str, Any] = {"calendar_method": method, "calendar_sequence": cancel}
    event = registration.event
    post("registrations/merged_away", to=to, now=now, event=event, registration_id=registration.id, **calendar)


def _as_it_stands(name: str, registration: Registration, *, now: datetime) -> None:
    """With the calendar's entry for whoever has a place."""
    sequence = calendar_mail.next_request(registration) if registration.is_confirmed else None
    method = None if sequence is None else calendar_mail.REQUEST
    calendar: dict[str, Any] = {"calendar_method": method, "calendar_sequence": sequence}
    event = registration.event
    post(name, to=registration.email, now=now, event=event, registration_id=registration.id, **calendar)
