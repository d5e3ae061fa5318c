"""Who gets one letter when an event or its sessions move or are cancelled."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from eventapp.accounts.models import User
from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.exchange.event_file import EventFile, SessionPart
from eventapp.extensions import db
from eventapp.invitations import notices as guest_notices
from eventapp.registrations import notices
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.sessions.session_changes import lose_to_cancellation


def will_be_told(event: Event, before: EventFile, after: EventFile) -> int:
    """How many people a waiting file would write to, if it were published now."""
    if _when_and_where(before) != _when_and_where(after):
        return everyone_to_tell(event)
    old, new = ({s.slug: _calendar_facts(s) for s in file.sessions} for file in (before, after))
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


def everyone_to_tell(event: Event) -> int:
    """The people registered, and the guests who have not answered."""
    return notices.people_to_tell(event) + guest_notices.people_to_tell(event)


def tell_of_move(event: Event, *, now: datetime) -> int:
    return notices.event_moved(event, now=now) + guest_notices.event_moved(event, now=now)


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
        concerned[booking.registration].append(booking.session)
        if booking.session.cancelled_at is not None:
            lose_to_cancellation(booking, now=now, by=by)
    return concerned


def tell_those_who_booked(concerned: dict[Registration, list[Session]], *, now: datetime) -> int:
    """One letter each, however many of their sessions changed."""
    for registration, sessions in concerned.items():
        if len(sessions) == 1 and sessions[0].cancelled_at is not None:
            notices.session_cancelled(registration, sessions[0], now=now)
        else:
            notices.changed(registration, now=now, is_news=True, sessions=sessions)
    return len(concerned)


def _when_and_where(file: EventFile) -> tuple[Any, ...]:
    return file.starts_at, file.ends_at, file.venue.one_line


def _calendar_facts(session: SessionPart) -> tuple[Any, ...]:
    """See agenda.editing.CALENDAR_FACTS."""
    return session.starts_at, session.ends_at, session.room, session.online_url
