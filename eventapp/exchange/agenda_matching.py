"""Entries of another program → rooms, speakers and sessions of this event, its own recognised.

A session is known by the UID that we gave it, else by its title; rooms and people by their names, case and accents set
aside. What the other program does not say (booking, places, link) stays as it was.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from eventapp.agenda.models import Kind
from eventapp.exchange.event_file import AppearancePart, EventFile, RoomPart, SessionPart, SpeakerPart
from eventapp.exchange.foreign import LONGEST_ROOM, Entry, Reading, Speaker, named, short
from eventapp.text import fold, slugify

DRAFT = " (brouillon)"  # added by our own feed of the team


def fitted(reading: Reading, base: EventFile, known: Mapping[str, str], event_uid: str) -> EventFile:
    """`base` with what the entries become, and nothing else. `known`: slug of a session by its UID."""
    entries = sorted(reading.entries, key=lambda entry: (entry.starts_at, entry.ends_at, entry.title))
    kept = [entry for entry in entries if not (entry.uid and entry.uid == event_uid)]
    if len(kept) < len(entries):
        reading.say("L’entrée de l’événement entier n’est pas une session, elle est laissée de côté")
    fitting = _Fitting(base)
    pairs = _pairs(kept, base, known)
    slugs = {slug for slug, _old in pairs.values() if slug} | {part.slug for part in base.sessions} | {*known.values()}
    sessions = []
    for index, entry in enumerate(kept):
        slug, old = pairs.get(index, ("", None))
        slug = slug or _free(entry.title, "session", slugs)
        slugs.add(slug)
        sessions.append(fitting.session(entry, slug, old, is_ours=entry.uid in known))
    used = {part.room for part in sessions}
    speaking = {seen.speaker for part in sessions for seen in part.speakers}
    return replace(
        base,
        rooms=tuple(part for part in fitting.rooms.values() if part.slug in used),
        speakers=tuple(part for part in fitting.speakers.values() if part.slug in speaking),
        sessions=tuple(sessions),
        choice_required=(),
    )


def _pairs(
    entries: list[Entry], base: EventFile, known: Mapping[str, str]
) -> dict[int, tuple[str, SessionPart | None]]:
    """The session that each entry, by its place, is: by UID, by title and hour, then by title alone (pauses aside)."""
    free = {part.slug: part for part in base.sessions}
    pairs: dict[int, tuple[str, SessionPart | None]] = {}
    for index, entry in enumerate(entries):
        slug = known.get(entry.uid, "")
        if slug and slug not in {taken for taken, _part in pairs.values()}:
            pairs[index] = (slug, free.pop(slug, None))
    for exact in (True, False):
        titled: dict[str, list[SessionPart]] = {}
        for part in free.values():
            titled.setdefault(fold(part.title), []).append(part)
        for index, entry in enumerate(entries):
            same = titled.get(fold(entry.title), []) if index not in pairs else []
            fits = [part for part in same if part.starts_at == entry.starts_at or not (exact or part.kind.is_pause)]
            if fits:
                same.remove(fits[0])
                pairs[index] = (fits[0].slug, free.pop(fits[0].slug))
    return pairs


class _Fitting:
    """Remembers the rooms and speakers that the entries need."""

    def __init__(self, base: EventFile) -> None:
        self.venue = base.venue.one_line
        self.known_rooms = {fold(part.name): part for part in base.rooms}
        self.known_speakers = {_key(part): part for part in base.speakers}
        self.rooms = {part.slug: part for part in base.rooms}
        self.speakers = {part.slug: part for part in base.speakers}

    def session(self, entry: Entry, slug: str, old: SessionPart | None, *, is_ours: bool) -> SessionPart:
        if old is None:
            return SessionPart(
                slug=slug, title=entry.title.removesuffix(DRAFT) if is_ours else entry.title,
                kind=entry.kind or Kind.TALK, starts_at=entry.starts_at, ends_at=entry.ends_at,
                room=self.room(entry), description="" if is_ours else entry.description,
                speakers=() if is_ours else self.appearances(entry, ()),
            )  # fmt: skip
        old = replace(old, starts_at=entry.starts_at, ends_at=entry.ends_at)
        if is_ours:
            room = old.room if entry.room.endswith("…") else self.room(entry)
            title = entry.title.removesuffix(DRAFT)
            return replace(old, room=room, title=old.title if fold(title) == fold(old.title) else title)
        return replace(
            old,
            title=entry.title,
            room=self.room(entry) if entry.room else old.room,
            description=entry.description or old.description,
            speakers=self.appearances(entry, old.speakers),
        )

    def room(self, entry: Entry) -> str | None:
        name = entry.room
        if self.venue:
            name = "" if name == self.venue else name.removesuffix(f", {self.venue}")
        if not fold(name):
            return None
        part = self.known_rooms.get(fold(name)) or self.known_rooms.get(fold(name.partition("(")[0]))
        if part is None:
            slug = _free(name, "salle", self.rooms.keys())
            part = RoomPart(slug=slug, name=short(name, LONGEST_ROOM), capacity=entry.room_capacity)
            self.known_rooms[fold(name)] = self.rooms[slug] = part
        return part.slug

    def appearances(self, entry: Entry, old: tuple[AppearancePart, ...]) -> tuple[AppearancePart, ...]:
        before = {part.speaker: part for part in old}
        slugs = list(dict.fromkeys(self.speaker(one) for one in entry.speakers))
        if not slugs or set(slugs) == before.keys():
            return old
        return tuple(before.get(slug, AppearancePart(speaker=slug)) for slug in slugs)

    def speaker(self, one: Speaker) -> str:
        swapped = fold(f"{one.last_name} {one.first_name}")
        part = self.known_speakers.get(one.key) or self.known_speakers.get(swapped)
        if part is None:
            slug = _free(f"{one.first_name} {one.last_name}", "intervenant", self.speakers.keys())
            part = SpeakerPart(slug=slug, **vars(one))
            self.known_speakers[one.key] = self.speakers[slug] = part
        return part.slug


def outside(sessions: Iterable[SessionPart], base: EventFile) -> list[str]:
    """How those that do not lie within the hours of the event are named."""
    return [
        named(part.title, part.slug)
        for part in sessions
        if part.starts_at < base.starts_at or part.ends_at > base.ends_at
    ]


def _key(part: SpeakerPart) -> str:
    return fold(f"{part.first_name} {part.last_name}")


def _free(words: str, otherwise: str, taken: Collection[str]) -> str:
    base = slugify(words, limit=60) or otherwise
    number = 1
    slug = base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
