"""What an organiser does to the sessions of a programme. Rooms and speakers: see `rooms.py` and `speakers.py`.

`revision` rises with every visible change, `sequence` when calendars must follow: time, room, link, cancellation.
Every change also raises the revision of the event, whose pages show it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2s
from typing import Any

from sqlalchemy import Select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.agenda.models import Appearance, Room, Session, Speaker, SpeakerRole
from eventapp.errors import Refused
from eventapp.events.lifecycle import calendar_uid, touch
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.text import slugify

ROOM_FACTS = ("name", "capacity", "accessibility")
SPEAKER_FACTS = ("civility", "first_name", "last_name", "function", "organisation", "biography")
CALENDAR_FACTS = frozenset({"starts_at", "ends_at", "room", "online_url", "cancelled_at"})


class EndsBeforeStart(Refused):
    message = "La fin doit venir après le début."
    field = "ends"


class SpeakerTwice(Refused):
    message = "Une même personne ne peut figurer qu’une fois dans une session."
    field = "cast"


class AlreadyCancelled(Refused):
    message = "Cette session est déjà annulée."


class EditedMeanwhile(Refused):
    message = (
        "Cette session a été modifiée pendant que vous remplissiez ce formulaire. Votre saisie est conservée\u00a0: "
        "relisez-la, puis enregistrez de nouveau."
    )


class WrittenMeanwhile(Refused):
    """Of a room or a speaker."""

    message = (
        "Cette fiche a été modifiée pendant que vous remplissiez ce formulaire. Votre saisie est conservée\u00a0: "
        "relisez-la, puis enregistrez de nouveau."
    )


@dataclass(frozen=True)
class Cast:
    """One speaker of a session; their order in the list is the protocol order."""

    speaker: Speaker
    role: SpeakerRole = SpeakerRole.SPEAKER
    note: str = ""


def add_session(
    event: Event, *, now: datetime, by: User | None, cast: Sequence[Cast] = (), slug: str | None = None, **facts: Any
) -> Session:
    """`facts`: columns of Session (`title`, `starts_at`, `ends_at` are needed), `room` a Room or None."""
    hold(event)
    session = Session(event_id=event.id, slug=slug or free_slug(Session, event, facts["title"], "session"))
    session.calendar_uid = calendar_uid("session")
    session.updated_at = now
    _apply(session, facts)
    db.session.add(session)
    db.session.flush()
    _set_cast(session, cast)
    db.session.flush()
    touch(event, now=now, calendar=False)
    _record("added", f"Session « {session.title} » ajoutée", session, now, by)
    return session


def edit_session(
    session: Session,
    facts: Mapping[str, Any],
    *,
    now: datetime,
    by: User | None,
    cast: Sequence[Cast] | None = None,
    seen: str | None = None,
) -> set[str]:
    """Apply what differs; the changed names, "cast" among them. `seen`: the `mark` that the editor had before their
    eyes."""
    hold(session.event)
    if seen is not None and mark(session) != seen:
        raise EditedMeanwhile
    changed = _apply(session, facts)
    if cast is not None and _set_cast(session, cast):
        changed.add("cast")
    if changed:
        db.session.flush()
        touch_session(session, now=now, calendar=bool(changed & CALENDAR_FACTS))
        touch(session.event, now=now, calendar=False)
        _record("edited", f"Session « {session.title} » modifiée", session, now, by, facts=sorted(changed))
    return changed


def cancel_session(session: Session, *, now: datetime, by: User | None) -> None:
    """It stays in the programme, shown as cancelled. Whoever booked it is told by the caller."""
    hold(session.event)
    if session.cancelled_at is not None:
        raise AlreadyCancelled
    session.cancelled_at = now
    touch_session(session, now=now, calendar=True)
    touch(session.event, now=now, calendar=False)
    _record("cancelled", f"Session « {session.title} » annulée", session, now, by)


def remove_session(session: Session, *, now: datetime, by: User | None) -> None:
    """For good. The caller has made sure that nobody booked it (registrations.session_changes)."""
    event = session.event
    hold(event)
    _record("removed", f"Session « {session.title} » supprimée", session, now, by)
    db.session.delete(session)
    touch(event, now=now, calendar=False)


def mark(session: Session) -> str:
    """Changes when anything that is written of the session does; the same for a row and for what a draft says."""
    facts = [getattr(session, name) for name in FACTS if name not in ("room", "starts_at", "ends_at")]
    hours = [moment.astimezone(UTC).isoformat() for moment in (session.starts_at, session.ends_at)]
    cast = [(a.speaker.slug, a.role.value, a.note) for a in session.appearances]
    whole = (*map(str, facts), *hours, session.room.slug if session.room is not None else "", cast)
    return blake2s(repr(whole).encode(errors="backslashreplace"), digest_size=8).hexdigest()


def mark_of(thing: Room | Speaker) -> str:
    """As `mark`, of a room or of a speaker."""
    facts = [getattr(thing, name) for name in (ROOM_FACTS if isinstance(thing, Room) else SPEAKER_FACTS)]
    return blake2s(repr(facts).encode(errors="backslashreplace"), digest_size=8).hexdigest()


def mark_of_all(sessions: Iterable[Session]) -> str:
    """Changes when what takes place does, or anything that is written of it."""
    marks = sorted((session.slug, mark(session)) for session in sessions if session.cancelled_at is None)
    return blake2s(repr(marks).encode(), digest_size=8).hexdigest()


def require_choice(event: Event, slots: Sequence[str], *, now: datetime, by: User | None) -> None:
    """`slots`: local beginnings of the slots in which everyone must choose a session."""
    hold(event)
    if sorted(event.choice_required) == sorted(slots):
        return
    event.choice_required = sorted(slots)
    touch(event, now=now, calendar=False)
    journal.record("choice.required", "Créneaux où choisir est obligatoire modifiés", now=now, by=by, event=event)


def touch_session(session: Session, *, now: datetime, calendar: bool) -> None:
    session.revision += 1
    session.updated_at = now
    if calendar:
        session.sequence += 1


def touch_sessions(concerned: Select[Session], *, now: datetime, calendar: bool = False) -> None:
    """One of their speakers is called otherwise now, or their room, which calendars must follow."""
    for session in db.session.scalars(concerned):
        touch_session(session, now=now, calendar=calendar)


def free_slug(model: type[Room] | type[Speaker] | type[Session], event: Event, words: str, fallback: str) -> str:
    """From the words, with a number when taken in this event."""
    base = slugify(words, limit=70) or fallback
    taken = set(db.session.scalars(db.select(model.slug).where(model.event_id == event.id)))
    return next(slug for slug in _numbered(base) if slug not in taken)


FACTS = (
    "title",
    "kind",
    "starts_at",
    "ends_at",
    "room",
    "booking",
    "capacity",
    "description",
    "online_url",
)


def _numbered(base: str) -> Any:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def _apply(session: Session, facts: Mapping[str, Any]) -> set[str]:
    changed = {name for name, value in facts.items() if getattr(session, name) != value}
    for name in changed - {"room"}:
        setattr(session, name, facts[name])
    if session.ends_at <= session.starts_at:
        raise EndsBeforeStart
    if "room" in changed:  # the column alone: the relationship would also write the event
        session.room_id = facts["room"].id if facts["room"] is not None else None
        if db.inspect(session).persistent:
            db.session.flush()
            db.session.expire(session, ["room"])
    return changed


def _set_cast(session: Session, cast: Sequence[Cast]) -> bool:
    """Rows are kept where a speaker stays: the database allows one per speaker."""
    if len({member.speaker.id for member in cast}) < len(cast):
        raise SpeakerTwice
    before = [(a.speaker_id, a.role, a.note) for a in session.appearances]
    if before == [(member.speaker.id, member.role, member.note) for member in cast]:
        return False
    kept = {appearance.speaker_id: appearance for appearance in session.appearances}
    rows = []
    for position, member in enumerate(cast):
        row = kept.get(member.speaker.id) or Appearance(event_id=session.event_id, speaker=member.speaker)
        row.role, row.note, row.position = member.role, member.note, position
        rows.append(row)
    session.appearances = rows
    return True


def _record(act: str, sentence: str, session: Session, now: datetime, by: User | None, **details: Any) -> None:
    sentence = sentence.replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    journal.record(f"session.{act}", sentence, now=now, by=by, event=session.event, subject=session, **details)
