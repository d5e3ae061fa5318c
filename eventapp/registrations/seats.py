"""Registering, cancelling, changing: every act that takes or frees a place.

Each one holds the event first, looks afterwards, and ends with `fill`. None commits: the view or command does, once.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select

from eventapp import journal, tokens
from eventapp.accounts.models import User
from eventapp.agenda.models import Session
from eventapp.events.locks import hold
from eventapp.events.models import Audience, Event
from eventapp.events.models import Status as EventStatus
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.registrations import notices, refusals, submissions
from eventapp.registrations.changes import Actor, cancel, change_details
from eventapp.registrations.groups.models import Party
from eventapp.registrations.models import Booking, Registration, Source, Status
from eventapp.registrations.people import Person, describe
from eventapp.registrations.places.availability import OPEN_STEPS, Availability, availability, is_open
from eventapp.registrations.questions.answers import check_answers, write_answers
from eventapp.registrations.sessions.choices import check_announced, check_choices
from eventapp.registrations.sessions.session_changes import change_sessions
from eventapp.registrations.sessions.session_places import SessionPlaces, bookable_sessions, session_places
from eventapp.registrations.states import confirm
from eventapp.registrations.waiting.offers import accept_offer, refuse_offer
from eventapp.registrations.waiting.queue import position
from eventapp.registrations.waiting.reasons import reasons_to_wait
from eventapp.registrations.waiting.waiting_list import fill, seat_newcomer
from eventapp.registrations.wishes.ranking import check_wishes, sort_out, write_wishes

__all__ = [
    "OPEN_STEPS",
    "Availability",
    "Person",
    "SessionPlaces",
    "accept_offer",
    "availability",
    "bookable_sessions",
    "cancel",
    "capacities_changed",
    "change_details",
    "change_sessions",
    "fill",
    "hold",
    "is_open",
    "position",
    "refuse_offer",
    "register",
    "session_places",
]


def register(
    event: Event,
    person: Person,
    *,
    sessions: Collection[Session] = (),
    ranked: Sequence[Session] = (),
    answers: Mapping[str, Any] | None = None,
    now: datetime,
    source: Source = Source.PUBLIC,
    by: Actor = journal.PERSON,
    idempotency_key: str | None = None,
    consented_at: datetime | None = None,
    consents: Collection[str] = (),
    over_capacity: bool = False,
    reason: str = "",
    incomplete: bool = False,
    tell: bool = True,
    party: Party | None = None,
) -> Registration:
    """Confirm the person, or put them on the waiting list, and post their letter.

    The same submission again (key and person) returns the first registration, whatever became of it since; the same
    person again raises AlreadyRegistered. `ranked`: wishes, the best first. `over_capacity` (an organiser's own
    decision, for a `reason`) confirms whatever the limits say. Whoever is registered with a `party` chooses sessions
    and answers later, with their own link; so does whoever is `incomplete` with the answers that are missing.
    """
    hold(event)
    submission = submissions.of(person, idempotency_key)
    earlier = submissions.earlier(event, person, submission)
    if earlier.first is not None:
        return submissions.replayed(earlier.first)
    _read_again(event, [*sessions, *ranked])
    check_open(event, source, now)
    if earlier.live is not None:
        raise refusals.AlreadyRegistered(earlier.live)
    if party is None:
        check_choices(event, sessions)
        if not isinstance(by, User):
            check_announced(event, sessions)
        sessions, ranked = sort_out(event, sessions, ranked)
        check_wishes(event, ranked, by=by, now=now)
    kept = check_answers(event, answers or {}, incomplete=incomplete) if party is None else []
    registration = _new(event, person, sessions, source=source, now=now)
    registration.idempotency_key = submission
    registration.party_id = party.id if party is not None else None
    registration.consented_at = consented_at
    write_answers(registration, kept, consented_at, consents)
    seat_newcomer(registration, now=now)
    with nullcontext() if registration.is_confirmed else db.session.begin_nested():  # or it may still be refused
        db.session.add(registration)
        db.session.flush()
        if ranked:
            write_wishes(registration, ranked, now=now)
        _seat(registration, by=by, over_capacity=over_capacity, reason=reason, now=now)
    if tell and registration.is_confirmed:
        notices.confirmed(registration, now=now, is_first=earlier.is_first)
    elif tell:
        notices.waiting(registration, now=now)
    return registration


def capacities_changed(event: Event, *, now: datetime) -> None:
    """After an organiser edited limits, or released or reopened the event."""
    hold(event)
    fill(event, now=now)


def _read_again(event: Event, sessions: Collection[Session]) -> None:
    """What `hold` made stale and every registration needs, in two questions instead of one for each row."""
    stale = [state.identity[0] for session in sessions if (state := inspect(session)).expired and state.identity]
    if stale:
        db.session.scalars(select(Session).where(Session.id.in_(stale))).all()
    _ = event.categories


def check_open(event: Event, source: Source, now: datetime) -> None:
    if event.status is EventStatus.CANCELLED:
        raise refusals.EventCancelled
    if event.has_ended(now):
        raise refusals.RegistrationClosed("Cette rencontre est terminée.")
    if source is Source.PUBLIC and event.audience is Audience.INVITED:
        raise refusals.InvitationNeeded
    if event.status is EventStatus.DRAFT:
        raise refusals.RegistrationNotOpen("Cette rencontre n’est pas publiée.")
    if source is Source.ORGANISER:
        return
    if not event.registration_has_opened(now):
        raise refusals.RegistrationNotOpen
    if event.registration_has_closed(now):
        raise refusals.RegistrationClosed


def _new(event: Event, person: Person, sessions: Collection[Session], *, source: Source, now: datetime) -> Registration:
    link, feed = tokens.issue(Registration.PURPOSE), tokens.issue(Registration.FEED_PURPOSE)
    registration = Registration(
        event=event,
        status=Status.WAITING,
        source=source,
        created_at=now,
        queued_at=now,
        updated_at=now,
        nonce=link.nonce,
        digest=link.digest,
        feed_nonce=feed.nonce,
        feed_digest=feed.digest,
    )
    describe(registration, person)
    for session in sorted(set(sessions), key=lambda s: (s.starts_at, s.id)):
        registration.bookings.append(Booking(event_id=event.id, session=session, created_at=now))
    return registration


def _seat(registration: Registration, *, by: Actor, over_capacity: bool, reason: str, now: datetime) -> None:
    """Let the queue decide what is not given yet, then journal; full without waiting list refuses the whole act."""
    event = registration.event
    if not all(booking.is_confirmed for booking in registration.bookings) or registration.is_waiting:
        fill(event, now=now, newcomer=registration, told=(registration,))
    forced = over_capacity and registration.is_waiting
    reached = [why.sentence for why in reasons_to_wait(registration, now=now)] if forced else []
    if forced:
        confirm(registration, now=now)
        fill(event, now=now, told=(registration,))
    if registration.is_waiting and not event.waiting_list:
        raise refusals.Full
    journal.record(
        "registration.created",
        _beyond(registration, reached, reason) if forced else _arrival(registration, now=now),
        now=now,
        by=by,
        event=event,
        subject=registration,
        source=registration.source.value,
        over_capacity=forced,
        **({"over_limits": reached, "reason": reason} if forced else {}),
    )


def _beyond(registration: Registration, reached: Sequence[str], reason: str) -> str:
    limits = ", ".join(reached) or "d’autres personnes attendaient"
    why = f" Motif\u00a0: {reason.rstrip('.')}." if reason else ""
    sentence = f"Inscription de {name_of(registration)}, place confirmée au-delà des limites par décision de l’équipe"
    return f"{sentence}\u00a0: {limits}.{why}"


def _arrival(registration: Registration, *, now: datetime) -> str:
    who = name_of(registration)
    if registration.party_id is not None:
        who += f" (faite par {db.session.get_one(Party, registration.party_id).contact_name})"
    if registration.is_confirmed:
        return f"Inscription de {who}, place confirmée\u00a0: une place était libre."
    why = "\u00a0; ".join(reason.sentence for reason in reasons_to_wait(registration, now=now))
    why = why or "d’autres personnes attendent déjà"
    return f"Inscription de {who} sur liste d’attente, en position {position(registration)}\u00a0: {why}."
