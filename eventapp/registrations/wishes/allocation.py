"""From wishes to seats: drawn and shown first, then applied as a whole, then announced."""

import hashlib
import json
import secrets
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, select, update

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.agenda.models import Session
from eventapp.agenda.programme import BookingSlot
from eventapp.errors import Refused
from eventapp.events import lifecycle
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import ordinal, person
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.sessions.session_places import session_places
from eventapp.registrations.waiting.waiting_list import fill
from eventapp.registrations.wishes import notices
from eventapp.registrations.wishes.allocating import Ask, Outcome, allocate
from eventapp.registrations.wishes.models import Allocation, Wish
from eventapp.registrations.wishes.ranking import SEEDS
from eventapp.registrations.wishes.wish_slots import people_to_tell, ranked_slots, takes_wishes


class NothingToAllocate(Refused):
    message = "Il n’y a pas de souhaits à attribuer\u00a0: personne n’a encore classé de sessions."


class WishesChanged(Refused):
    message = "Des souhaits, des inscriptions ou des places ont changé depuis cet aperçu\u00a0: refaites-le."


class NotApplicable(Refused):
    message = "Cet aperçu ne peut plus être appliqué."


class NotAnnounceable(Refused):
    message = "Il n’y a rien à annoncer\u00a0: l’attribution n’est pas appliquée, ou la rencontre est annulée."


class Given(NamedTuple):
    """A seat, or without rank a place in the queue."""

    registration_id: int
    session_id: int
    rank: int | None


@dataclass(frozen=True)
class Problem:
    """One slot: who asks, and what is left. `hopes`: the first wish of those who wait for a place at the event."""

    slot: BookingSlot
    asks: Sequence[Ask]
    seats: Mapping[int, int | None]
    hopes: Mapping[int, int]


@dataclass(frozen=True)
class Drawn:
    """An allocation computed but not kept."""

    seed: int
    input_digest: str
    seats: list[list[int]]
    figures: dict[str, Any]


def allocations(event: Event) -> Select[Allocation]:
    """Those shown and not discarded, the latest first."""
    shown = select(Allocation).where(Allocation.event_id == event.id, Allocation.discarded_at.is_(None))
    return shown.order_by(Allocation.id.desc())


def draw(event: Event, *, seed: int | None = None) -> Drawn:
    """Reads, then computes for some seconds at most: no lock is needed, nor wanted."""
    problems = find_problems(event)
    if not any(problem.asks for problem in problems):
        raise NothingToAllocate
    seed = secrets.randbelow(SEEDS) if seed is None else seed
    outcomes = [allocate(problem.asks, problem.seats, seed=f"{seed} {problem.slot.key}") for problem in problems]
    seats = [[who, won.session, won.rank] for one in outcomes for who, won in sorted(one.granted.items())]
    figures = {"slots": [_figures(p, outcome) for p, outcome in zip(problems, outcomes, strict=True) if p.asks]}
    return Drawn(seed, _digest(problems), seats, figures)


def keep(event: Event, drawn: Drawn, *, now: datetime, by: User) -> Allocation:
    """The same draw of the same wishes is the preview that is already shown, if it was not discarded."""
    hold(event)
    same = allocations(event).filter_by(seed=drawn.seed, input_digest=drawn.input_digest).limit(1)
    if (known := db.session.scalar(same)) is not None:
        return known
    allocation = Allocation(event=event, **vars(drawn), made_at=now, made_by_id=by.id)
    db.session.add(allocation)
    db.session.flush()
    said = f"Aperçu de l’attribution des souhaits, tirage au sort n°\u00a0{drawn.seed}."
    journal.record("allocation.made", said, now=now, by=by, event=event, subject=allocation)
    return allocation


def apply(allocation: Allocation, *, now: datetime, by: User) -> None:
    """Give the seats shown, once. Whoever got nothing waits for their first wish, in the order of the lottery; whoever
    has no place at the event yet waits behind them."""
    event = allocation.event
    hold(event)
    if allocation.applied_at is not None:
        return
    if allocation.discarded_at is not None or not takes_wishes(event) or event.cancelled_at is not None:
        raise NotApplicable
    if event.has_ended(now):
        raise NotApplicable("Cette rencontre est terminée.")
    problems, given = find_problems(event), [Given(*seat) for seat in allocation.seats]
    if _digest(problems) != allocation.input_digest:
        raise WishesChanged
    _write(event, [*given, *_left_waiting(allocation, problems)], now=now, by=by)
    allocation.applied_at = event.allocated_at = now
    lifecycle.touch(event, now=now, calendar=False)
    sentence = f"Souhaits attribués\u00a0: {len(given)} places données, tirage au sort n°\u00a0{allocation.seed}."
    journal.record("allocation.applied", sentence, now=now, by=by, event=event, subject=allocation)
    fill(event, now=now)


def announce(allocation: Allocation, *, now: datetime, by: User) -> int:
    """Write to everyone who gave wishes, once; how many letters."""
    event = allocation.event
    hold(event)
    if allocation.announced_at is not None:
        return 0
    if allocation.applied_at is None or event.cancelled_at is not None:
        raise NotAnnounceable
    told = db.session.scalars(people_to_tell(event)).unique().all()
    allocation.announced_at = now
    lifecycle.touch(event, now=now, calendar=False)  # what was kept from people is on their pages and in their feeds
    for registration in told:
        notices.allocated(registration, now=now)
    sentence = f"Attribution des souhaits annoncée à {len(told)} personnes."
    journal.record("allocation.announced", sentence, now=now, by=by, event=event, subject=allocation)
    fill(event, now=now)  # between two sessions of one hour, those who could not be asked before are asked now
    return len(told)


