"""How registrations and replies came in, day by day of the event's zone."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, extract, func, literal, select, union_all

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations.models import Guest, Invitation
from eventapp.registrations.models import Registration

QUARTER = 900  # seconds: a day of any time zone begins on a quarter of an hour


@dataclass(frozen=True)
class DayFigures:
    """What happened on that day, and where it left the event at its end: people `registered` (confirmed or
    waiting) and guests who have `replied`."""

    date: date
    came: int
    left: int
    replies: int
    registered: int
    replied: int

    @property
    def is_quiet(self) -> bool:
        return not (self.came or self.left or self.replies)


def timeline(event: Event, *, now: datetime) -> list[DayFigures]:
    """Every day from the one before the first act until today, or until the last act once the event is over."""
    came, left, replies = _by_day(event)
    acts = {*came, *left, *replies}
    if not acts:
        return []
    today = min(now, event.ends_at).astimezone(event.zone).date()
    day, last = min(acts) - timedelta(days=1), max(today, *acts)
    days, registered, replied = [], 0, 0
    while day <= last:
        registered += came[day] - left[day]
        replied += replies[day]
        days.append(DayFigures(day, came[day], left[day], replies[day], registered, replied))
        day += timedelta(days=1)
    return days


def _by_day(event: Event) -> tuple[Counter[date], Counter[date], Counter[date]]:
    """Registrations made, registrations cancelled, last replies. The database counts by quarter of an hour, as it
    does not know the zones; there are never more of these than the weeks of registration have."""
    found: dict[str, Counter[date]] = {"came": Counter(), "left": Counter(), "replies": Counter()}
    mine = Registration.event_id == event.id
    valid = (Invitation.event_id == event.id, Invitation.revoked_at.is_(None), Guest.removed_at.is_(None))
    queries = (
        _counted("came", Registration.created_at).where(mine),
        _counted("left", Registration.cancelled_at).where(mine, Registration.cancelled_at.is_not(None)),
        _counted("replies", Invitation.replied_at)
        .join(Guest, Invitation.guest_id == Guest.id)
        .where(*valid, Invitation.replied_at.is_not(None)),
    )
    for act, quarter, count in db.session.execute(union_all(*queries)):
        day = datetime.fromtimestamp(int(quarter), UTC).astimezone(event.zone).date()
        found[act][day] += count
    return found["came"], found["left"], found["replies"]


def _counted(act: str, at: Any) -> Select[str, Any, int]:
    seconds = extract("epoch", at)
    quarter = (seconds - seconds % QUARTER).label("quarter")
    return select(literal(act), quarter, func.count()).group_by(quarter)
