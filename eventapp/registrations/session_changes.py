"""What happens to the sessions of a registration after it was made: others chosen, one cancelled by the organiser."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from eventapp import journal
from eventapp.agenda.models import Session
from eventapp.events.locks import hold
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.registrations import notices, windows
from eventapp.registrations.changes import Actor, check_live
from eventapp.registrations.choices import check_choices
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.states import touch
from eventapp.registrations.waiting_list import fill


def change_sessions(registration: Registration, sessions: Collection[Session], *, now: datetime, by: Actor) -> None:
    """Make these the wanted sessions: kept ones keep their seat or their rank, given up ones are passed on at once."""
    event = registration.event
    hold(event)
    check_live(registration)
    windows.check_change(registration, by, now)
    check_choices(event, sessions)
    wanted = {session.id: session for session in sessions}
    released = [b for b in registration.live_bookings if b.session_id not in wanted]
    for booking in registration.live_bookings:
        wanted.pop(booking.session_id, None)
    if not released and not wanted:
        return
    for booking in released:
        booking.released_at = now
    for session in sorted(wanted.values(), key=lambda s: (s.starts_at, s.id)):
        registration.bookings.append(Booking(event_id=event.id, session=session, created_at=now))
    touch(registration, now=now)
    changes = [f"«\u00a0{b.session.title}\u00a0» rendue" for b in released]
    changes += [f"«\u00a0{s.title}\u00a0» demandée" for s in wanted.values()]
    sentence = f"Sessions de {name_of(registration)} modifiées\u00a0: {', '.join(changes)}."
    journal.record("registration.sessions_changed", sentence, now=now, by=by, event=event, subject=registration)
    fill(event, now=now, told=(registration,))
    notices.changed(registration, now=now)


def release_session(session: Session, *, now: datetime, by: Actor) -> int:
    """After a session was cancelled: free its bookings and write to those concerned; how many."""
    event = session.event
    hold(event)
    held = select(Booking).where(Booking.session_id == session.id, Booking.released_at.is_(None)).order_by(Booking.id)
    bookings = db.session.scalars(held).all()
    for booking in bookings:
        booking.released_at = now
        touch(booking.registration, now=now)
        notices.session_cancelled(booking.registration, session, now=now)
    if bookings:
        sentence = f"Session «\u00a0{session.title}\u00a0» annulée\u00a0: {len(bookings)} réservations rendues."
        journal.record("session.released", sentence, now=now, by=by, event=event, subject=session)
    fill(event, now=now)
    return len(bookings)
