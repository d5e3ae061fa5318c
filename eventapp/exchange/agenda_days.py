"""The programme of another year: its days moved together to those of the event, every hour as the clock shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from eventapp.exchange.event_file import EventFile, SessionPart
from eventapp.exchange.foreign import Entry
from eventapp.formats import plural

Held = TypeVar("Held", Entry, SessionPart)


def distance(held: Sequence[Entry] | Sequence[SessionPart], base: EventFile) -> int:
    """In days, from the first one that is held to the first of the event, both in the zone of the event."""
    zone = ZoneInfo(base.timezone)
    days = [one.starts_at.astimezone(zone).date() for one in held]
    return (base.starts_at.astimezone(zone).date() - min(days)).days if days else 0


def moved(held: Iterable[Held], days: int, base: EventFile) -> list[Held]:
    zone, by = ZoneInfo(base.timezone), timedelta(days=days)

    def later(moment: datetime) -> datetime:
        return (moment.astimezone(zone) + by).astimezone(UTC)

    return [replace(one, starts_at=later(one.starts_at), ends_at=later(one.ends_at)) for one in held]


def moved_slots(slots: Iterable[str], days: int) -> tuple[str, ...]:
    """Local times, as an event file writes them."""
    return tuple(f"{date.fromisoformat(slot[:10]) + timedelta(days=days)}{slot[10:16]}" for slot in slots)


def in_words(days: int) -> str:
    return f"Dates décalées de {plural(abs(days), 'jour', 'jours')}, pour commencer au premier jour de l’événement"
