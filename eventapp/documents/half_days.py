"""The half-days for which people sign, computed from the days of the event and its sessions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import select

from eventapp.agenda.models import Kind, Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import french_date

PAUSES = [kind for kind in Kind if kind.is_pause]
AFTERNOON_BEGINS = time(13)  # what begins at one or later belongs to the afternoon
MORNING_IS_LONG_OVER = time(14)  # what lasts until later than two reaches into the afternoon

Interval = tuple[datetime, datetime]  # local times, without zone


class Half(StrEnum):
    """Its value is its name in an address."""

    MORNING = "matin"
    AFTERNOON = "apres-midi"

    @property
    def label(self) -> str:
        return "matin" if self is Half.MORNING else "après-midi"


@dataclass(frozen=True, order=True)
class HalfDay:
    date: date
    half: Half

    @property
    def label(self) -> str:
        """« jeudi 14 janvier 2027, matin »."""
        return f"{french_date(self.date)}, {self.half.label}"


def half_days(event: Event) -> list[HalfDay]:
    """In order. On each day its sessions decide (a pause alone gathers nobody), or the event's hours without them."""
    sessions = _sessions_by_day(event)
    days = sorted({*_days(_local(event, event.starts_at), _local(event, event.ends_at)), *sessions})
    found = []
    for day in days:
        held = sessions.get(day) or [_hours_of_event(event, day)]
        found += [HalfDay(day, half) for half in (Half.MORNING, Half.AFTERNOON) if any(_reaches(i, half) for i in held)]
    return found


def find_half_day(event: Event, day: str, half: str) -> HalfDay | None:
    """The one that an address names (« 2027-01-14 », « matin »), if the event has it."""
    return next((h for h in half_days(event) if (h.date.isoformat(), h.half.value) == (day, half)), None)


def _sessions_by_day(event: Event) -> dict[date, list[Interval]]:
    held = select(Session.starts_at, Session.ends_at).where(
        Session.event_id == event.id, Session.cancelled_at.is_(None), Session.kind.not_in(PAUSES)
    )
    found: dict[date, list[Interval]] = {}
    for starts_at, ends_at in db.session.execute(held):
        for day, interval in _clipped(_local(event, starts_at), _local(event, ends_at)):
            found.setdefault(day, []).append(interval)
    return found


def _hours_of_event(event: Event, day: date) -> Interval:
    return dict(_clipped(_local(event, event.starts_at), _local(event, event.ends_at)))[day]


def _reaches(interval: Interval, half: Half) -> bool:
    starts, ends = interval
    noon = datetime.combine(starts.date(), AFTERNOON_BEGINS)
    if half is Half.MORNING:
        return starts < noon
    return starts >= noon or ends > datetime.combine(starts.date(), MORNING_IS_LONG_OVER)


def _clipped(starts: datetime, ends: datetime) -> Iterable[tuple[date, Interval]]:
    """The part of an interval that falls on each of its days."""
    for day in _days(starts, ends):
        midnight = datetime.combine(day, time())
        yield day, (max(starts, midnight), min(ends, midnight + timedelta(days=1)))


def _days(starts: datetime, ends: datetime) -> list[date]:
    """What ends at midnight ends on the day before."""
    last = (ends - timedelta(microseconds=1)).date()
    return [starts.date() + timedelta(days=n) for n in range((last - starts.date()).days + 1)]


def _local(event: Event, moment: datetime) -> datetime:
    return moment.astimezone(event.zone).replace(tzinfo=None)
