"""Which letter to whom, when a place is passed on and when somebody asks the organisers for something."""

from datetime import datetime

from eventapp.outbox.letters import post
from eventapp.registrations import calendar_mail
from eventapp.registrations.models import Registration
from eventapp.registrations.self_service import letters
from eventapp.registrations.self_service.models import ChangeRequest

LETTERS = letters  # importing them registers what is posted here


def passed_on(registration: Registration, successor: Registration, *, now: datetime) -> None:
    """To whoever gave their place; out of their calendar, unless the colleague reads the same mailbox."""
    sequence = calendar_mail.next_cancel(registration)
    post(
        "registrations/passed_on",
        to=registration.email,
        now=now,
        event=registration.event,
        calendar_method=None if sequence is None else calendar_mail.CANCEL,
        calendar_sequence=sequence,
        registration_id=registration.id,
        successor_id=successor.id,
    )


def received(registration: Registration, *, now: datetime) -> None:
    """To whoever was given it."""
    post(
        "registrations/received",
        to=registration.email,
        now=now,
        event=registration.event,
        calendar_method=calendar_mail.REQUEST,
        calendar_sequence=calendar_mail.next_request(registration),
        registration_id=registration.id,
    )


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
