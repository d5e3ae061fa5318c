"""Which letter to whom, once the wishes are granted."""

from datetime import datetime

from eventapp.outbox.letters import post
from eventapp.outbox.models import Priority
from eventapp.registrations.models import Registration
from eventapp.registrations.wishes import letters

LETTERS = letters  # importing them registers what is posted here


def allocated(registration: Registration, *, now: datetime) -> None:
    post(
        "registrations/allocated",
        to=registration.email,
        now=now,
        event=registration.event,
        priority=Priority.BULK,
        registration_id=registration.id,
    )
