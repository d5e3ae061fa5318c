"""What organisers do, and what the clock does."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.registrations import changes, seats
from eventapp.registrations.desk import importing, merging, moving, undoing
from eventapp.registrations.models import Booking
from eventapp.registrations.places import allowances
from eventapp.registrations.sessions.choices import in_the_way
from eventapp.registrations.waiting import offers, promotion
from eventapp.registrations.wishes import allocation
from eventapp.spreadsheets import reading
from tests.factories import make_person
from tests.machine.people import LIVE, People
from tests.machine.reckoning import CANCELLED, CONFIRMED, OFFERED, WAITING
from tests.machine.world import CHOICES, HOUR, SOME, STRUCTURE, WHICH, at, row_of

REASON = "Elle ouvre la journée"
HEADER = ["Prénom", "Nom", "Courriel", "Catégorie", "id_fs", "Sessions"]
LINES = st.lists(st.tuples(st.integers(1, 2), STRUCTURE, CHOICES), min_size=1, max_size=3)


class Desk(People):
    @precondition(lambda self: self.has(WAITING, OFFERED))
    @rule(which=WHICH, over_limits=st.booleans())
    def promote(self, which: int, over_limits: bool) -> None:
        row = self.one(which, WAITING, OFFERED)
        if row is not None:
            accepted = over_limits or row.state == OFFERED or self.reckoning.has_room_for(row)
            facts = {"reason": REASON, "by": self.user, "over_limits": over_limits}
            if self.succeeds(accepted, promotion.promote, self.registration(row), **facts):
                self.reckoning.confirm(row)
                self.reckoning.settle()

    @precondition(lambda self: any(seat.state in (WAITING, OFFERED) for seat in self.seen.seats.values()))
    @rule(which=WHICH, over_limits=st.booleans(), gives_up=st.booleans())
    def promote_in_session(self, which: int, over_limits: bool, gives_up: bool) -> None:
        waiting = self.bookings(offered=False)
        if waiting:
            booking, self.is_forced = waiting[which % len(waiting)], True
            others = [other.session for other in in_the_way(booking)] if gives_up else []
            facts = {"reason": REASON, "by": self.user, "over_limits": over_limits, "giving_up": others}
            self.attempt(promotion.promote_in_session, booking, **facts)

    @precondition(lambda self: self.has(CANCELLED))
    @rule(which=WHICH)
    def restore(self, which: int) -> None:
        row = self.one(which, CANCELLED)
        if row is not None:
            accepted = self.reckoning.can_restore(row)
            if self.succeeds(accepted, undoing.restore, self.registration(row), by=self.user):
                self.reckoning.restore(row)

    @precondition(lambda self: self.has(*LIVE))
    @rule(one=WHICH, other=WHICH, keeps_first=st.booleans())
    def merge(self, one: int, other: int, keeps_first: bool) -> None:
        first, second = self.one(one), self.one(other)
        if first is None or second is None or first is second:
            return
        trial, kept = self.trial(), first if keeps_first else second
        pair = trial.row(first.id), trial.row(second.id)
        accepted = trial.merge(*pair, trial.row(kept.id)) is not None
        both = self.registration(first), self.registration(second)
        if self.succeeds(accepted, merging.merge, *both, address_of=self.registration(kept), by=self.user):
            self.reckoning = trial

    @rule(source=st.integers(0, 3), goal=st.integers(0, 3), over_limits=st.booleans())
    def move(self, source: int, goal: int, over_limits: bool) -> None:
        self.is_forced = True
        ids = {row.id for row in self.reckoning.rows[::2]}
        way = self.sessions[source], self.sessions[goal]
        self.attempt(moving.move_bookings, *way, ids, by=self.user, over_limits=over_limits)

    @precondition(lambda self: self.has(*LIVE))
    @rule(first=WHICH, many=st.integers(1, 3))
    def cancel_many(self, first: int, many: int) -> None:
        live = [row for row in self.reckoning.rows if row.is_live][first % 5 :][:many]
        self.succeeds(True, changes.cancel_many, self.event, {row.id for row in live}, by=self.user, tell=True)
        for row in live:
            self.reckoning.end(row, "organiser")
        self.reckoning.settle()

    @rule(lines=LINES, over_limits=st.booleans(), tell=st.booleans())
    def load(self, lines: list[Any], over_limits: bool, tell: bool) -> None:
        """A file: those for whom there is no place are forced only by decision, and the journal says how many."""
        people = [make_person(**self.office(category, structure)) for category, structure, _choice in lines]
        trial, before = self.trial(), self.forced()
        rows = [row for row in map(row_of, people) if trial.arrive(row, forced=over_limits)]
        cells = [self.line(*pair) for pair in zip(people, (choice for *_office, choice in lines), strict=True)]
        file = reading.Table(HEADER, [reading.Row(n, line) for n, line in enumerate(cells, 2)], [])
        facts = {"over_limits": over_limits, "tell": tell, "filename": "agents.csv", "by": self.user}
        done = self.attempt(importing.apply, self.event, file, **facts)
        self.adopt(trial)
        self.untold |= set() if tell else {row.id for row in rows}
        assert (done.confirmed, done.waiting) == tuple(sum(r.state == s for r in rows) for s in (CONFIRMED, WAITING))
        assert done.forced == self.forced() - before
        assert done.forced == 0 or over_limits

    def line(self, person: Any, choice: tuple[int, ...]) -> list[str]:
        number = person.structure.id_fs if person.structure is not None else ""
        titles = "; ".join(session.title for session in self.wanted(choice))
        return [person.first_name, person.last_name, person.email, person.category.name, number, titles]

    def forced(self) -> int:
        rows = db.session.scalars(db.select(Entry.details).where(Entry.event_id == self.event_id))
        return sum(bool(details.get("over_capacity")) for details in rows)

    @rule(what=st.sampled_from(["event", "category", "structures", "exception"]), which=st.integers(1, 2), most=SOME)
    def resize(self, what: str, which: int, most: int | None) -> None:
        """Lowered below what is taken, it drops nobody."""
        limits, category, structure = self.reckoning.limits, self.categories[which], self.structures[which]
        if what == "event":
            self.event.capacity = limits["event", None] = most
        elif what == "category":
            category.capacity = limits["category", category.id] = most
        elif what == "structures":
            self.event.per_structure = self.reckoning.per_structure = most or None
        else:
            limits["structure", structure.id] = most
            self.attempt(allowances.set_allowances, self.event, {structure: most}, by=self.user)
        self.limits_changed()

    @rule(which=st.integers(0, 3), capacity=SOME)
    def resize_session(self, which: int, capacity: int | None) -> None:
        session = self.sessions[which]
        session.capacity = self.halls[session.id].capacity = capacity
        self.limits_changed()

    @rule(closing=st.booleans(), hours=st.sampled_from([-5, 5, 30, 100, 300, None]))
    def move_a_date(self, closing: bool, hours: int | None) -> None:
        """Of the closing, or from which on what structures did not take is for anyone."""
        date = None if hours is None else self.now + hours * HOUR
        if not closing:
            self.event.per_structure_until = self.reckoning.release = date
        elif date is not None:
            self.event.closes_at = self.reckoning.closing = date
        self.limits_changed()

    @precondition(lambda self: self.takes_wishes and self.seen.ranks)
    @rule(seed=st.integers(0, 9))
    def allocate(self, seed: int) -> None:
        """Announced at once: until then nobody chooses again, see registrations/test_unannounced."""
        self.is_quiet = True  # the letters are of the announcement
        try:
            drawn = allocation.draw(self.event, seed=seed)
        except allocation.NothingToAllocate:
            return
        kept = self.attempt(allocation.keep, self.event, drawn, by=self.user)
        self.attempt(allocation.apply, kept, by=self.user)
        self.attempt(allocation.announce, kept, by=self.user)
        ranked = db.select(db.func.count()).where(Booking.event_id == self.event_id, Booking.rank.is_not(None))
        assert db.session.scalar(ranked) == len(drawn.seats)
        self.takes_wishes = False

    @rule(minutes=st.integers(-90, 3_000))
    def wait(self, minutes: int) -> None:
        """Or the clock is set back. Then comes the worker's round, and somebody's next act."""
        self.now = self.reckoning.now = at(self.now, minutes)
        for due, verb in (
            (offers.events_with_offers_ended, offers.expire_offers),
            (allowances.events_to_release, allowances.release),
        ):
            if self.event_id in due(now=self.now):
                self.attempt(verb, self.event_id)
                self.reckoning.settle()
        self.attempt(seats.capacities_changed, self.event)
        self.reckoning.settle()
