"""Which letter to whom. The letters themselves are in `letters.py`; they are rendered when they are sent."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.outbox.letters import post
from eventapp.outbox.models import Priority
from eventapp.registrations import calendar_letters, calendar_mail, letters
from eventapp.registrations.calendar_mail import Part
from eventapp.registrations.models import Registration, Status

LETTERS = letters  # importing them registers what is posted here
MOVED = "registrations/event_moved"


def confirmed(registration: Registration, *, now: datetime, is_first: bool = False) -> None:
    """`is_first`: see calendar_mail.of_place."""
    _request("registrations/confirmed", registration, now=now, is_first=is_first)


def waiting(registration: Registration, *, now: datetime) -> None:
    _post("registrations/waiting", registration, now=now)


def offered(registration: Registration, *, now: datetime) -> None:
    _post("registrations/offered", registration, now=now)


def promoted(registration: Registration, *, now: datetime) -> None:
    _request("registrations/promoted", registration, now=now)


def seated(registration: Registration, *, now: datetime) -> None:
    """To whoever was just promoted: the entries of the sessions in which they were given a seat after that letter."""
    if any(booking.is_confirmed for booking in registration.live_bookings):
        calendar_letters.post_alone(calendar_mail.of_change(registration, now=now), registration, now=now)


def changed(
    registration: Registration, *, now: datetime, is_news: bool = False, sessions: Collection[Session] = ()
) -> None:
    """`is_news`: to whoever did not ask for it; what organisers say of changes is for them. `sessions`: those of which
    calendars must notice another hour, room or link."""
    news = {"is_news": True} if is_news else {}
    _change("registrations/sessions_changed", registration, sessions, now=now, **news)


def cancelled(registration: Registration, *, now: datetime, message: str | None = None) -> None:
    """`message`: of a cancellation of many, which other letters overtake."""
    many = {} if message is None else {"priority": Priority.BULK, "words": message}
    _cancel("registrations/cancelled", registration, now=now, **many)


def session_cancelled(registration: Registration, session: Session, *, now: datetime) -> None:
    name = "registrations/session_cancelled"
    _change(name, registration, now=now, priority=Priority.BULK, session_id=session.id)


def session_moved(registration: Registration, session: Session, before: dict[str, str], *, now: datetime) -> None:
    """`before`: when and where it was, in ISO 8601 (see programme_changes)."""
    name = "registrations/session_moved"
    _change(name, registration, [session], now=now, session_id=session.id, before=before)


def link(registrations: Iterable[Registration], *, now: datetime) -> None:
    """« Recevoir mon lien »: one letter with the links of all these registrations, of one address and event."""
    found = list(registrations)
    if found:
        first = found[0]
        ids = [registration.id for registration in found]
        post("registrations/link", to=first.email, now=now, event=first.event, registration_ids=ids)


def address_changed(
    registration: Registration, old: str, parts: Sequence[Part], *, now: datetime, by: User | str
) -> None:
    """The link, with the calendar's entries for whoever has a place; `parts`: what the old address gives back; `by`:
    the letter says who corrected it."""
    event = registration.event
    about: dict[str, Any] = {"now": now, "event": event, "registration_id": registration.id}
    calendar_letters.post_updates(parts, about | {"to": old})
    brings = registration.is_confirmed and not event.has_ended(now)
    given = calendar_mail.of_place(registration, now=now) if brings else []
    ids = [registration.id]
    corrected_by = by if isinstance(by, str) else journal.ORGANISER
    said: dict[str, Any] = {"registration_ids": ids, "corrected_by": corrected_by}
    calendar_letters.post_with(given, "registrations/link", registration, now=now, **said)


def event_moved(
    event: Event,
    was: Mapping[Registration, Mapping[Session, Mapping[str, str]]] | None = None,
    *,
    note: str = "",
    now: datetime,
) -> int:
    """Tell every live registration the new date or place; how many letters. `was`: who booked which session that
    changes too, with when and where it was (see programme_changes); `note`: the organiser's own words."""
    told = _live(event, selectinload(Registration.bookings))
    for registration in told:
        own = (was or {}).get(registration, {})
        changes = [{"session_id": session.id, **facts} for session, facts in own.items()]
        more: dict[str, Any] = {name: said for name, said in (("changes", changes), ("note", note)) if said}
        if registration.is_confirmed:
            _request(MOVED, registration, now=now, raised=True, priority=Priority.BULK, **more)
        else:
            _post(MOVED, registration, now=now, priority=Priority.BULK, **more)
    return len(told)


def event_cancelled(event: Event, *, now: datetime) -> int:
    told = _live(event)
    for registration in told:
        _cancel("registrations/event_cancelled", registration, now=now, priority=Priority.BULK)
    return len(told)


def people_to_tell(event: Event) -> int:
    """How many live registrations a move or a cancellation would write to."""
    live = select(func.count()).where(Registration.event_id == event.id, Registration.status != Status.CANCELLED)
    return db.session.scalar(live) or 0


def _live(event: Event, *with_these: ExecutableOption) -> list[Registration]:
    live = Registration.of(event).where(Registration.status != Status.CANCELLED)
    return list(db.session.scalars(live.options(*with_these)))


def _request(
    name: str, registration: Registration, *, now: datetime, raised: bool = False, is_first: bool = False, **more: Any
) -> None:
    parts = calendar_mail.of_place(registration, now=now, raised=raised, is_first=is_first)
    calendar_letters.post_with(parts, name, registration, now=now, **more)


def _cancel(name: str, registration: Registration, *, now: datetime, **more: Any) -> None:
    calendar_letters.post_with(calendar_mail.of_end(registration, now=now), name, registration, now=now, **more)


def _change(
    name: str, registration: Registration, sessions: Collection[Session] = (), *, now: datetime, **more: Any
) -> None:
    parts = calendar_mail.of_change(registration, now=now, changed=sessions)
    calendar_letters.post_with(parts, name, registration, now=now, **more)


def _post(name: str, registration: Registration, *, now: datetime, **more: Any) -> None:
    calendar_letters.post_with((), name, registration, now=now, **more)
