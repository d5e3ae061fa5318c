"""A place, or a seat of a session, given by hand: out of turn, with a reason that everybody can read afterwards."""

from collections.abc import Collection, Iterable
from datetime import datetime

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.agenda.models import Session
from eventapp.errors import Refused
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.events.models import Status as EventStatus
from eventapp.formats import person, plural
from eventapp.registrations import notices, refusals
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.sessions import notices as session_notices
from eventapp.registrations.sessions.choices import in_the_way
from eventapp.registrations.sessions.reasons import Reasons
from eventapp.registrations.sessions.session_places import session_places, session_positions
from eventapp.registrations.states import confirm, release, touch
from eventapp.registrations.waiting.queue import position
from eventapp.registrations.waiting.reasons import reasons_to_wait
from eventapp.registrations.waiting.waiting_list import fill


def promote(registration: Registration, *, reason: str, now: datetime, by: User, over_limits: bool = False) -> None:
    """Confirm somebody who waits, whatever their rank; where a limit is reached only when told to go over it.

    Whoever was confirmed meanwhile is left as they are.
    """
    event = registration.event
    hold(event)
    _check_open(event, now)
    fill(event, now=now)
    if registration.is_cancelled:
        raise refusals.NotLive
    if registration.is_confirmed:
        return
    reached = obstacles(registration, now=now)
    if reached and not over_limits:
        raise refusals.OverLimits(reached)
    ahead = (position(registration) or 1) - 1
    registration.held_back = ""
    confirm(registration, now=now)
    sentence = f"Place attribuée à {person(registration)} par l’équipe{_out_of_turn(ahead, reached)}\u00a0: {reason}"
    details = {"reason": reason, "ahead": ahead, "over_limits": reached}
    _record("registration.promoted_by_hand", sentence, registration, now=now, by=by, **details)
    fill(event, now=now, told=(registration,))
    notices.promoted(registration, now=now)


def promote_in_session(
    booking: Booking,
    *,
    reason: str,
    now: datetime,
    by: User,
    over_limits: bool = False,
    giving_up: Collection[Session] = (),
) -> None:
    """The same for the seat of a session that somebody with a place at the event waits for. `giving_up`: what they hold
    at the same hour and leave for it; it passes on at once."""
    registration, event, session = booking.registration, booking.registration.event, booking.session
    hold(event)
    _check_open(event, now)
    fill(event, now=now)
    if booking.released_at is not None:
        raise refusals.NotLive
    if booking.is_confirmed:
        return
    given_up = _given_up(booking, giving_up)
    reached = session_obstacles(booking, now=now)
    if reached and not over_limits:
        raise refusals.OverLimits(reached)
    ahead = session_positions(registration).get(session.id, 1) - 1
    for other in given_up:
        release(other, now=now)
    booking.confirmed_at, booking.offer_until, booking.held_back = now, None, ""
    touch(registration, now=now)
    how, left = _out_of_turn(ahead, reached), " et ".join(_title(other) for other in given_up)
    whose = f"{person(registration)}, qui rend {left}, " if left else f"{person(registration)} "
    sentence = f"Place de {_title(booking)} attribuée à {whose}par l’équipe{how}\u00a0: {reason}"
    details = {"reason": reason, "ahead": ahead, "over_limits": reached, "session": session.id}
    _record("booking.promoted_by_hand", sentence, registration, now=now, by=by, **details)
    fill(event, now=now, told=(registration,))
    session_notices.promoted(registration, [booking], given_up=given_up, now=now)


def obstacles(registration: Registration, *, now: datetime) -> list[str]:
    """The limits that giving them a place now would exceed; none where one is kept for their answer."""
    return [reason.sentence for reason in reasons_to_wait(registration, now=now)]


def session_obstacles(booking: Booking, *, now: datetime) -> list[str]:
    if booking.has_offer:
        return []
    event = booking.registration.event
    places = session_places(event).get(booking.session_id)
    full = ["toutes les places de cette session sont prises"] if places is None or places.is_full else []
    reason = Reasons(event, now).why_not(booking)
    return [*full, *([reason.words] if reason else [])]


def _given_up(booking: Booking, giving_up: Collection[Session]) -> list[Booking]:
    """What no decision can overcome: nobody sits in two rooms at once, or without a place at the event."""
    who = person(booking.registration)
    if not booking.registration.is_confirmed:
        raise Refused(f"{who} n’a pas encore de place à la rencontre\u00a0: donnez-lui d’abord celle-ci.")
    held = in_the_way(booking)
    kept = [other.session.title for other in held if other.session not in giving_up]
    if kept:
        raise refusals.SeatsInTheWay(who, kept)
    return held


def _check_open(event: Event, now: datetime) -> None:
    if event.status is EventStatus.CANCELLED:
        raise refusals.EventCancelled
    if event.status is EventStatus.DRAFT:
        raise refusals.Unpublished
    if event.has_ended(now):
        raise refusals.RegistrationClosed("Cette rencontre est terminée.")


def _out_of_turn(ahead: int, reached: Iterable[str]) -> str:
    """« (avant 3 personnes arrivées plus tôt ; au-delà des limites : …) », or nothing."""
    said = [f"avant {plural(ahead, 'personne arrivée', 'personnes arrivées')} plus tôt"] if ahead else []
    said += [f"au-delà des limites\u00a0: {', '.join(reached)}"] if reached else []
    together = "\u00a0; ".join(said)
    return f" ({together})" if said else ""


def _title(booking: Booking) -> str:
    return f"«\u00a0{booking.session.title}\u00a0»"


def _record(act: str, sentence: str, registration: Registration, *, now: datetime, by: User, **details: object) -> None:
    end = "" if sentence.endswith((".", "!", "?", "…")) else "."
    journal.record(act, sentence + end, now=now, by=by, event=registration.event, subject=registration, **details)
