"""What an organiser should look at in a programme. Nothing here is refused: reality may know better, and says so once.

A conflict is known by a key made of what it is about: accepted, it is listed no more until its hours, rooms, people or
places change.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s
from itertools import groupby, islice
from typing import Any

from eventapp.agenda.models import BookingMode, Kind, Session, Speaker, SpeakerRole
from eventapp.agenda.programme import required_instants
from eventapp.events.models import Event
from eventapp.formats import french_date, french_hours, french_time, person, plural

# Nobody needs a room for these.
ANYWHERE = (Kind.BREAK, Kind.MEAL, Kind.WELCOME, Kind.VISIT, Kind.VIDEO)
FEW = 3  # sessions at once that are named one by one


@dataclass(frozen=True)
class Conflict:
    """A sentence, the session to open, and the key under which it may be accepted; `subject`: the same whenever."""

    sentence: str
    session: Session
    key: str
    subject: str


@dataclass(frozen=True)
class Bounds:
    """Of the event, as the draft has them; `required`: the slots in which everyone must choose."""

    event: Event
    starts_at: datetime
    ends_at: datetime
    required: Sequence[str]
    has_rooms: bool


def conflicts(bounds: Bounds, sessions: Iterable[Session]) -> list[Conflict]:
    """Among the sessions that take place, in their order."""
    held = [session for session in sessions if session.cancelled_at is None]
    found = [
        *_outside(bounds, held),
        *_rooms_twice(bounds.event, held),
        *_speakers_twice(bounds.event, held),
        *_too_small(held),
        *_during_a_meal(bounds.event, held),
        *_nowhere(bounds, held),
        *_too_few_seats(bounds, held),
    ]
    return sorted(found, key=lambda conflict: (conflict.session.starts_at, conflict.session.slug))


def _conflict(what: str, sentence: str, session: Session, *facts: Any) -> Conflict:
    """`facts`: beside the session itself, what makes it another conflict when it changes."""
    about = sorted([_about(session), *(_about(fact) if isinstance(fact, Session) else str(fact) for fact in facts)])
    names = sorted([session.slug, *(fact.slug if isinstance(fact, Session) else str(fact) for fact in facts)])
    key = f"{what}-{blake2s(repr(about).encode(), digest_size=12).hexdigest()}"
    return Conflict(sentence, session, key, f"{what} {names}")


def _about(session: Session) -> str:
    return f"{session.slug} {session.starts_at.timestamp():.0f} {session.ends_at.timestamp():.0f}"


def _outside(bounds: Bounds, sessions: Iterable[Session]) -> list[Conflict]:
    zone = bounds.event.timezone
    hours = f"{french_date(bounds.starts_at, zone)}, {french_hours(bounds.starts_at, bounds.ends_at, zone)}"
    return [
        _conflict("outside", f"{_named(s)} sort des horaires de l’événement ({hours}).", s, hours)
        for s in sessions
        if s.starts_at < bounds.starts_at or s.ends_at > bounds.ends_at
    ]


def _rooms_twice(event: Event, sessions: Sequence[Session]) -> list[Conflict]:
    placed = sorted((s for s in sessions if s.room is not None), key=lambda s: (_room(s), s.starts_at))
    return [
        _conflict("room", f"{other.room.name if other.room else ''} accueille en même temps {both}.", other, *facts)
        for slug, held in groupby(placed, key=_room)
        for other, both, facts in _at_once(event, list(held), slug)
    ]


def _speakers_twice(event: Event, sessions: Sequence[Session]) -> list[Conflict]:
    """A recorded video keeps nobody from being elsewhere."""
    speakers, held = dict[str, Speaker](), defaultdict[str, list[Session]](list)
    for session in sessions:
        for appearance in session.appearances:
            if appearance.role is not SpeakerRole.VIDEO:
                speakers[appearance.speaker.slug] = appearance.speaker
                held[appearance.speaker.slug].append(session)
    return [
        _conflict("speaker", f"{person(speakers[slug])} est en même temps dans {both}.", other, *facts)
        for slug, theirs in held.items()
        for other, both, facts in _at_once(event, theirs, slug)
    ]


def _at_once(event: Event, sessions: Sequence[Session], where: str) -> Iterator[tuple[Session, str, tuple[Any, ...]]]:
    """Each session that begins while others go on, what to say of them together, and the facts: with each of a few;
    with the number of many, as the pairs of hundreds would neither be computed nor read."""
    going: list[Session] = []
    for other in sorted(sessions, key=lambda session: session.starts_at):
        going = [one for one in going if one.ends_at > other.starts_at]
        if len(going) > FEW:
            yield other, f"{_named(other)} et {len(going)} autres sessions ({_when(event, other)})", (where, len(going))
        else:
            for one in going:
                yield other, f"{_both(one, other)} ({_when(event, other)})", (one, where)
        going.append(other)


def _too_small(sessions: Iterable[Session]) -> list[Conflict]:
    found = []
    for session in sessions:
        room, seats = session.room, session.capacity or 0
        if room is not None and room.capacity is not None and seats > room.capacity:
            offered = plural(seats, "place", "places")
            sentence = f"{_named(session)} propose {offered}, mais {room.name} en compte {room.capacity}."
            found.append(_conflict("places", sentence, session, room.slug, seats, room.capacity))
    return found


def _during_a_meal(event: Event, sessions: Iterable[Session]) -> list[Conflict]:
    held, found = list(sessions), []
    meals = [session for session in held if session.kind is Kind.MEAL]
    for work in [session for session in held if not session.kind.is_pause]:
        for meal in islice((meal for meal in meals if meal.overlaps(work)), FEW):
            sentence = f"{_named(work)} se tient pendant {_named(meal)} ({_when(event, meal)})."
            found.append(_conflict("meal", sentence, work, meal))
    return found


def _nowhere(bounds: Bounds, sessions: Iterable[Session]) -> list[Conflict]:
    """Where there are rooms, people ask in which one."""
    return [
        _conflict("nowhere", f"{_named(session)} n’a pas de salle, ni de lien pour suivre à distance.", session)
        for session in sessions
        if bounds.has_rooms and session.room is None and not session.online_url and session.kind not in ANYWHERE
    ]


def _too_few_seats(bounds: Bounds, sessions: Sequence[Session]) -> list[Conflict]:
    """Everyone must choose, and not everyone can."""
    people, found = bounds.event.capacity, []
    bookable = [session for session in sessions if session.booking is not BookingMode.NONE]
    for instant in sorted(required_instants(bounds.event, bounds.required)):
        offered = [session for session in bookable if session.starts_at == instant]
        seats = sum(session.capacity or 0 for session in offered)
        if people and offered and seats < people and all(session.capacity is not None for session in offered):
            when = f"{french_date(instant, bounds.event.timezone)} à {french_time(instant, bounds.event.timezone)}"
            sentence = f"{when.capitalize()}, chacun doit choisir une session, mais elles offrent {seats} places"
            sentence = f"{sentence} pour {people} personnes."
            found.append(_conflict("seats", sentence, offered[0], seats, people))
    return found


def _room(session: Session) -> str:
    return session.room.slug if session.room is not None else ""


def _named(session: Session) -> str:
    return f"«\u00a0{session.title}\u00a0»"


def _both(one: Session, other: Session) -> str:
    return f"{_named(one)} et {_named(other)}"


def _when(event: Event, session: Session) -> str:
    return french_hours(session.starts_at, session.ends_at, event.zone)
