"""Which letter to whom, when a place is passed on and when somebody asks the organisers for something."""

from datetime import datetime

from eventapp.outbox.letters import post
from eventapp.registrations import calendar_letters, calendar_mail
from eventapp.registrations.models import Registration
from eventapp.registrations.self_service import letters
from eventapp.registrations.self_service.models import ChangeRequest

LETTERS = letters  # importing them registers what is posted here


def passed_on(registration: Registration, successor: Registration, *, now: datetime) -> None:
    """To whoever gave their place; out of their calendar, unless the colleague reads the same mailbox."""
    parts = calendar_mail.of_end(registration, now=now)
    name = "registrations/passed_on"
    calendar_letters.post_with(parts, name, registration, now=now, successor_id=successor.id)


def received(registration: Registration, *, now: datetime) -> None:
    """To whoever was given it."""
    parts = calendar_mail.of_place(registration, now=now)
    calendar_letters.post_with(parts, "registrations/received", registration, now=now)


def request_received(request: ChangeRequest, *, now: datetime) -> None:
    """To the team."""
    event = request.registration.event
    post("registrations/request_received", to=event.contact[2], now=now, event=event, request_id=request.id)


def request_answered(request: ChangeRequest, *, now: datetime) -> None:
    registration = request.registration
    post(
        "registrations/request_answered",
        to=registration.email,
        now=now,
        event=registration.event,
        registration_id=registration.id,
        request_id=request.id,
    )
