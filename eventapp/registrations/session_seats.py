"""The seats of the sessions, given out in the order of each session's queue; `fill` calls it last."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import lazyload

from eventapp import journal
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person
from eventapp.registrations import notices
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.session_places import session_seats_left
from eventapp.registrations.states import touch


def give_session_seats(event: Event, told: Collection[Registration | None], *, now: datetime) -> None:
    left = {session: seats for session, seats in session_seats_left(event).items() if seats is None or seats > 0}
    if not left:
        return
    given: dict[Registration, list[Booking]] = defaultdict(list)
    for booking in db.session.scalars(_session_queue(event, list(left))).all():
        seats = left[booking.session_id]
        if seats is not None:
            if seats <= 0:
                continue
            left[booking.session_id] = seats - 1
        booking.confirmed_at = now
        given[booking.registration].append(booking)
    for registration, bookings in given.items():
        _tell_seats(registration, bookings, is_told=registration in told, now=now)


def _tell_seats(registration: Registration, bookings: list[Booking], *, is_told: bool, now: datetime) -> None:
    touch(registration, now=now)
    if is_told:
        return
    for booking in bookings:
        sentence = (
            f"Place attribuée à {person(registration)} dans «\u00a0{booking.session.title}\u00a0»\u00a0: "
            "première personne de la liste d’attente de cette session."
        )
        details = {"event": registration.event, "subject": registration, "session": booking.session_id}
        journal.record("booking.promoted", sentence, now=now, **details)
    notices.changed(registration, now=now)


def _session_queue(event: Event, sessions: list[int]) -> Select[Booking]:
    return (
        select(Booking)
        .options(lazyload(Booking.session))  # the newcomer's are at hand
        .join(Registration, Booking.registration_id == Registration.id)
        .where(
            Booking.session_id.in_(sessions),
            Booking.released_at.is_(None),
            Booking.confirmed_at.is_(None),
            Registration.event_id == event.id,
            Registration.status == Status.CONFIRMED,
        )
        .order_by(Booking.id)
    )
