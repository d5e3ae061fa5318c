"""The queue: who waits for a place, in which order."""

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from eventapp.extensions import db
from eventapp.registrations.models import Registration, Status


def position(registration: Registration) -> int | None:
    """1 for the first of those who wait without an offer; None for whoever does not wait."""
    if not registration.is_waiting or registration.has_offer:
        return None
    ahead = waiting(registration.event_id).where(ahead_of(registration))
    return (db.session.scalar(select(func.count()).select_from(ahead.subquery())) or 0) + 1


def waiting(event_id: int) -> Select[Registration]:
    """Those without an open offer."""
    return select(Registration).where(
        Registration.event_id == event_id,
        Registration.status == Status.WAITING,
        Registration.offer_until.is_(None),
    )


def ahead_of(registration: Registration) -> ColumnElement[bool]:
    return or_(
        Registration.queued_at < registration.queued_at,
        and_(Registration.queued_at == registration.queued_at, Registration.id < registration.id),
    )
