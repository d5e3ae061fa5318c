"""Several people moved from one session to another by an organiser: a room too small, two workshops made one."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.agenda.models import Session
from eventapp.events.locks import hold
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.registrations import notices, refusals
from eventapp.registrations.desk.forcing import motive
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.sessions.choices import check_required_slots
from eventapp.registrations.sessions.session_places import session_places
from eventapp.registrations.states import release, touch
from eventapp.registrations.waiting.waiting_list import fill
from eventapp.registrations.wishes.wish_slots import disclosed, ranked_slots


@dataclass
class Moved:
    done: list[Registration] = field(default_factory=list)
    told: list[Registration] = field(default_factory=list)  # the others know of neither session before the announcement
    left: list[tuple[Registration, str]] = field(default_factory=list)  # who stays where they are, and why


def bookings_of(session: Session) -> list[Booking]:
    """Seats, then ranks, each in the order in which they were taken."""
    live = select(Booking).where(Booking.session_id == session.id, Booking.released_at.is_(None))
    rows = db.session.scalars(live.options(joinedload(Booking.registration)).order_by(Booking.id)).all()
    return sorted(rows, key=lambda booking: not booking.is_confirmed)


def obstacle(booking: Booking, target: Session) -> str | None:
    """Why this person cannot go to `target`, whatever its places; None when they can."""
    others = [own for own in booking.registration.live_bookings if own is not booking]
    there = next((own for own in others if own.session_id == target.id), None)
    if there is not None:
        return f"{'déjà dans' if there.is_confirmed else 'attend déjà une place dans'} «\u00a0{target.title}\u00a0»"
    clash = next((own for own in others if own.is_confirmed and own.session.overlaps(target)), None)
    if clash is not None:
        return f"tient «\u00a0{clash.session.title}\u00a0», qui a lieu en même temps"
    try:
        check_required_slots(target.event, [target, *(own.session for own in others)])
    except refusals.Refused as refusal:
        return str(refusal)
    return None


def move_bookings(
    source: Session,
    target: Session,
    ids: Collection[int],
    *,
    now: datetime,
    by: User,
    over_limits: bool = False,
    reason: str = "",
) -> Moved:
    """Of those in `source`, the registrations `ids`: each takes a seat of `target`, in the order of `bookings_of`, as
    long as one is free, or (`over_limits`, for a `reason`) whatever its capacity. Whoever only waits stays unless a
    seat is free."""
    event = source.event
    hold(event)
    if event.cancelled_at is not None:
        raise refusals.EventCancelled
    if target.event_id != event.id or target.id == source.id or not target.can_be_booked:
        raise refusals.SessionNotBookable
    if any(target in slot.sessions for slot in ranked_slots(event)):
        raise refusals.Refused("Les places de cette session se donnent d’après les souhaits.")
    fill(event, now=now)
    left, moved = session_places(event)[target.id].left, Moved()
    for booking in bookings_of(source):
        if booking.registration_id not in ids:
            continue
        is_free = left is None or left > 0
        why_not = obstacle(booking, target) or _no_seat(booking, is_free=is_free, over_limits=over_limits)
        if why_not is not None:
            moved.left.append((booking.registration, why_not))
            continue
        left = left if left is None else left - 1
        _move(booking, target, beyond=None if is_free else reason, now=now, by=by)
        moved.done.append(booking.registration)
        if disclosed(event, [booking, booking.registration.bookings[-1]]):
            moved.told.append(booking.registration)
    db.session.flush()
    fill(event, now=now, told=moved.done)
    for registration in moved.told:
        notices.changed(registration, now=now, is_news=True)
    return moved


def _no_seat(booking: Booking, *, is_free: bool, over_limits: bool) -> str | None:
    if not booking.registration.is_confirmed:
        return "attend encore une place à la rencontre"
    return None if is_free or (over_limits and booking.is_confirmed) else "la session d’arrivée est complète"


def _move(booking: Booking, target: Session, *, beyond: str | None, now: datetime, by: User) -> None:
    """`beyond`: why the limits do not count."""
    registration = booking.registration
    release(booking, now=now)
    seat = Booking(event_id=target.event_id, session=target, created_at=now, confirmed_at=now)
    registration.bookings.append(seat)
    touch(registration, now=now)
    forced = "" if beyond is None else f", au-delà des limites par décision de l’organisation.{motive(beyond)}"
    titles = f"de «\u00a0{booking.session.title}\u00a0» à «\u00a0{target.title}\u00a0»"
    sentence = f"{name_of(registration)} passe {titles}{forced or '.'}"
    about = {"event": target.event, "subject": registration, "session": target.id}
    about |= {"over_limits": []} if beyond is None else {"over_limits": ["session"], "reason": beyond}
    journal.record("booking.moved", sentence, now=now, by=by, **about)
