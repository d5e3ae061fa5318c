"""The desk joins in: undoing, merging, moving, cancelling many, importing. The rules of `test_invariants` hold."""

from datetime import timedelta
from functools import cached_property

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from eventapp.accounts.models import User
from eventapp.agenda.models import BookingMode, Session
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.registrations import changes
from eventapp.registrations.desk import importing, merging, moving, undoing
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.places.limits import places
from eventapp.spreadsheets.reading import Row, Table
from tests.factories import make_person, make_session, make_user
from tests.registrations.test_invariants import Seats

CHOICE = st.integers(0, 50)


class Desk(Seats):
    @cached_property
    def user(self) -> User:
        return make_user()

    @cached_property
    def later(self) -> Session:
        starts = self.event.starts_at + timedelta(hours=3)
        return make_session(self.event, booking=BookingMode.REQUIRED, capacity=2, starts_at=starts)

    def forced(self) -> int:
        rows = db.session.scalars(db.select(Entry).where(Entry.event_id == self.event.id)).all()
        return sum(bool(row.details.get("over_capacity")) for row in rows)

    @rule(choice=CHOICE)
    def restore(self, choice: int) -> None:
        gone = db.session.scalars(Registration.of(self.event).where(Registration.status == Status.CANCELLED)).all()
        if gone:
            try:
                undoing.restore(gone[choice % len(gone)], now=self.now, by=self.user)
            except Refused:
                db.session.flush()

    @rule(one=CHOICE, other=CHOICE, keeps_first=st.booleans())
    def merge(self, one: int, other: int, keeps_first: bool) -> None:
        pair = self.one(one), self.one(other)
        if pair[0] is not None and pair[1] is not None and pair[0] is not pair[1]:
            kept = pair[0] if keeps_first else pair[1]
            merging.merge(pair[0], pair[1], address_of=kept, now=self.now, by=self.user)

    @rule(back=st.booleans(), over_limits=st.booleans())
    def move(self, back: bool, over_limits: bool) -> None:
        way = (self.later, self.session) if back else (self.session, self.later)
        ids = {registration.id for registration in self.live()}
        moving.move_bookings(*way, ids, now=self.now, by=self.user, over_limits=over_limits)

    @rule(first=CHOICE, many=st.integers(1, 3))
    def cancel_many(self, first: int, many: int) -> None:
        ids = {registration.id for registration in self.live()[first % 5 : first % 5 + many]}
        changes.cancel_many(self.event, ids, now=self.now, by=self.user, tell=True)

    @rule(over_limits=st.booleans(), with_session=st.booleans())
    def load(self, over_limits: bool, with_session: bool) -> None:
        people = [make_person(), make_person()]
        title = self.session.title if with_session else ""
        rows = [Row(n, [one.first_name, one.last_name, one.email, title]) for n, one in enumerate(people, 2)]
        file, before = Table(["Prénom", "Nom", "Courriel", "Sessions"], rows, []), self.forced()
        facts = {"over_limits": over_limits, "tell": False, "filename": "agents.csv"}
        done = importing.apply(self.event, file, now=self.now, by=self.user, **facts)
        assert self.forced() - before == done.forced
        assert done.forced == 0 or over_limits
        self.ceiling = max(self.ceiling, places(self.event).taken.total()) if over_limits else self.ceiling

    @invariant()
    def nothing_is_held_by_who_is_gone(self) -> None:
        held = db.select(Booking).join(Booking.registration).where(Booking.released_at.is_(None))
        assert db.session.scalars(held.where(Registration.status == Status.CANCELLED)).all() == []

    @invariant()
    def what_ended_was_told(self) -> None:
        """Each cancelled row has as many ends as beginnings in the journal, one more for whoever is gone."""
        ends = ("registration.cancelled", "registration.offer_expired", "registration.offer_refused")
        for registration in db.session.scalars(Registration.of(self.event)).unique():
            of_it = Entry.subject_kind == "registration", Entry.subject_id == registration.id
            acts = db.session.scalars(db.select(Entry.act).where(*of_it)).all()
            ended = sum(act in (*ends, "registration.merged_away") for act in acts)
            assert ended - acts.count("registration.restored") == registration.is_cancelled, acts


def test_no_order_of_the_desk_s_acts_breaks_the_rules() -> None:
    run_state_machine_as_test(Desk, settings=settings(max_examples=25, stateful_step_count=20, deadline=None))
