"""Which letter to whom, after the organisers undid a cancellation or made one registration of two."""

from collections.abc import Sequence
from datetime import datetime

from eventapp.registrations import calendar_letters, calendar_mail
from eventapp.registrations.calendar_mail import Part
from eventapp.registrations.desk import letters
from eventapp.registrations.models import Registration

LETTERS = letters  # importing them registers what is posted here


def restored(registration: Registration, *, now: datetime) -> None:
    _as_it_stands("registrations/restored", registration, now=now)


def merged(registration: Registration, *, now: datetime) -> None:
    _as_it_stands("registrations/merged", registration, now=now)


def merged_away(registration: Registration, *, to: str, parts: Sequence[Part], now: datetime) -> None:
    """To the address that is given up; `parts`: what takes the entries out of its calendar."""
    calendar_letters.post_with(parts, "registrations/merged_away", registration, to=to, now=now)


def _as_it_stands(name: str, registration: Registration, *, now: datetime) -> None:
    """With the calendar's entries for whoever has a place."""
    parts = calendar_mail.of_place(registration, now=now) if registration.is_confirmed else []
    calendar_letters.post_with(parts, name, registration, now=now)
