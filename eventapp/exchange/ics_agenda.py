"""iCalendar → entries. Nothing is expanded, nested or looked up: lines are read one by one, in linear time.

Only what a programme needs is looked at, once per entry; the library reads the values. A time zone is believed by its
name (IANA, or Windows' own); the rules of a VTIMEZONE are not, as they may be endless.
"""

import re
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from eventapp.errors import Refused
from eventapp.events import local_times
from eventapp.exchange.foreign import (
    LONGEST_ROOM,
    LONGEST_TEXT,
    MOST_ENTRIES,
    Entry,
    NotAnAgenda,
    Reading,
    TooManyEntries,
    guess,
    named,
    short,
    speakers_of,
    text_of,
    title_of,
)
from eventapp.text import one_line

WANTED = frozenset(
    {"UID", "SUMMARY", "DTSTART", "DTEND", "DURATION", "DESCRIPTION", "LOCATION", "STATUS", "RRULE", "RDATE",
     "CATEGORIES", "SEQUENCE", "RECURRENCE-ID", "URL", "CONFERENCE"}
)  # fmt: skip
LONGEST_HEAD = 500  # name and parameters
LONGEST_VALUE = 2 * LONGEST_TEXT
LONGEST_SESSION = timedelta(days=14)
MOST_ZONES = 20  # unknown ones whose names are told
ZONE_PARAMETER = re.compile(r';TZID=("[^"]*"|[^;:,]*)', re.IGNORECASE)
HEAD = re.compile(rf'(?:[^":]|"[^"]*"){{0,{LONGEST_HEAD}}}')
LETTERS = string.ascii_letters + "-"
ESCAPED = re.compile(r"\\([\\;,nN])")
OWN_PROGRAM = re.compile(r"^PRODID:.*pretalx", re.IGNORECASE | re.MULTILINE)

Lines = dict[str, tuple[str, str]]  # parameters and value, by name


def read_ics(text: str, zone: str) -> Reading:
    """`zone`: for times without one of their own. Raises NotAnAgenda."""
    if "BEGIN:VCALENDAR" not in text[:10_000].upper():
        raise NotAnAgenda
    reading = Reading()
    names_speakers = OWN_PROGRAM.search(text[:10_000]) is not None
    kept: dict[tuple[str, str], tuple[int, Entry]] = {}
    for number, lines in enumerate(_events(text), 1):
        if number > MOST_ENTRIES:
            raise TooManyEntries
        entry = _entry(lines, f"entrée {number}", zone, reading, names_speakers)
        if entry is None:
            continue
        key = (entry.uid or f"#{number}", lines.get("RECURRENCE-ID", ("", ""))[1])
        sequence = _number(lines.get("SEQUENCE", ("", "0"))[1])
        if key in kept:
            reading.say("Écrite deux fois dans le fichier, la dernière version est prise", named(entry.title, ""))
        if key not in kept or kept[key][0] <= sequence:
            kept[key] = (sequence, entry)
    reading.entries = [entry for _sequence, entry in kept.values()]
    return reading


def _events(text: str) -> Iterator[Lines]:
    """What each VEVENT says itself; what is nested in it is skipped, and so is everything outside."""
    inside: Lines | None = None
    depth = 0
    for line in _content_lines(text):
        name = line[: len(line) - len(line.lstrip(LETTERS))].upper()
        if name not in WANTED and name not in ("BEGIN", "END"):
            continue
        head, value = _halves(line)
        component = value.strip().upper()
        if inside is None:
            if name == "BEGIN" and component == "VEVENT":
                inside, depth = {}, 0
        elif name == "END" and component == "VEVENT":
            yield inside
            inside = None
        elif name in ("BEGIN", "END"):
            depth = max(0, depth + (1 if name == "BEGIN" else -1))
        elif depth == 0 and name in WANTED and name not in inside:
            inside[name] = (head[len(name) :], value)


def _content_lines(text: str) -> Iterator[str]:
    """Unfolded, cut where nothing sensible is longer."""
    parts: list[str] = []
    length = 0
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line:
            continue
        if line[0] in " \t" and parts:
            if length < LONGEST_VALUE:
                parts.append(line[1:])
                length += len(line)
            continue
        if parts:
            yield "".join(parts)
        parts, length = [line[:LONGEST_VALUE]], len(line)
    if parts:
        yield "".join(parts)


def _halves(line: str) -> tuple[str, str]:
    """Name with parameters, and value: the first colon outside quotes parts them."""
    head = HEAD.match(line)
    end = head.end() if head is not None else 0
    return (line[:end], line[end + 1 :]) if line[end : end + 1] == ":" else ("", "")


