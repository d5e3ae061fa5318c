"""What another choice of sessions would change, said before it is confirmed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from eventapp.agenda.models import Session
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.sessions.session_changes import Plan
from eventapp.registrations.sessions.session_places import seats_for_newcomer, session_places, session_positions
from eventapp.registrations.wishes.wish_slots import disclosed_bookings


class Outcome(StrEnum):
    """What becomes of a session for the person who confirms."""

    KEPT = "kept"
    TAKEN = "taken"
    QUEUED = "queued"
    WAITING = "waiting"
    GIVEN_UP = "given_up"
    LEFT = "left"

    @property
    def is_change(self) -> bool:
        return self not in (Outcome.KEPT, Outcome.WAITING)

    @property
    def has_seat(self) -> bool:
        return self in (Outcome.KEPT, Outcome.TAKEN)


@dataclass(frozen=True)
class Line:
    """`position`: in the session's queue, for whoever waits."""

    session: Session
    outcome: Outcome
    position: int | None = None


@dataclass(frozen=True)
class Alternative:
    """Keep these seats, and wait for the others beside them. `sessions` and `beside`: what to send instead."""

    kept: Sequence[Session]
    awaited: Sequence[Line]
    sessions: Sequence[Session]
    beside: Sequence[Session]


@dataclass(frozen=True)
class SessionSummary:
    lines: Sequence[Line]  # in order of time
    alternative: Alternative | None

    @property
    def is_empty(self) -> bool:
        return not any(line.outcome.is_change for line in self.lines)


def summary(registration: Registration, wanted: Collection[Session], beside: Collection[Session]) -> SessionSummary:
    """The arguments are those of `session_changes.change_sessions`."""
    plan = Plan.of(registration, [*wanted, *beside], known=disclosed_bookings(registration))
    lines = [*_of_bookings(registration, plan), *_of_asked(registration, plan)]
    lines.sort(key=lambda line: (line.session.starts_at, line.session.id))
    return SessionSummary(lines, _alternative(plan, lines, wanted, beside))


def _of_bookings(registration: Registration, plan: Plan) -> list[Line]:
    positions, bookings = session_positions(registration), disclosed_bookings(registration)
    held = [b.session for b in bookings if b.is_confirmed and b not in plan.released]
    return [Line(b.session, _outcome(b, plan, held), positions.get(b.session_id)) for b in bookings]


def _outcome(booking: Booking, plan: Plan, held: list[Session]) -> Outcome:
    if booking in plan.released:
        return Outcome.GIVEN_UP if booking.is_confirmed else Outcome.LEFT
    if booking.is_confirmed:
        return Outcome.KEPT
    if booking.has_offer and not any(booking.session.overlaps(session) for session in held):
        return Outcome.TAKEN
    return Outcome.WAITING


def _of_asked(registration: Registration, plan: Plan) -> list[Line]:
    """Nobody who waits for the event is given a seat; they are told a rank, like everybody who waits."""
    if not plan.asked:
        return []
    seats = seats_for_newcomer(registration.event, [session.id for session in plan.asked])
    places = session_places(registration.event)
    return [
        Line(session, Outcome.TAKEN)
        if registration.is_confirmed and session.id in seats
        else Line(session, Outcome.QUEUED, places[session.id].waiting + 1)
        for session in plan.asked
    ]


def _alternative(
    plan: Plan,
    lines: Sequence[Line],
    wanted: Collection[Session],
    beside: Collection[Session],
) -> Alternative | None:
    """For whoever would leave a seat without being sure of the other session."""
    unsure = [line for line in lines if line.session in wanted and not line.outcome.has_seat]
    left = [b.session for b in plan.released if b.is_confirmed]
    kept = [session for session in left if any(session.overlaps(line.session) for line in unsure)]
    awaited = [line for line in unsure if any(line.session.overlaps(session) for session in kept)]
    others = {line.session for line in awaited}
    sessions = [session for session in wanted if session not in others] + kept
    if not kept or any(one.overlaps(other) for one, other in combinations(sessions, 2)):
        return None
    return Alternative(kept, awaited, sessions, [*others, *beside])
