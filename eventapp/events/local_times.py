"""Local dates and times ↔ instants. An hour that does not exist is refused; one that exists twice must be chosen."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from eventapp.errors import Refused
from eventapp.formats import french_date, french_time

FIRST_YEAR, LAST_YEAR = 2000, 2100
ISO = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:([+-]\d\d:\d\d)|(Z))?", re.ASCII)

# The zones offered in forms: the Republic's préfectures. An imported event may carry any IANA zone.
ZONES = {
    "Europe/Paris": "Métropole (Paris)",
    "America/Guadeloupe": "Guadeloupe",
    "America/Martinique": "Martinique",
    "America/Cayenne": "Guyane",
    "Indian/Reunion": "La Réunion",
    "Indian/Mayotte": "Mayotte",
}


class NotATime(Refused):
    message = "Cette date ou cette heure n’est pas valable. Exemple\u00a0: 14/01/2027, 09:30."


class YearOutOfRange(Refused):
    message = f"L’année doit être comprise entre {FIRST_YEAR} et {LAST_YEAR}."


class SkippedTime(Refused):
    """In the gap of spring, when clocks go forward."""


class RepeatedTime(Refused):
    """In the fold of autumn, when clocks go back; `offsets`: those between which to choose, "+02:00" first."""

    offsets: tuple[str, ...] = ()


class WrongOffset(Refused):
    message = "Ce décalage horaire n’est pas celui du fuseau de l’événement à cette date."


def parse_local(
    day: date | str, hour: time | str, zone: str, *, offset: str | None = None, field: str | None = None
) -> datetime:
    """The instant, aware and in UTC, of a local date and time; `offset` ("+01:00") chooses where it exists twice."""
    try:
        day = date.fromisoformat(day) if isinstance(day, str) else day
        hour = time.fromisoformat(hour) if isinstance(hour, str) else hour
    except ValueError:
        raise NotATime(field=field) from None
    if hour.tzinfo is not None:
        raise NotATime(field=field)
    return resolve(datetime.combine(day, hour), zone, offset=offset, field=field)


def parse_iso(text: str, zone: str, *, field: str | None = None) -> datetime:
    """`2027-01-14T09:00`, with an offset where it would be ambiguous (`2027-10-31T02:30+01:00`) → aware UTC."""
    found = ISO.fullmatch(text)
    if found is None:
        raise NotATime(field=field)
    day, hour, offset, utc = found.groups()
    return parse_local(day, hour, zone, offset="+00:00" if utc else offset, field=field)


def to_iso(moment: datetime, zone: str) -> str:
    """The inverse of `parse_iso`: with an offset only where the local time is ambiguous."""
    local = moment.astimezone(ZoneInfo(zone))
    text = local.replace(tzinfo=None).isoformat(timespec="seconds" if local.second else "minutes")
    return text + _offset(local) if len(_instants(local.replace(tzinfo=None), zone)) > 1 else text


def in_zone(texts: Iterable[str], zone: str, other: str) -> list[str]:
    """The same instants as `to_iso` writes them in another zone; a text that names no instant is left out."""
    moved = []
    for text in texts:
        with suppress(Refused):
            moved.append(to_iso(parse_iso(text, zone), other))
    return moved


def resolve(local: datetime, zone: str, *, offset: str | None = None, field: str | None = None) -> datetime:
    """A naive local time → the instant that it names."""
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise YearOutOfRange(field=field)
    instants = _instants(local, zone)
    words = f"Le {french_date(local)} à {french_time(local)}"
    if not instants:
        raise SkippedTime(f"{words} n’existe pas\u00a0: les horloges avancent d’une heure cette nuit-là.", field=field)
    if offset:
        chosen = [moment for moment in instants if _offset(moment) == offset]
        if not chosen:
            raise WrongOffset(field=field)
        return chosen[0].astimezone(UTC)
    if len(instants) > 1:
        refusal = RepeatedTime(
            f"{words} existe deux fois\u00a0: les horloges reculent cette nuit-là. Choisissez avant ou après.",
            field=field,
        )
        refusal.offsets = tuple(_offset(moment) for moment in instants)
        raise refusal
    return instants[0].astimezone(UTC)


def shifted(moment: datetime, zone: str, delta: timedelta, *, field: str | None = None) -> datetime:
    """`moment` moved by local clock time: 9 h stays 9 h on the other side of a change of clocks."""
    local = moment.astimezone(ZoneInfo(zone))
    try:
        return resolve(local.replace(tzinfo=None) + delta, zone, field=field)
    except RepeatedTime as refusal:
        return resolve(local.replace(tzinfo=None) + delta, zone, offset=refusal.offsets[0], field=field)


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False
    return "/" in name or name == "UTC"


def _instants(local: datetime, zone: str) -> list[datetime]:
    """None in a gap, two in a fold (the earlier first), one otherwise."""
    candidates = [local.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1)]
    real = [c for c in candidates if c.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local]
    return real[:1] if len(real) == 2 and real[0].utcoffset() == real[1].utcoffset() else real


def _offset(moment: datetime) -> str:
    text = moment.strftime("%z")
    return f"{text[:3]}:{text[3:5]}"