def _entry(lines: Lines, where: str, zone: str, reading: Reading, names_speakers: bool) -> Entry | None:
    title = title_of(_text(lines, "SUMMARY"), reading)
    names = ""
    if names_speakers and " - " in title:
        title, _dash, names = title.rpartition(" - ")
    about = named(title, where)
    why = _why_not(lines, title)
    try:
        moments = _moments(lines, zone, about, reading) if not why else None
    except (ValueError, OverflowError, TypeError, Refused):
        why = "Laissée de côté, sa date ou sa durée ne se lit pas"
        moments = None
    if moments is not None and moments[1] <= moments[0]:
        why = "Laissée de côté, elle finit avant d’avoir commencé"
    if why or moments is None:
        reading.say(why or "Laissée de côté, elle dure des journées entières", about)
        return None
    if "RRULE" in lines or "RDATE" in lines:
        reading.say("Se répète\u00a0: prise une fois, à sa première date", about)
    categories = _text(lines, "CATEGORIES")
    return Entry(
        title=title,
        starts_at=moments[0],
        ends_at=moments[1],
        room=short(one_line(_text(lines, "LOCATION")), 2 * LONGEST_ROOM + 200),
        speakers=speakers_of((name, "") for name in names.split(", ")) if names else (),
        description=_description(lines),
        kind=guess(categories, title),
        uid=one_line(_text(lines, "UID"))[:300],
    )


def _why_not(lines: Lines, title: str) -> str:
    if _text(lines, "STATUS").strip().upper() == "CANCELLED":
        return "Laissée de côté, elle est annulée"
    if not title:
        return "Laissée de côté, elle n’a pas de titre"
    if "DTSTART" not in lines:
        return "Laissée de côté, elle n’a pas de date"
    if not lines.keys() & {"DTEND", "DURATION"} and "T" in lines["DTSTART"][1].upper():
        return "Laissée de côté, elle ne dit pas quand elle finit"
    return ""


def _moments(lines: Lines, zone: str, about: str, reading: Reading) -> tuple[datetime, datetime] | None:
    """None for whole days, the only ones that may say no end."""
    starts_at = _moment(lines["DTSTART"], zone, about, reading)
    if starts_at is None:
        return None
    if "DTEND" in lines:
        ends_at = _moment(lines["DTEND"], zone, about, reading)
    else:
        lasts = icalendar.vDuration.from_ical(lines["DURATION"][1].strip()[:50]) if "DURATION" in lines else timedelta()
        ends_at = starts_at + lasts
    if ends_at is None or ends_at - starts_at > LONGEST_SESSION:
        return None
    return starts_at, ends_at


def _moment(line: tuple[str, str], zone: str, about: str, reading: Reading) -> datetime | None:
    parameters, value = line
    found = icalendar.vDDDTypes.from_ical(value.strip()[:50])
    if not isinstance(found, datetime):
        if isinstance(found, date):
            return None
        raise ValueError(value[:50])
    if found.tzinfo is not None:
        _check_year(found)
        return found.astimezone(UTC)
    return _local(found, _zone(parameters, zone, about, reading))


def _local(moment: datetime, zone: str) -> datetime:
    try:
        return local_times.resolve(moment, zone)
    except local_times.RepeatedTime as refusal:
        return local_times.resolve(moment, zone, offset=refusal.offsets[0])


def _check_year(moment: datetime) -> None:
    if not local_times.FIRST_YEAR <= moment.year <= local_times.LAST_YEAR:
        raise local_times.YearOutOfRange


def _zone(parameters: str, zone: str, about: str, reading: Reading) -> str:
    found = ZONE_PARAMETER.search(parameters)
    name = found.group(1).strip('"') if found is not None else ""
    if not name:
        reading.say("Heure sans fuseau\u00a0: prise dans celui de l’événement", about)
        return zone
    parts = name.strip("/").split("/")
    for candidate in (name, WINDOWS_TO_OLSON.get(name, ""), "/".join(parts[-2:]), "/".join(parts[-3:])):
        if candidate and local_times.is_zone(candidate):
            return str(ZoneInfo(candidate))
    sentence = f"Fuseau horaire inconnu («\u00a0{short(one_line(name), 40)}\u00a0»), celui de l’événement est pris"
    reading.say(sentence if len(reading.remarks) < MOST_ZONES else "Fuseau horaire inconnu", about)
    return zone


def _text(lines: Lines, name: str) -> str:
    """What is escaped as RFC 5545 (3.3.11) says, read in one pass, so that « C:\\Notes » keeps its letters."""
    value = lines[name][1][:LONGEST_VALUE] if name in lines else ""
    return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def _description(lines: Lines) -> str:
    """Without the address that some programs repeat at its end."""
    text, address = text_of(_text(lines, "DESCRIPTION")), one_line(lines.get("URL", ("", ""))[1])
    return text[: -len(address)].rstrip() if address and text.endswith(address) else text


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