def discard(allocation: Allocation, *, now: datetime, by: User) -> None:
    hold(allocation.event)
    if allocation.applied_at is not None:
        raise Refused("Une attribution appliquée ne s’abandonne plus.")
    if allocation.discarded_at is None:
        allocation.discarded_at = now
        about: dict[str, Any] = {"event": allocation.event, "subject": allocation}
        journal.record("allocation.discarded", "Aperçu de l’attribution abandonné.", now=now, by=by, **about)


def find_problems(event: Event) -> list[Problem]:
    """Those with a place at the event take part, except in a slot where they already hold or await a session."""
    slots = ranked_slots(event)
    wishes, busy, places = defaultdict(list), _busy(event), session_places(event)
    for wish in db.session.execute(_wishes(event)):
        wishes[wish.registration_id].append(wish)
    return [_problem(slot, wishes.values(), busy, {s.id: places[s.id].left for s in slot.sessions}) for slot in slots]


def _problem(slot: BookingSlot, people: Any, busy: set[tuple[int, int]], seats: dict[int, int | None]) -> Problem:
    asks, hopes = [], {}
    for wishes in people:
        own: list[Row[Any]] = [wish for wish in wishes if wish.session_id in seats]
        if not own or any((own[0].registration_id, session) in busy for session in seats):
            continue
        if own[0].status is Status.CONFIRMED:
            ranked = tuple(wish.session_id for wish in own)
            asks.append(Ask(own[0].registration_id, ranked, own[0].structure_id))
        else:
            hopes[own[0].registration_id] = own[0].session_id
    return Problem(slot, asks, seats, hopes)


def _wishes(event: Event) -> Any:
    return (
        select(Wish.registration_id, Wish.session_id, Registration.structure_id, Registration.status)
        .join(Registration, Wish.registration_id == Registration.id)
        .where(Wish.event_id == event.id, Registration.status != Status.CANCELLED)
        .order_by(Wish.registration_id, Wish.rank, Wish.id)
    )


def _busy(event: Event) -> set[tuple[int, int]]:
    live = select(Booking.registration_id, Booking.session_id).where(Booking.released_at.is_(None))
    return {(who, session) for who, session in db.session.execute(live.where(Booking.event_id == event.id))}


def _digest(problems: Sequence[Problem]) -> str:
    facts = [[p.slot.key, sorted(p.seats.items()), [[a.person, a.wishes, a.group] for a in p.asks]] for p in problems]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _figures(problem: Problem, outcome: Outcome) -> dict[str, Any]:
    """What the preview shows of a slot; sessions and people by number."""
    ranks = Counter(granted.rank for granted in outcome.granted.values())
    given = Counter(granted.session for granted in outcome.granted.values())
    return {
        "key": problem.slot.key,
        "label": problem.slot.label,
        "people": len(problem.asks),
        "ranks": [ranks[rank] for rank in range(1, max(ranks, default=1) + 1)],
        "left_out": list(outcome.left_out),
        "sessions": [[session, left, given[session]] for session, left in problem.seats.items()],
        "worst": None if outcome.worst is None else float(outcome.worst),
        "worst_structure": outcome.worst_group,
        "is_proven": outcome.is_proven,
    }


def _left_waiting(allocation: Allocation, problems: Sequence[Problem]) -> list[Given]:
    """Who waits for which session, in the order of the queue."""
    left_out = {slot["key"]: slot["left_out"] for slot in allocation.figures["slots"]}
    waiting = []
    for problem in problems:
        first = {ask.person: ask.wishes[0] for ask in problem.asks}
        waiting += [Given(who, first[who], None) for who in left_out.get(problem.slot.key, ())]
        waiting += [Given(who, session, None) for who, session in sorted(problem.hopes.items())]
    return waiting


def _write(event: Event, seats: Sequence[Given], *, now: datetime, by: User) -> None:
    """The bookings, numbered in this order, which is that of the queue; then the history of each person."""
    for registration_id, session_id, rank in seats:
        facts = {"event_id": event.id, "registration_id": registration_id, "session_id": session_id}
        db.session.add(Booking(**facts, rank=rank, created_at=now, confirmed_at=None if rank is None else now))
    ids = {seat.registration_id for seat in seats}
    touched = update(Registration).where(Registration.id.in_(ids))
    db.session.execute(touched.values(revision=Registration.revision + 1, updated_at=now))
    db.session.expire_all()
    found = db.session.scalars(Registration.of(event).where(Registration.id.in_(ids))).unique()
    people = {registration.id: registration for registration in found}
    titles = dict(db.session.execute(select(Session.id, Session.title).where(Session.event_id == event.id)).all())
    for seat in seats:
        who, title = people[seat.registration_id], titles[seat.session_id]
        act = "booking.left_waiting" if seat.rank is None else "booking.allocated"
        sentence = f"«\u00a0{title}\u00a0» attribuée à {person(who)}\u00a0: {ordinal(seat.rank or 0)} souhait."
        if seat.rank is None:
            sentence = f"{person(who)} attend une place dans «\u00a0{title}\u00a0», son premier souhait."
        journal.record(act, sentence, now=now, by=by, event=event, subject=who, session=seat.session_id)
