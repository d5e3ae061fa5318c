"""What everyone is told of the places: whether one may register, how many are left, how many people wait."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from eventapp.events.models import Event
from eventapp.events.models import Status as EventStatus
from eventapp.extensions import db
from eventapp.registrations.models import Registration
from eventapp.registrations.places.limits import Places, places
from eventapp.registrations.waiting.queue import count_waiting

OPEN_STEPS = ("open", "few", "waiting")


@dataclass(frozen=True)
class Availability:
    step: str  # upcoming, open, few, waiting, full, closed, past, cancelled
    left: int | None
    waiting: int
    full_categories: frozenset[str] = frozenset()  # slugs


def availability(event: Event, *, now: datetime) -> Availability:
    shown = _places_shown(event, now)
    left = shown.left_for_anyone
    left = None if left is None else max(0, left)
    keys = shown.full_categories
    full = frozenset(category.slug for category in event.categories if category.id in keys)
    return Availability(_step(event, left, now), left, count_waiting(event.id), full)


def is_open(event: Event, *, now: datetime) -> bool:
    """Whether somebody may register, or at least wait; places are counted only where being full closes the form."""
    left = None if event.waiting_list else _places_shown(event, now).left_for_anyone
    return _step(event, left if left is None else max(0, left), now) in OPEN_STEPS


def _places_shown(event: Event, now: datetime) -> Places:
    """Without the offers that ran out a moment ago, unless somebody waits for their places."""
    found = places(event)
    if found.next_deadline is None or found.next_deadline > now or found.waiting:
        return found
    late = Registration.event_id == event.id, Registration.offer_until <= now
    counted = select(Registration.category_id, func.count()).where(*late).group_by(Registration.category_id)
    for category_id, count in db.session.execute(counted):
        found.taken[category_id] -= count
    return found


def _step(event: Event, left: int | None, now: datetime) -> str:
    if event.status is EventStatus.CANCELLED:
        return "cancelled"
    if event.has_ended(now):
        return "past"
    if event.registration_has_closed(now) or event.status is EventStatus.DRAFT:
        return "closed"
    if not event.registration_has_opened(now):
        return "upcoming"
    if left is None:
        return "open"
    if left == 0:
        return "waiting" if event.waiting_list else "full"
    return "few" if left * 10 < (event.capacity or 0) else "open"
