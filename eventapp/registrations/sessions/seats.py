"""The seats of the sessions, given out in the order of each session's queue; `fill` calls it last.

Whoever holds another session at the same hour is asked which of the two they want: the seat is kept meanwhile.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import lazyload

from eventapp import journal
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import french_datetime, person
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.sessions import notices
from eventapp.registrations.sessions.choices import in_the_way
from eventapp.registrations.sessions.reasons import Reason, Reasons, latest_answer
from eventapp.registrations.sessions.session_places import session_seats_left
from eventapp.registrations.states import release, touch

ANSWER_HOURS = 24  # where the event itself gives its places without asking
WITHOUT_SEAT = (Booking.released_at.is_(None), Booking.confirmed_at.is_(None), Booking.offer_until.is_(None))


@dataclass
class Round:
    """One walk through the queues of an event. Those `told` receive the letter of their own act."""

    event: Event
    told: Collection[Registration | None]
    now: datetime
    left: dict[int, int | None]
    given: dict[Registration, list[Booking]] = field(default_factory=lambda: defaultdict(list))
    passed: dict[int, list[tuple[Booking, Reason]]] = field(default_factory=lambda: defaultdict(list))

    def has_seat(self, booking: Booking) -> bool:
        seats = self.left[booking.session_id]
        return seats is None or seats > 0

    def take_seat(self, booking: Booking) -> None:
        seats = self.left[booking.session_id]
        self.left[booking.session_id] = None if seats is None else seats - 1


def give_session_seats(event: Event, told: Collection[Registration | None], *, now: datetime) -> None:
    _settle_offers(event, now=now)
    left = {session: seats for session, seats in session_seats_left(event).items() if seats is None or seats > 0}
    if not left:
        return
    this, reasons = Round(event, told, now, left), Reasons(event, now)
    for booking in db.session.scalars(_queue(event, list(left))).all():
        if not this.has_seat(booking):
            continue
        reason = reasons.why_not(booking)
        if reason is not None:
            this.passed[booking.session_id].append((booking, reason))
            continue
        this.take_seat(booking)
        _explain_passed_over(this, booking)
        _give(this, booking)
    for registration, bookings in this.given.items():
        _tell(this, registration, bookings)


def _settle_offers(event: Event, *, now: datetime) -> None:
    """End those whose deadline has passed; whoever has nothing in the way any more needs no answer."""
    offered = select(Booking).where(Booking.event_id == event.id, Booking.offer_until.is_not(None))
    for booking in db.session.scalars(offered.order_by(Booking.id)).all():
        latest = latest_answer(booking)
        if booking.offer_until is not None and booking.offer_until > latest > now:
            _offer(booking, until=latest, why="le délai est avancé", now=now)  # told again: the first letter is wrong
        elif booking.offer_until is not None and latest > now and ended_unpublished(event, booking.offer_until):
            until = min(now + timedelta(hours=event.offer_hours or ANSWER_HOURS), latest)
            _offer(booking, until=until, why="pendant le délai précédent, la rencontre n’était pas publiée", now=now)
        elif min(booking.offer_until or latest, latest) <= now:
            _end(booking, now=now)
        elif not in_the_way(booking):
            _confirm(booking, now=now)
            _record("booking.promoted", booking, "aucune autre session n’est plus à la même heure", now)
            notices.promoted(booking.registration, [booking], now=now)


def ended_unpublished(event: Event, deadline: datetime) -> bool:
    """Nobody can answer an offer of an event that is withdrawn; it is published again since."""
    return event.published_at is not None and deadline < event.published_at


def _give(this: Round, booking: Booking) -> None:
    booking.held_back = ""
    since = french_datetime(booking.created_at, this.event.timezone)
    first = "première personne de la liste d’attente de cette session pour qui la place convient"
    others = in_the_way(booking)
    if others:
        hours = timedelta(hours=this.event.offer_hours or ANSWER_HOURS)
        why = f"{first}, qui tient {_titles(others)} à la même heure et doit choisir"
        _offer(booking, until=min(this.now + hours, latest_answer(booking)), why=why, now=this.now)
        return
    _confirm(booking, now=this.now)
    this.given[booking.registration].append(booking)
    if booking.registration not in this.told or booking.created_at != this.now:  # else asked for in this very act
        _record("booking.promoted", booking, f"{first} (en attente depuis le {since})", this.now)


def _offer(booking: Booking, *, until: datetime, why: str, now: datetime) -> None:
    booking.offer_until = until
    touch(booking.registration, now=now)
    limit = french_datetime(until, booking.registration.event.timezone)
    sentence = f"Place de {_title(booking)} proposée à {person(booking.registration)} jusqu’au {limit}\u00a0: {why}."
    record(booking, "booking.offered", sentence, now=now)
    notices.offered(booking, now=now)


def _end(booking: Booking, *, now: datetime) -> None:
    registration = booking.registration
    release(booking, now=now)
    touch(registration, now=now)
    sentence = f"{person(registration)} n’a pas répondu à temps\u00a0: la place de {_title(booking)} passe à la suite."
    record(booking, "booking.offer_expired", sentence, now=now)
    notices.offer_ended(booking, now=now)


def _confirm(booking: Booking, *, now: datetime) -> None:
    booking.confirmed_at, booking.offer_until = now, None
    touch(booking.registration, now=now)


def _tell(this: Round, registration: Registration, bookings: list[Booking]) -> None:
    if registration not in this.told:
        notices.promoted(registration, bookings, now=this.now)


def _explain_passed_over(this: Round, given: Booking) -> None:
    """One row for each person ahead of whoever gets the seat, unless the same reason was already written for them."""
    passed = this.passed.pop(given.session_id, [])
    passed += [(booking, Reason.no_place()) for booking in db.session.scalars(_without_place_ahead_of(given)).all()]
    for booking, reason in sorted(passed, key=lambda one: one[0].id):
        if booking.held_back == reason.key:
            continue
        booking.held_back = reason.key
        sentence = f"{person(booking.registration)} reste en attente pour {_title(booking)}\u00a0: {reason.words}."
        record(booking, "booking.passed_over", sentence, now=this.now, limit=reason.key)


def _queue(event: Event, sessions: list[int]) -> Select[Booking]:
    """Of those with a place at the event."""
    return (
        select(Booking)
        .options(lazyload(Booking.session))  # the newcomer's are at hand
        .join(Registration, Booking.registration_id == Registration.id)
        .where(
            Booking.session_id.in_(sessions),
            *WITHOUT_SEAT,
            Registration.event_id == event.id,
            Registration.status == Status.CONFIRMED,
        )
        .order_by(Booking.id)
    )


def _without_place_ahead_of(given: Booking) -> Select[Booking]:
    """Those who wait for the event itself, and of whom this was not written yet."""
    return (
        select(Booking)
        .join(Registration, Booking.registration_id == Registration.id)
        .where(
            Booking.session_id == given.session_id,
            *WITHOUT_SEAT,
            Booking.id < given.id,
            Booking.held_back != Reason.no_place().key,
            Registration.status == Status.WAITING,
        )
    )


def record(booking: Booking, act: str, sentence: str, *, now: datetime, by: object = None, **details: object) -> None:
    """A row in the history of the person."""
    about = {"event": booking.registration.event, "subject": booking.registration, "session": booking.session_id}
    journal.record(act, sentence, now=now, by=by, **about, **details)


def _record(act: str, booking: Booking, why: str, now: datetime) -> None:
    record(
        booking, act, f"Place attribuée à {person(booking.registration)} dans {_title(booking)}\u00a0: {why}.", now=now
    )


def _title(booking: Booking) -> str:
    return f"«\u00a0{booking.session.title}\u00a0»"


def _titles(bookings: Collection[Booking]) -> str:
    return " et ".join(_title(booking) for booking in bookings)
