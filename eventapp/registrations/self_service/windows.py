"""Until when people act alone with their own link; afterwards they ask, and an organiser decides.

Leaving the waiting list, or a place that is only proposed, takes nothing from anybody: always possible.
"""

from datetime import datetime

from eventapp import journal
from eventapp.events.models import Event
from eventapp.registrations import refusals
from eventapp.registrations.models import Registration


def changes_end(event: Event) -> datetime:
    """Of answers and sessions, and of passing one's place on: over at that very instant."""
    return min(event.changes_until or _closing(event), event.ends_at)


def cancellations_end(event: Event) -> datetime:
    return min(event.cancellations_until or _closing(event), event.ends_at)


def may_change(registration: Registration, now: datetime) -> bool:
    return may_ask(registration, now) and now < changes_end(registration.event)


def may_cancel(registration: Registration, now: datetime) -> bool:
    return may_ask(registration, now) and (registration.is_waiting or now < cancellations_end(registration.event))


def may_ask(registration: Registration, now: datetime) -> bool:
    """There is still something that an organiser could grant."""
    event = registration.event
    return not registration.is_cancelled and event.cancelled_at is None and not event.has_ended(now)


def check_change(registration: Registration, by: object, now: datetime) -> None:
    """An organiser acts at any time."""
    if by == journal.PERSON and not now < changes_end(registration.event):
        raise refusals.ChangesClosed


def check_cancellation(registration: Registration, by: object, now: datetime) -> None:
    if by == journal.PERSON and registration.is_confirmed and not now < cancellations_end(registration.event):
        raise refusals.CancellationsClosed


def _closing(event: Event) -> datetime:
    return event.closes_at or event.starts_at
