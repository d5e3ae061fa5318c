"""A frab or c3voc `schedule.json` → entries. What is of another shape than expected is said with its path."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from eventapp.errors import Refused
from eventapp.events import local_times
from eventapp.exchange.faults import path_of
from eventapp.exchange.foreign import (
    LONGEST_ROOM,
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

DURATION = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d\d)", re.ASCII)
CANCELLED = ("cancelled", "canceled", "withdrawn", "rejected")
LARGEST_ROOM = 1_000_000


def read_schedule(data: Any, zone: str) -> Reading:
    """`zone`: for times without an offset. Raises NotAnAgenda, which names what has not the shape it should have."""
    conference = _object(_object(_object(data, "fichier").get("schedule"), "schedule").get("conference"), CONFERENCE)
    reading = Reading()
    capacities = _capacities(conference)
    for number, (path, room, item) in enumerate(_items(conference), 1):
        if number > MOST_ENTRIES:
            raise TooManyEntries
        if not isinstance(item, dict):
            reading.say("Laissée de côté, ce n’est pas un objet", path)
            continue
        entry = _entry(item, path, room, capacities, zone, reading)
        if entry is not None:
            reading.entries.append(entry)
    return reading


CONFERENCE = "schedule.conference"


def _items(conference: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    days = conference.get("days")
    for index, day in enumerate(_list(days, f"{CONFERENCE}.days")):
        path = path_of(f"{CONFERENCE}.days", index)
        rooms = _object(_object(day, path).get("rooms") or {}, f"{path}.rooms")
        for room, items in rooms.items():
            inside = path_of(f"{path}.rooms", room)
            for place, item in enumerate(_list(items, inside)):
                yield path_of(inside, place), room, item


def _entry(
    item: dict[str, Any], path: str, room: str, capacities: dict[str, int], zone: str, reading: Reading
) -> Entry | None:
    title = title_of(_text(item, "title", path, reading), reading)
    about = named(title, path)
    if not title:
        reading.say("Laissée de côté, elle n’a pas de titre", path_of(path, "title"))
        return None
    if str(item.get("status", ""))[:20].lower() in CANCELLED or item.get("cancelled") is True:
        reading.say("Laissée de côté, elle est annulée", about)
        return None
    try:
        starts_at, ends_at = _moments(item, zone)
    except (ValueError, TypeError, OverflowError, Refused):
        reading.say("Laissée de côté, sa date ou sa durée ne se lit pas", path_of(path, "date"))
        return None
    if ends_at <= starts_at:
        reading.say("Laissée de côté, elle finit avant d’avoir commencé", about)
        return None
    subtitle = one_line(_text(item, "subtitle", path, reading))
    texts = (subtitle, *(text_of(_text(item, name, path, reading)) for name in ("abstract", "description")))
    room = one_line(room[:500])
    return Entry(
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        room=short(room, LONGEST_ROOM),
        room_capacity=capacities.get(room),
        speakers=speakers_of(_people(item, path, reading)),
        description="\n\n".join(dict.fromkeys(filter(None, texts))),
        kind=guess(title, _text(item, "type", path, reading)),
    )


def _moments(item: dict[str, Any], zone: str) -> tuple[datetime, datetime]:
    starts_at = _moment(item.get("date"), zone)
    found = DURATION.fullmatch(str(item.get("duration", ""))[:20])
    if found is not None:
        days, hours, minutes = (int(part or 0) for part in found.groups())
        return starts_at, starts_at + timedelta(days=days, hours=hours, minutes=minutes)
    return starts_at, _moment(item.get("end"), zone)


def _moment(value: Any, zone: str) -> datetime:
    if not isinstance(value, str):
        raise TypeError
    moment = datetime.fromisoformat(value[:50])
    if moment.tzinfo is not None:
        if not local_times.FIRST_YEAR <= moment.year <= local_times.LAST_YEAR:
            raise local_times.YearOutOfRange
        return moment.astimezone(UTC)
    try:
        return local_times.resolve(moment, zone)
    except local_times.RepeatedTime as refusal:
        return local_times.resolve(moment, zone, offset=refusal.offsets[0])


def _people(item: dict[str, Any], path: str, reading: Reading) -> Iterator[tuple[str, str]]:
    people = item.get("persons") or []
    if not isinstance(people, list):
        reading.say("Ignoré, ce n’est pas une liste", path_of(path, "persons"))
        return
    for index, person in enumerate(people[:200]):
        facts = person if isinstance(person, dict) else {}
        names = [facts.get(key) for key in ("public_name", "full_public_name", "name")]
        name = next((name for name in names if isinstance(name, str) and name.strip()), "")
        biography = facts.get("biography")
        if name:
            yield name, biography if isinstance(biography, str) else ""
        else:
            reading.say("Ignoré, personne n’y est nommé", path_of(path_of(path, "persons"), index))


def _capacities(conference: dict[str, Any]) -> dict[str, int]:
    """By the name of the room; other shapes say nothing."""
    rooms = conference.get("rooms")
    known: dict[str, int] = {}
    for room in rooms if isinstance(rooms, list) else []:
        if isinstance(room, dict) and isinstance(room.get("name"), str):
            capacity = room.get("capacity")
            if isinstance(capacity, int) and not isinstance(capacity, bool) and 0 < capacity <= LARGEST_ROOM:
                known[one_line(room["name"][:500])] = capacity
    return known


def _text(item: dict[str, Any], key: str, path: str, reading: Reading) -> str:
    """Some programs write a text in each language."""
    value = item.get(key)
    if isinstance(value, dict):
        value = value.get("fr") or value.get("en")
    if value is not None and not isinstance(value, str):
        reading.say("Ignoré, ce n’est pas un texte", path_of(path, key))
    return value if isinstance(value, str) else ""


def _object(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotAnAgenda(f"Dans ce fichier, «\u00a0{short(path, 200)}\u00a0» doit être un objet.")
    return value


def _list(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise NotAnAgenda(f"Dans ce fichier, «\u00a0{short(path, 200)}\u00a0» doit être une liste.")
    return value
