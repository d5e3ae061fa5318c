"""The waiting lists as an organiser reads them: who waits for what, since when and why, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.pagination import Order, Page, page
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.places.limits import places
from eventapp.registrations.sessions.reasons import Reason, Reasons, full_session
from eventapp.registrations.sessions.session_places import bookable_sessions, session_places
from eventapp.registrations.waiting.queue import ahead_of, count_waiting, waiting
from eventapp.registrations.waiting.reasons import event_reasons, own_reasons

MOST_OFFERS = 200
LATEST = 50
OF_PLACES = Order((Registration.id,), lambda registration: (registration.id,))
OF_SEATS = Order((Booking.id,), lambda booking: (booking.id,))
DECISIONS = (
    "registration.promoted",
    "registration.promoted_by_hand",
    "registration.offered",
    "registration.offer_shortened",
    "registration.offer_accepted",
    "registration.offer_refused",
    "registration.offer_expired",
    "registration.passed_over",
)


@dataclass(frozen=True)
class Line:
    registration: Registration
    position: int
    since: datetime
    reasons: list[str]  # the limits that keep them back; empty: their turn has not come


@dataclass(frozen=True)
class WaitingList:
    lines: list[Line]
    page: Page[Any]
    offers: list[tuple[Registration, datetime]]


def of_event(event: Event, *, now: datetime, before: str | None = None, after: str | None = None) -> WaitingList:
    """A page of it, by `before` and `after` (see eventapp.pagination)."""
    found, limits = page(waiting(event.id), OF_PLACES, before=before, after=after), places(event)
    first = count_waiting(event.id, ahead_of(found.rows[0])) + 1 if found.rows else 1
    everyone = list(event_reasons(limits))
    lines = [
        Line(one, n, one.queued_at, [r.sentence for r in (*everyone, *own_reasons(one, now=now, limits=limits))])
        for n, one in enumerate(found, first)
    ]
    offered = select(Registration).where(Registration.event_id == event.id, Registration.offer_until.is_not(None))
    kept = db.session.scalars(offered.order_by(Registration.offer_until, Registration.id).limit(MOST_OFFERS))
    return WaitingList(lines, found, [(one, one.offer_until) for one in kept if one.offer_until])


def of_session(
    event: Event, session: Session, *, now: datetime, before: str | None = None, after: str | None = None
) -> WaitingList:
    found, reasons = page(_awaiting(session), OF_SEATS, before=before, after=after), Reasons(event, now)
    first = _count_ahead(session, found.rows[0]) + 1 if found.rows else 1
    full = full_session(session)
    lines = [
        Line(one.registration, n, one.created_at, _in_words(one, reasons, full)) for n, one in enumerate(found, first)
    ]
    offered = _live(session).where(Booking.offer_until.is_not(None)).order_by(Booking.offer_until, Booking.id)
    kept = db.session.scalars(offered.limit(MOST_OFFERS))
    return WaitingList(lines, found, [(one.registration, one.offer_until) for one in kept if one.offer_until])


def awaited_sessions(event: Event) -> list[tuple[Session, int]]:
    """Those that somebody waits for, and how many do."""
    counts = session_places(event)
    awaited = [session for session in bookable_sessions(event) if counts[session.id].waiting]
    numbers = [(session, _count(_awaiting(session))) for session in awaited]
    return [(session, number) for session, number in numbers if number]


def decisions(event: Event, session: Session | None = None) -> Sequence[Entry]:
    """The latest, newest first: every place given, offered, refused, every person passed over."""
    which: ColumnElement[bool] = Entry.act.in_(DECISIONS)
    if session is not None:
        which = Entry.act.startswith("booking.") & (Entry.details["session"].as_integer() == session.id)
    latest = select(Entry).where(Entry.event_id == event.id, which).order_by(Entry.id.desc()).limit(LATEST)
    return db.session.scalars(latest).all()


def _in_words(booking: Booking, reasons: Reasons, full: Reason | None) -> list[str]:
    own = reasons.why_not(booking) if booking.registration.is_confirmed else Reason.no_place()
    return [reason.words for reason in (full, own) if reason]


def _awaiting(session: Session) -> Select[Booking]:
    """Where seats are left, whoever waits for the event itself waits for nothing else."""
    awaiting = _live(session).where(Booking.offer_until.is_(None))
    return awaiting if full_session(session) else awaiting.where(Registration.status == Status.CONFIRMED)


def _live(session: Session) -> Select[Booking]:
    """The bookings without a seat, with their person."""
    return (
        select(Booking)
        .join(Booking.registration)
        .options(contains_eager(Booking.registration))
        .where(Booking.session_id == session.id, Booking.released_at.is_(None), Booking.confirmed_at.is_(None))
    )


def _count_ahead(session: Session, booking: Booking) -> int:
    return _count(_awaiting(session).where(Booking.id < booking.id))


def _count(bookings: Select[Booking]) -> int:
    return db.session.scalar(select(func.count()).select_from(bookings.with_only_columns(Booking.id).subquery())) or 0
