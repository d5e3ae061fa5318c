"""What happens to the sessions of a registration after it was made: others chosen, one cancelled by the organiser."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.agenda.models import Session
from eventapp.events.locks import hold
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.formats import plural
from eventapp.registrations import notices, refusals
from eventapp.registrations.changes import Actor, check_live
from eventapp.registrations.desk.forcing import force_seats
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.self_service import windows
from eventapp.registrations.sessions import choices
from eventapp.registrations.sessions.seats import record
from eventapp.registrations.sessions.session_places import seats_for_newcomer
from eventapp.registrations.states import release, touch
from eventapp.registrations.waiting.waiting_list import fill
from eventapp.registrations.wishes import ranking
from eventapp.registrations.wishes.wish_slots import disclosed, disclosed_bookings


@dataclass(frozen=True)
class Plan:
    """What a choice of sessions changes. What is waited for beside another session of the same hour stays, and so does
    a seat in a session that can no longer be booked: no form could have kept them."""

    released: Sequence[Booking]
    asked: Sequence[Session]

    @property
    def is_empty(self) -> bool:
        return not self.released and not self.asked

    @classmethod
    def of(cls, registration: Registration, wanted: Collection[Session], *, known: Collection[Booking]) -> "Plan":
        """`known`: what whoever chose was told of; the rest is left alone."""
        ids = {session.id for session in wanted}
        alone = choices.beside(registration)
        released = [b for b in known if b.session_id not in ids and b.session.can_be_booked and b not in alone]
        held = {booking.session_id for booking in registration.live_bookings}
        asked = {session.id: session for session in wanted if session.id not in held}
        return cls(released, sorted(asked.values(), key=lambda s: (s.starts_at, s.id)))


def change_sessions(
    registration: Registration,
    sessions: Collection[Session],
    *,
    beside: Collection[Session] = (),
    now: datetime,
    by: Actor,
    over_limits: bool = False,
    reason: str = "",
    known: Collection[Booking] | None = None,
) -> None:
    """Make these the wanted sessions: kept ones keep their seat or their rank, given up ones are passed on at once.

    `beside`: full sessions to wait for while keeping those of the same hour. `over_limits` (an organiser's explicit
    decision) gives a seat in each of the `sessions`, whatever their capacity, for a `reason`. `known`: what the person
    had before their eyes when they asked for what an organiser does now.
    """
    event = registration.event
    hold(event)
    check_live(registration)
    windows.check_change(registration, by, now)
    if not isinstance(by, User):
        choices.check_announced(event, [*sessions, *beside])
        known = disclosed_bookings(registration)
    known = registration.live_bookings if known is None else known
    choices.check_choices(event, {*sessions, *_given_since(registration, known)})
    sessions = ranking.divert(registration, sessions, beside, now=now, by=by)
    _check_beside(registration, sessions, beside)
    plan = Plan.of(registration, [*sessions, *beside], known=known)
    if not plan.is_empty:
        _apply(registration, plan, now=now, by=by)
        fill(event, now=now, told=(registration,))
    forced = over_limits and isinstance(by, User) and _force(registration, sessions, reason=reason, now=now, by=by)
    if (forced or not plan.is_empty) and _is_news(registration, now=now):
        notices.changed(registration, now=now, is_news=isinstance(by, User))


def release_session(session: Session, *, now: datetime, by: Actor) -> int:
    """After a session was cancelled: free its bookings and write to those who know of theirs; how many."""
    event = session.event
    hold(event)
    held = select(Booking).where(Booking.session_id == session.id, Booking.released_at.is_(None)).order_by(Booking.id)
    bookings = db.session.scalars(held).all()
    known = disclosed(event, bookings)
    for booking in bookings:
        lose_to_cancellation(booking, now=now, by=by)
    for booking in known:
        notices.session_cancelled(booking.registration, session, now=now)
    if bookings:
        released = plural(len(bookings), "réservation rendue", "réservations rendues")
        sentence = f"Session «\u00a0{session.title}\u00a0» annulée\u00a0: {released}."
        journal.record("session.released", sentence, now=now, by=by, event=event, subject=session)
    fill(event, now=now)
    return len(known)


def lose_to_cancellation(booking: Booking, *, now: datetime, by: Actor | None) -> None:
    """One booking of a cancelled session, in the history of whoever had it. Of a wish that is not announced yet, it was
    never theirs: no calendar has it to withdraw."""
    what = "place rendue" if booking.is_confirmed else "attente terminée"
    untold = {} if disclosed(booking.registration.event, [booking]) else {"untold": True}
    if untold:
        booking.confirmed_at = None
        what += ", avant l’annonce des souhaits"
    sentence = f"Session «\u00a0{booking.session.title}\u00a0» annulée\u00a0: {what}."
    release(booking, now=now)
    touch(booking.registration, now=now)
    record(booking, "booking.session_cancelled", sentence, now=now, by=by, **untold)


def _check_beside(registration: Registration, sessions: Collection[Session], beside: Collection[Session]) -> None:
    if not beside:
        return
    event = registration.event
    if any(session.event_id != event.id or not session.can_be_booked for session in beside):
        raise refusals.SessionNotBookable
    if not registration.is_confirmed:
        raise refusals.PlaceNeeded
    with_seats = seats_for_newcomer(event, [session.id for session in beside])
    for session in beside:
        if session.id in with_seats and any(session.overlaps(other) for other in sessions):
            raise refusals.SeatsLeft(
                f"Il reste maintenant des places dans «\u00a0{session.title}\u00a0»\u00a0: choisissez-la, ou gardez "
                "l’autre session."
            )


def _apply(registration: Registration, plan: Plan, *, now: datetime, by: Actor) -> None:
    event = registration.event
    changes = [f"«\u00a0{b.session.title}\u00a0» {'rendue' if b.is_confirmed else 'quittée'}" for b in plan.released]
    changes += [f"«\u00a0{s.title}\u00a0» demandée" for s in plan.asked]
    for booking in plan.released:
        release(booking, now=now)
    for session in plan.asked:
        registration.bookings.append(Booking(event_id=event.id, session=session, created_at=now))
    touch(registration, now=now)
    sentence = f"Sessions de {name_of(registration)} modifiées\u00a0: {', '.join(changes)}."
    act = "registration.sessions_changed"
    db.session.flush()
    untold = {} if _is_news(registration, now=now) else {"session": _changed(registration, now=now)[0].session_id}
    journal.record(act, sentence, now=now, by=by, event=event, subject=registration, **untold)


def _force(registration: Registration, sessions: Collection[Session], *, reason: str, now: datetime, by: User) -> bool:
    ids = {session.id for session in sessions}
    waiting = [b for b in registration.live_bookings if b.session_id in ids and b.is_waiting]
    force_seats(registration, waiting, reason=reason, now=now, by=by)
    return any(booking.is_confirmed for booking in waiting)


def _given_since(registration: Registration, known: Collection[Booking]) -> list[Session]:
    """What the person has and did not know of when they chose: it stays, and counts."""
    held = (b for b in registration.live_bookings if b.is_confirmed and b not in known)
    return [booking.session for booking in held if booking.session.can_be_booked]


def _changed(registration: Registration, *, now: datetime) -> list[Booking]:
    """In this very act."""
    return [b for b in registration.bookings if now in (b.created_at, b.confirmed_at, b.released_at)]


def _is_news(registration: Registration, *, now: datetime) -> bool:
    """Whether something changed of what the person may know: the announcement of the wishes will say the rest."""
    return bool(disclosed(registration.event, _changed(registration, now=now)))
