"""Who gets one letter when an event or its sessions move or are cancelled."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select

from eventapp.accounts.models import User
from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.exchange.event_file import EventFile
from eventapp.extensions import db
from eventapp.invitations import notices as guest_notices
from eventapp.registrations import notices
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.sessions import notices as session_notices
from eventapp.registrations.sessions import programme_changes
from eventapp.registrations.sessions.session_changes import lose_to_cancellation
from eventapp.registrations.wishes.wish_slots import disclosed

NOBODY: Mapping[Registration, Sequence[Session]] = {}
NOTHING: Mapping[int, Mapping[str, str]] = {}


@dataclass(frozen=True)
class Telling:
    """What the organiser decides when a programme is released: those whose sessions change are always told."""

    to_everyone: bool = False
    note: str = ""  # Markdown


def will_be_told(event: Event, before: EventFile, after: EventFile) -> int:
    """How many people a waiting file would write to, if it were published now."""
    if moves(before, after):
        return everyone_to_tell(event)
    old, new = calendar_facts(before), calendar_facts(after)
    changed = [slug for slug, facts in old.items() if new.get(slug) != facts]
    booked = (
        db.select(db.func.count(db.distinct(Booking.registration_id)))
        .join(Booking.registration)
        .join(Booking.session)
        .where(
            Session.event_id == event.id,
            Session.slug.in_(changed),
            Booking.released_at.is_(None),
            Registration.status != Status.CANCELLED,
        )
    )
    return db.session.scalar(booked) or 0


def moves(before: EventFile, after: EventFile) -> bool:
    """Whether the event itself takes place at another time or elsewhere: then everyone is told."""
    return _when_and_where(before) != _when_and_where(after)


def everyone_to_tell(event: Event) -> int:
    """The people registered, and the guests who have not answered."""
    return notices.people_to_tell(event) + guest_notices.people_to_tell(event)


def tell_of_move(
    event: Event,
    concerned: Mapping[Registration, Sequence[Session]] = NOBODY,
    was: Mapping[int, Mapping[str, str]] = NOTHING,
    *,
    by: timedelta = timedelta(),
    note: str = "",
    now: datetime,
) -> int:
    """One letter each. `concerned`, `was`: as in `tell_of_programme`; a session that only went along with the event,
    moved `by` as much, is not told apart."""
    changes = {
        registration: {s: was[s.id] for s in sessions if not _went_along(s, was[s.id], by)}
        for registration, sessions in concerned.items()
    }
    registered = notices.event_moved(event, changes, note=note, now=now)
    return registered + guest_notices.event_moved(event, note=note, now=now)


def tell_of_cancellation(event: Event, *, now: datetime) -> int:
    return notices.event_cancelled(event, now=now) + guest_notices.event_cancelled(event, now=now)


def release_cancelled(
    changed: Collection[Session], *, now: datetime, by: User | None
) -> dict[Registration, list[Session]]:
    """Free the bookings of cancelled sessions; who booked which of the changed ones."""
    concerned: dict[Registration, list[Session]] = defaultdict(list)
    held = (
        db.select(Booking)
        .join(Booking.registration)
        .where(
            Booking.session_id.in_([session.id for session in changed]),
            Booking.released_at.is_(None),
            Registration.status != Status.CANCELLED,
        )
        .order_by(Booking.id)
    )
    for booking in db.session.scalars(held).all():
        if disclosed(booking.registration.event, [booking]):  # what is granted by wishes is told when it is announced
            concerned[booking.registration].append(booking.session)
        if booking.session.cancelled_at is not None:
            lose_to_cancellation(booking, now=now, by=by)
    return concerned


def tell_of_programme(
    event: Event,
    concerned: Mapping[Registration, Sequence[Session]],
    was: Mapping[int, Mapping[str, str]],
    telling: Telling,
    *,
    summary: Sequence[str],
    now: datetime,
) -> int:
    """One letter each, however many of their sessions changed. `was`: when and where, by session id."""
    for registration, sessions in concerned.items():
        before = {session: was[session.id] for session in sessions}
        session_notices.programme_changed(registration, before, note=telling.note, now=now)
    if not telling.to_everyone:
        return len(concerned)
    others = [one for one in db.session.scalars(_live(event)) if one not in concerned]
    for registration in others:
        session_notices.programme_changed(registration, {}, summary=summary, note=telling.note, now=now)
    return len(concerned) + len(others)


def when_and_where(event: Event) -> dict[int, dict[str, str]]:
    """Of each session, before it changes."""
    return {row.id: programme_changes.when_and_where(row) for row in db.session.scalars(Session.of(event))}


def _went_along(session: Session, was: Mapping[str, str], by: timedelta) -> bool:
    before = {name: datetime.fromisoformat(was[name]) + by for name in ("starts_at", "ends_at")}
    now = programme_changes.when_and_where(session) | {"starts_at": session.starts_at, "ends_at": session.ends_at}
    return session.cancelled_at is None and now == {**was, **before}


def _live(event: Event) -> Select[Registration]:
    return Registration.of(event).where(Registration.status != Status.CANCELLED)


def _when_and_where(file: EventFile) -> tuple[Any, ...]:
    return file.starts_at, file.ends_at, file.venue.one_line


def calendar_facts(file: EventFile) -> dict[str, tuple[Any, ...]]:
    """Of each session. See agenda.editing.CALENDAR_FACTS; a room by another name is another place."""
    names = {room.slug: room.name for room in file.rooms}
    return {s.slug: (s.starts_at, s.ends_at, s.room, names.get(s.room or ""), s.online_url) for s in file.sessions}
