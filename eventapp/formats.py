"""French dates, hours, numbers and names, as Jinja filters.

Whoever shows an instant says in which zone: an aware time without `zone` is a programming error.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale
from babel.numbers import format_decimal
from flask import Flask
from markupsafe import Markup

NBSP = "\u00a0"
FRENCH = Locale("fr")
WEEKDAYS = FRENCH.days["format"]["wide"]
MONTHS = FRENCH.months["format"]["wide"]
SHORT_MONTHS = FRENCH.months["format"]["abbreviated"]
HOME_REGIONS = frozenset({"FR", "GP", "MQ", "GF", "RE", "YT", "BL", "MF"})

Zone = str | tzinfo | None


class Person(Protocol):
    @property
    def first_name(self) -> Any: ...
    @property
    def last_name(self) -> Any: ...


class Leaf(NamedTuple):
    """The three lines of a tear-off calendar leaf: « jeudi », « 7 », « octobre 2021 »."""

    weekday: str
    day: str
    month_year: str


def french_date(moment: date, zone: Zone = None) -> str:
    """« jeudi 7 octobre 2021 », « vendredi 1er mars 2024 »."""
    return f"{_weekday_and_day(_local(moment, zone))} {_month_and_year(_local(moment, zone))}"


def short_date(moment: date, zone: Zone = None) -> str:
    """« 7 oct. 2021 »."""
    day = _local(moment, zone)
    return f"{ordinal(1) if day.day == 1 else day.day} {SHORT_MONTHS[day.month]} {day.year}"


def french_time(moment: datetime, zone: Zone = None) -> str:
    """« 9 h 30 », « 14 h », with no-break spaces."""
    time = _local_moment(moment, zone)
    return f"{time.hour}{NBSP}h{NBSP}{time.minute:02}" if time.minute else f"{time.hour}{NBSP}h"


def short_datetime(moment: datetime, zone: Zone = None) -> str:
    """« 7 oct. 2021, 9 h 30 », for tables."""
    return f"{short_date(moment, zone)}, {french_time(moment, zone)}"


def french_datetime(moment: datetime, zone: Zone = None) -> str:
    """« jeudi 7 octobre 2021 à 9 h 30 »."""
    return f"{french_date(moment, zone)} à {french_time(moment, zone)}"


def french_day_range(starts: datetime, ends: datetime, zone: Zone) -> str:
    """« jeudi 7 octobre 2021 » or « du mardi 5 au mercredi 6 mai 2026 »."""
    first, last = _days(starts, ends, zone)
    if first == last:
        return french_date(first)
    start = _weekday_and_day(first)
    if first.year != last.year:
        start = french_date(first)
    elif first.month != last.month:
        start = f"{start} {MONTHS[first.month]}"
    return f"du {start} au {french_date(last)}"


def french_hours(starts: datetime, ends: datetime, zone: Zone) -> str:
    """« 9 h – 17 h »; over several days « mardi 9 h – mercredi 17 h »."""
    first, last = _days(starts, ends, zone)
    start, end = french_time(starts, zone), french_time(ends, zone)
    if first == last:
        return f"{start} – {end}"
    end_day = _local_moment(ends, zone)
    return f"{WEEKDAYS[first.weekday()]} {start} – {WEEKDAYS[end_day.weekday()]} {end}"


def duration(starts: datetime, ends: datetime) -> str:
    """« 1 h 15 », « 2 h », « 30 min », with no-break spaces."""
    hours, minutes = divmod(round((ends - starts).total_seconds() / 60), 60)
    if not hours:
        return f"{minutes}{NBSP}min"
    return f"{hours}{NBSP}h{NBSP}{minutes:02}" if minutes else f"{hours}{NBSP}h"


def leaf(moment: date, zone: Zone = None) -> Leaf:
    day = _local(moment, zone)
    return Leaf(WEEKDAYS[day.weekday()], str(day.day), _month_and_year(day))


def fr_number(number: float, digits: int = 1) -> str:
    """« 12 345 » with narrow no-break spaces, « 3,5 »."""
    return format_decimal(round(number, digits), locale=FRENCH)


def plural(number: int, one: str, many: str) -> str:
    """« 1 place restante », « 12 places restantes »; zero is singular in French."""
    return f"{fr_number(number)} {one if abs(number) < 2 else many}"


def ordinal(number: int, feminine: bool = False) -> str:
    """« 1er », « 1re », « 4e »."""
    if number == 1:
        return "1re" if feminine else "1er"
    return f"{fr_number(number)}e"


def person(who: Person) -> str:
    """« Prénom NOM »."""
    return " ".join(filter(None, (who.first_name, _surname(who))))


def person_sorted(who: Person) -> str:
    """« NOM Prénom », for lists."""
    return " ".join(filter(None, (_surname(who), who.first_name)))


def _surname(who: Person) -> str:
    """In capitals; the name of a structure that stands in a list of people stays as it is."""
    return str(who.last_name or "") if getattr(who, "is_structure", False) else (who.last_name or "").upper()


def phone(number: str | None) -> str:
    """« +33323975390 » → « 03 23 97 53 90 »; numbers of other countries keep their prefix."""
    if not number:
        return ""
    try:
        parsed = phonenumbers.parse(number, "FR")
    except phonenumbers.NumberParseException:
        return number
    at_home = phonenumbers.region_code_for_number(parsed) in HOME_REGIONS
    shape = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, shape.NATIONAL if at_home else shape.INTERNATIONAL)


SPACE_BEFORE_MARK = re.compile("(?<![ \u00a0\u202f])[ \u00a0\u202f]+(?=[:;!?»])")
SPACE_AFTER_QUOTE = re.compile("«[ \u00a0\u202f]*")
MARK_AFTER_WORD = re.compile(r"(?<=[\w)\]»%])(?=[:;!?]\W{0,20}(?:»|$))|(?<=[^\s«])(?=»)")
APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
TOKEN = re.compile(r"\S+")
LONGEST_KEPT = 300


def typo(text: str | None) -> str:
    """No-break spaces before « : ; ! ? » and inside guillemets, « ’ » in « l'avenir », for text that somebody typed.

    Addresses and times (« https://… », « 9:30 ») stay as they are, and so does HTML, whose « ; » is markup.
    """
    if not text or isinstance(text, Markup):
        return text or ""
    return _kept_typo(text) if len(text) <= LONGEST_KEPT else _typo(text)


@lru_cache(maxsize=1024)
def _kept_typo(text: str) -> str:
    """Titles and names, of which thousands of letters say the same."""
    return _typo(text)


def _typo(text: str) -> str:
    text = SPACE_AFTER_QUOTE.sub(f"«{NBSP}", SPACE_BEFORE_MARK.sub(NBSP, text))
    return TOKEN.sub(lambda found: _spaced(found[0]), text)


def _spaced(token: str) -> str:
    if "://" in token or "@" in token or token.startswith(("www.", "mailto:")):
        return token
    return APOSTROPHE.sub("’", MARK_AFTER_WORD.sub(NBSP, token))


FILTERS: tuple[Callable[..., Any], ...] = (
    french_date, short_date, short_datetime, french_time, french_datetime, french_day_range, french_hours, duration,
    leaf, fr_number, plural, ordinal, person, person_sorted, phone, typo,
)  # fmt: skip


def register(app: Flask) -> None:
    for function in FILTERS:
        app.add_template_filter(function)


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    return ZoneInfo(name)


def _local_moment(moment: datetime, zone: Zone) -> datetime:
    if zone is None:
        if moment.tzinfo is not None:
            raise ValueError("in which zone?")
        return moment
    if moment.tzinfo is None:
        raise ValueError("a naive time has no zone to be converted from")
    return moment.astimezone(_zone(zone) if isinstance(zone, str) else zone)


def _local(moment: date, zone: Zone) -> date:
    return _local_moment(moment, zone).date() if isinstance(moment, datetime) else moment


def _days(starts: datetime, ends: datetime, zone: Zone) -> tuple[date, date]:
    """First and last day: what ends at midnight ends on the day before."""
    first = _local(starts, zone)
    last_instant = _local_moment(ends, zone).replace(tzinfo=None) - timedelta(microseconds=1)
    return first, max(first, last_instant.date())


def _weekday_and_day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {ordinal(1) if day.day == 1 else day.day}"


def _month_and_year(day: date) -> str:
    return f"{MONTHS[day.month]} {day.year}"
