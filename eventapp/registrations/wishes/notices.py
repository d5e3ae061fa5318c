"""Which letter to whom, once the wishes are granted."""

from datetime import datetime

from eventapp.outbox.models import Priority
from eventapp.registrations import calendar_letters, calendar_mail
from eventapp.registrations.models import Registration
from eventapp.registrations.wishes import letters

LETTERS = letters  # importing them registers what is posted here


def allocated(registration: Registration, *, now: datetime) -> None:
    parts = calendar_mail.of_change(registration, now=now)
    calendar_letters.post_with(parts, "registrations/allocated", registration, now=now, priority=Priority.BULK)
