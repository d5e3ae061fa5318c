"""Time zones as calendars understand them: one VTIMEZONE of constant yearly rules per IANA name.

Outlook reads TZID, DTSTART, RRULE and the two offsets, nothing else; lists of dates (RDATE) put every summer event one
hour wrong in Thunderbird, Nextcloud and Radicale. A zone whose law is not one of the rules below has no VTIMEZONE:
its events are then written in UTC, which every calendar shows at the right moment.
"""

from calendar import SUNDAY, monthcalendar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 2010, 2040  # the years for which a rule must hold


class Turn(NamedTuple):
    """Clocks change on the `week`-th Sunday of `month` (−1: the last one), at `hour` (UTC, or before the change)."""

    month: int
    week: int
    hour: int


class Law(NamedTuple):
    forward: Turn
    back: Turn
    is_utc: bool


EUROPE = Law(Turn(3, -1, 1), Turn(10, -1, 1), is_utc=True)  # directive 2000/84/CE
NORTH_AMERICA = Law(Turn(3, 2, 2), Turn(11, 1, 2), is_utc=False)  # Energy Policy Act of 2005


@lru_cache(maxsize=64)
def vtimezone(name: str) -> bytes | None:
    """The component, ending with CRLF; None when the zone must be written in UTC."""
    if "/" not in name or name.startswith("Etc/"):
        return None  # abbreviations, which calendars read each in their own way
    zone = ZoneInfo(name)
    winter, summer = (datetime(2027, month, 15, 12, tzinfo=zone) for month in (1, 7))
    if _is_fixed(zone):
        observances = _observance("STANDARD", None, datetime(1970, 1, 1), winter, winter)  # noqa: DTZ001
    else:
        law = next((law for law in (EUROPE, NORTH_AMERICA) if _obeys(zone, law)), None)
        if law is None:
            return None
        observances = [
            *_observance("DAYLIGHT", law.forward, _local(law, law.forward, 1970, _offset(winter)), winter, summer),
            *_observance("STANDARD", law.back, _local(law, law.back, 1970, _offset(summer)), summer, winter),
        ]
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}", *observances, "END:VTIMEZONE", ""]
    return "\r\n".join(lines).encode()


def _observance(kind: str, turn: Turn | None, starts: datetime, before: datetime, after: datetime) -> list[str]:
    rule = [f"RRULE:FREQ=YEARLY;BYMONTH={turn.month};BYDAY={turn.week}SU"] if turn else []
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{starts:%Y%m%dT%H%M%S}",
        *rule,
        f"TZNAME:{after.tzname()}",
        f"TZOFFSETFROM:{before:%z}",
        f"TZOFFSETTO:{after:%z}",
        f"END:{kind}",
    ]


def _is_fixed(zone: ZoneInfo) -> bool:
    months = (datetime(year, month, 1, tzinfo=zone) for year in range(FIRST_YEAR, LAST_YEAR) for month in range(1, 13))
    return len({_offset(moment) for moment in months}) == 1


def _obeys(zone: ZoneInfo, law: Law) -> bool:
    """Before and after each turn of thirty years, the zone's clocks show what the law says."""
    winter, summer = (_offset(datetime(2027, month, 15, 12, tzinfo=zone)) for month in (1, 7))
    for year in range(FIRST_YEAR, LAST_YEAR):
        for turn, before, after in ((law.forward, winter, summer), (law.back, summer, winter)):
            local = _local(law, turn, year, before)
            if local.date() != _sunday(year, turn):
                return False
            instant = (local - before).replace(tzinfo=UTC)
            shown = [_offset((instant + timedelta(seconds=s)).astimezone(zone)) for s in (-1, 0)]
            if shown != [before, after]:
                return False
    return True


def _local(law: Law, turn: Turn, year: int, offset: timedelta) -> datetime:
    """What clocks show just before the turn."""
    moment = datetime.combine(_sunday(year, turn), time()) + timedelta(hours=turn.hour)
    return moment + offset if law.is_utc else moment


def _sunday(year: int, turn: Turn) -> date:
    sundays = [day for week in monthcalendar(year, turn.month) if (day := week[SUNDAY])]
    return date(year, turn.month, sundays[turn.week if turn.week < 0 else turn.week - 1])


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()
