"""One event with every kind of limit, whose clock is ours; acts are done as a view does them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from eventapp.agenda.models import BookingMode, Session
from eventapp.errors import Refused
from eventapp.events import lifecycle
from eventapp.events.models import Event, SessionChoice
from eventapp.extensions import db
from eventapp.registrations import seats
from eventapp.registrations.models import Registration
from eventapp.registrations.people import Person
from tests.factories import NOW, make_category, make_event, make_person, make_session, make_structure, make_user
from tests.machine import invariants
from tests.machine.reckoning import Reckoning, Row
from tests.machine.seen import Seen, look

HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
LATEST = NOW + timedelta(days=40)  # before the event
WHICH = st.integers(0, 50)
SOME = st.sampled_from([None, 0, 1, 2, 3, 4, 5, 6, 8])
FEW = st.sampled_from([None, None, None, None, 1, 2])
CATEGORY = STRUCTURE = st.sampled_from([0, 0, 0, 1, 2])  # 0: none
# What may be wanted together: with the first, only the last; the second and the third only touch.
CHOICES = st.sampled_from([(), (), (0,), (1,), (2,), (1, 2), (3,), (0, 3), (1, 2, 3)])
RANKS = st.lists(st.integers(0, 2), max_size=3, unique=True)
FIRST_COMERS = st.lists(st.tuples(CATEGORY, STRUCTURE, CHOICES), min_size=4, max_size=6)


@dataclass
class Hall:
    """A session as this machine knows it."""

    starts_at: datetime
    ends_at: datetime
    capacity: int | None

    def overlaps(self, other: "Hall") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


class World(RuleBasedStateMachine):
    """`reckoning` knows by itself who should have a place; of sessions, `invariants` counts what must hold."""

    @initialize(
        limits=st.tuples(st.integers(1, 4), FEW, FEW, FEW),
        seats_of=st.lists(st.sampled_from([None, 0, 1, 1, 2]), min_size=4, max_size=4),
        offer_hours=st.sampled_from([None, 24]),
        waiting_list=st.sampled_from([True, True, True, False]),
        wishes=st.booleans(),
        first=FIRST_COMERS,
    )
    def open(
        self,
        limits: tuple[int, int | None, int | None, int | None],
        seats_of: list[int | None],
        offer_hours: int | None,
        waiting_list: bool,
        wishes: bool,
        first: list[Any],
    ) -> None:
        self.now, closing = NOW, NOW + timedelta(days=20)
        self.seen, self.is_forced, self.is_quiet = Seen(), False, False
        self.untold: set[int] = set()  # who was registered from a file without a letter
        facts = {"capacity": limits[0], "per_structure": limits[3], "closes_at": closing}
        mode = SessionChoice.WISHES if wishes else SessionChoice.FIRST_COME
        facts |= {"offer_hours": offer_hours, "waiting_list": waiting_list, "session_choice": mode}
        event = make_event(**facts)
        self.event_id, self.user_id = event.id, make_user(event.organisation).id
        self.categories = [None, *(make_category(event, capacity=most) for most in limits[1:3])]
        self.structures = [None, make_structure(), make_structure()]
        self.is_wished, self.takes_wishes = wishes, wishes
        self.sessions = make_sessions(event, seats_of, parallel=wishes)
        self.halls = {
            session.id: Hall(session.starts_at, session.ends_at, session.capacity) for session in self.sessions
        }
        known = {("category", row.id): row.capacity for row in self.categories if row is not None}
        self.reckoning = Reckoning(
            now=NOW,
            closing=closing,
            offer_hours=offer_hours,
            waiting_list=waiting_list,
            limits={("event", None): limits[0], **known},
            per_structure=limits[3],
        )
        db.session.commit()
        for category, structure, choice in first:
            self.do_register(make_person(**self.office(category, structure)), choice)

    def teardown(self) -> None:
        db.session.rollback()
        db.session.remove()

    @property
    def event(self) -> Event:
        return db.session.get_one(Event, self.event_id)

    def office(self, category: int, structure: int) -> dict[str, Any]:
        return {"category": self.categories[category], "structure": self.structures[structure]}

    def wanted(self, choice: tuple[int, ...]) -> list[Session]:
        """Where the first three are all at the same hour, one of them."""
        first = [n for n in choice if n < 3][: 1 if self.is_wished else None]
        return [self.sessions[n] for n in [*first, *(n for n in choice if n == 3)]]

    def has(self, *states: str) -> bool:
        return any(row.state in states for row in self.reckoning.rows)

    def one(self, which: int, *states: str) -> Row | None:
        """Any of those in one of these states; of those who are live, when none is said."""
        found = [row for row in self.reckoning.rows if (row.state in states if states else row.is_live)]
        return found[which % len(found)] if found else None

    def attempt(self, verb: Callable[..., Any], *what: Any, **facts: Any) -> Any:
        """As a view does: one commit, or nothing. What the verb returns, or the Refused that it raised."""
        self.now += TICK
        self.reckoning.now = self.now
        try:
            answer = verb(*what, now=self.now, **facts)
        except Refused as refusal:
            db.session.rollback()
            return refusal
        db.session.commit()
        return answer

    def succeeds(self, expected: bool, verb: Callable[..., Any], *what: Any, **facts: Any) -> Any:
        """The same, where the reckoning knows beforehand whether it is refused. None if it was."""
        answer = self.attempt(verb, *what, **facts)
        assert isinstance(answer, Refused) is not expected, (verb.__name__, answer)
        return None if isinstance(answer, Refused) else (answer, True)

    def do_register(self, person: Person, choice: tuple[int, ...], ranks: tuple[int, ...] = ()) -> None:
        row, trial = row_of(person), self.trial()
        accepted = not trial.is_closed and trial.twin(row.email, row.name) is None and trial.arrive(row)
        ranked = [self.sessions[n] for n in ranks] if self.takes_wishes else []
        facts = {"sessions": self.wanted(choice), "ranked": ranked}
        if self.succeeds(accepted, seats.register, self.event, person, **facts):
            self.adopt(trial)

    def trial(self) -> Reckoning:
        """What the next act may make of it."""
        trial = self.reckoning.copy()
        trial.now = self.now + TICK
        return trial

    def adopt(self, trial: Reckoning) -> None:
        """The new rows get the numbers that the database gave, which must be in the order of arrival."""
        self.reckoning = trial
        known = {row.id for row in trial.rows}
        of_event = db.select(Registration.id).where(Registration.event_id == self.event_id).order_by(Registration.id)
        given = [number for number in db.session.scalars(of_event) if number not in known]
        for row, number in zip([row for row in trial.rows if not row.id], given, strict=True):
            row.id = number

    def registration(self, row: Row) -> Registration:
        return db.session.get_one(Registration, row.id)

    def limits_changed(self) -> None:
        """After the rows of limits were written: as the organisers' pages end."""
        lifecycle.touch(self.event, now=self.now, calendar=False)
        self.attempt(seats.capacities_changed, self.event)
        self.reckoning.settle()

    @invariant()
    def everything_holds(self) -> None:
        db.session.rollback()
        before, self.seen = self.seen, look(self.event_id, self.seen)
        for check in invariants.ALL:
            check(self, before, self.seen)
        db.session.rollback()
        self.is_forced = self.is_quiet = False


def make_sessions(event: Event, seats_of: list[int | None], *, parallel: bool) -> list[Session]:
    """Three in the morning, of which the first overlaps the two others; one in the afternoon."""
    hours = ((0, 2), (0, 2), (0, 2)) if parallel else ((0, 2), (0, 1), (1, 2))
    return [
        make_session(
            event,
            starts_at=event.starts_at + begins * HOUR,
            ends_at=event.starts_at + ends * HOUR,
            booking=BookingMode.OPTIONAL,
            capacity=capacity,
        )
        for (begins, ends), capacity in zip((*hours, (4, 5)), seats_of, strict=True)
    ]


def row_of(person: Person) -> Row:
    category, structure = person.category, person.structure
    facts = {"category": category.id if category else None, "structure": structure.id if structure else None}
    return Row(person.email_folded, person.name_folded, **facts)


def at(now: datetime, minutes: int) -> datetime:
    """The clock set, within the days of this event."""
    return min(max(now + timedelta(minutes=minutes), NOW), LATEST)
