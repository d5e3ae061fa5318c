"""The queue: who waits for a place, in which order."""

from sqlalchemy import ColumnElement, Select, func, select

from eventapp.extensions import db
from eventapp.registrations.models import Registration, Status


def position(registration: Registration) -> int | None:
    """1 for the first of those who wait without an offer; None for whoever does not wait."""
    if not registration.is_waiting or registration.has_offer:
        return None
    return count_waiting(registration.event_id, ahead_of(registration)) + 1


def count_waiting(event_id: int, *which: ColumnElement[bool]) -> int:
    """Those without an open offer: one question, two counts that each read an index alone."""
    of_event = (Registration.event_id == event_id, *which)
    everybody = select(func.count()).where(*of_event, Registration.status == Status.WAITING)
    offered = select(func.count()).where(*of_event, Registration.offer_until.is_not(None))
    return db.session.scalar(select(everybody.scalar_subquery() - offered.scalar_subquery())) or 0


def waiting(event_id: int) -> Select[Registration]:
    """Those without an open offer."""
    return select(Registration).where(
        Registration.event_id == event_id,
        Registration.status == Status.WAITING,
        Registration.offer_until.is_(None),
    )


def ahead_of(registration: Registration) -> ColumnElement[bool]:
    """By number, which is given under the event's lock: clocks of several processes never order people."""
    return Registration.id < registration.id
