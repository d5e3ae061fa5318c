"""What people do with their own registration."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from eventapp.accounts.models import User
from eventapp.extensions import db
from eventapp.registrations import changes
from eventapp.registrations.groups.models import PartyRule
from eventapp.registrations.groups.parties import Contact, register_party
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.people import Colleague, Person, fold_name, person_of
from eventapp.registrations.self_service import requests, transfers
from eventapp.registrations.self_service.models import RequestKind
from eventapp.registrations.sessions import session_waiting
from eventapp.registrations.sessions.session_changes import change_sessions
from eventapp.registrations.waiting import offers
from eventapp.registrations.wishes import ranking
from eventapp.text import fold_email
from tests.factories import make_person, number
from tests.machine.reckoning import CONFIRMED, HOLDING, OFFERED, WAITING, Row
from tests.machine.world import CATEGORY, CHOICES, RANKS, STRUCTURE, WHICH, World, row_of

PERSON = "person"
KINDS = (RequestKind.CANCEL, RequestKind.SESSIONS, RequestKind.TRANSFER)
LIVE = (*HOLDING, WAITING)
PARTY = st.lists(st.tuples(CATEGORY, STRUCTURE), min_size=1, max_size=4)


def a_colleague() -> Colleague:
    n = next(number)
    return Colleague(first_name="Dominique", last_name=f"Petit {n}", email=f"petit-{n}@agents.example")


class People(World):
    asked = False  # whether a request may wait for its decision

    @property
    def user(self) -> User:
        return db.session.get_one(User, self.user_id)

    def actor(self, by_person: bool) -> Any:
        return PERSON if by_person else self.user

    def bookings(self, *, offered: bool) -> list[Booking]:
        live = db.select(Booking).where(Booking.event_id == self.event_id, Booking.released_at.is_(None))
        rows = db.session.scalars(live.where(Booking.confirmed_at.is_(None)).order_by(Booking.id))
        return [booking for booking in rows if booking.has_offer or not offered]

    @rule(category=CATEGORY, structure=STRUCTURE, choice=CHOICES, ranks=RANKS)
    def register(self, category: int, structure: int, choice: tuple[int, ...], ranks: list[int]) -> None:
        self.do_register(make_person(**self.office(category, structure)), choice, tuple(ranks))

    @rule(which=WHICH)
    def register_again(self, which: int) -> None:
        """Anybody who was ever here: as they are, or as they were before they left."""
        rows = self.reckoning.rows
        if rows:
            one = db.session.get_one(Registration, rows[which % len(rows)].id)
            names = {"first_name": one.first_name, "last_name": one.last_name, "email": one.email}
            self.do_register(Person(**names, category=one.category, structure=one.structure), ())

    @rule(offices=PARTY, rule=st.sampled_from(PartyRule))
    def register_party(self, offices: list[tuple[int, int]], rule: PartyRule) -> None:
        people = [make_person(**self.office(*office)) for office in offices]
        trial = self.trial()
        came = [row for row in map(row_of, people) if trial.arrive(row)]
        fits = len(came) == len(people) and all(row.state == CONFIRMED for row in came)
        accepted = not trial.is_closed and (fits or rule is PartyRule.FITTING)
        contact = Contact(name="Anne Roy", email="anne.roy@mairie.example")
        if self.succeeds(accepted, register_party, self.event, contact, people, rule=rule):
            self.adopt(trial)

    @precondition(lambda self: self.has(*LIVE))
    @rule(which=WHICH, by_person=st.booleans())
    def cancel(self, which: int, by_person: bool) -> None:
        row = self.one(which)
        if row is not None:
            late = by_person and row.state == CONFIRMED and self.reckoning.is_closed
            by = self.actor(by_person)
            if self.succeeds(not late, changes.cancel, self.registration(row), by=by):
                self.reckoning.end(row, PERSON if by_person else "organiser")
                self.reckoning.settle()

    @precondition(lambda self: self.has(*LIVE))
    @rule(which=WHICH, category=CATEGORY, structure=STRUCTURE, by_person=st.booleans(), over_limits=st.booleans())
    def change_office(self, which: int, category: int, structure: int, by_person: bool, over_limits: bool) -> None:
        row = self.one(which)
        if row is None:
            return
        registration, office = self.registration(row), self.office(category, structure)
        person = replace(person_of(registration), **office)
        wanted = row_of(person)
        moved = {kind for kind in wanted.kinds if kind not in row.kinds and kind[1] is not None}
        full = row.state in HOLDING and any(self.reckoning.is_full(kind) for kind in moved)
        accepted = not (by_person and self.reckoning.is_closed) and (not full or (over_limits and not by_person))
        facts = {"by": self.actor(by_person), "over_limits": over_limits}
        if self.succeeds(accepted, changes.change_details, registration, person, {}, **facts):
            row.category, row.structure = wanted.category, wanted.structure
            self.reckoning.settle()

    @precondition(lambda self: self.has(*LIVE))
    @rule(which=WHICH, choice=CHOICES, by_person=st.booleans(), over_limits=st.booleans())
    def change_sessions(self, which: int, choice: tuple[int, ...], by_person: bool, over_limits: bool) -> None:
        row = self.one(which)
        if row is not None:
            self.is_forced = over_limits and not by_person
            facts = {"by": self.actor(by_person), "over_limits": over_limits}
            accepted = not (by_person and self.reckoning.is_closed)
            if self.takes_wishes:  # named in a slot of wishes, a session is the first wish: too late after the closing
                self.attempt(change_sessions, self.registration(row), self.wanted(choice), **facts)
            else:
                self.succeeds(accepted, change_sessions, self.registration(row), self.wanted(choice), **facts)
            self.reckoning.settle()

    @precondition(lambda self: self.has(*LIVE))
    @rule(which=WHICH, other=st.integers(0, 3))
    def wait_beside(self, which: int, other: int) -> None:
        """Refused where a seat is free, and to whoever has no place at the event."""
        row = self.one(which)
        if row is not None:
            registration = self.registration(row)
            held = [booking.session for booking in registration.live_bookings if booking.is_confirmed]
            self.attempt(change_sessions, registration, held, beside=[self.sessions[other]], by=PERSON)

    @precondition(lambda self: self.has(CONFIRMED))
    @rule(which=WHICH)
    def pass_on(self, which: int) -> None:
        row = self.one(which, CONFIRMED)
        if row is not None:
            late, colleague = self.reckoning.is_closed, a_colleague()
            if self.succeeds(not late, transfers.pass_on, self.registration(row), colleague, by=PERSON):
                self.passed_on(row, colleague)

    @precondition(lambda self: self.has(OFFERED))
    @rule(which=WHICH, accepts=st.booleans())
    def answer(self, which: int, accepts: bool) -> None:
        row = self.one(which, OFFERED)
        if row is not None:
            verb = offers.accept_offer if accepts else offers.refuse_offer
            assert self.attempt(verb, self.registration(row)) is True
            if accepts:
                self.reckoning.confirm(row)
            else:
                self.reckoning.end(row, PERSON)
            self.reckoning.settle()

    @precondition(lambda self: any(seat.state == OFFERED for seat in self.seen.seats.values()))
    @rule(which=WHICH, takes=st.booleans())
    def answer_for_seat(self, which: int, takes: bool) -> None:
        offered = self.bookings(offered=True)
        if offered:
            verb = session_waiting.take_seat if takes else session_waiting.decline_seat
            assert self.attempt(verb, offered[which % len(offered)]) is True

    @precondition(lambda self: any(seat.state in (WAITING, OFFERED) for seat in self.seen.seats.values()))
    @rule(which=WHICH)
    def leave_queue(self, which: int) -> None:
        waiting = self.bookings(offered=False)
        if waiting:
            self.succeeds(True, session_waiting.leave_queue, waiting[which % len(waiting)])

    @precondition(lambda self: self.is_wished and self.has(*LIVE))
    @rule(which=WHICH, ranks=RANKS, by_person=st.booleans())
    def wish(self, which: int, ranks: list[int], by_person: bool) -> None:
        row = self.one(which)
        if row is not None:
            ranked, late = [self.sessions[n] for n in ranks], by_person and self.reckoning.is_closed
            accepted, by = self.takes_wishes and not late, self.actor(by_person)
            self.succeeds(accepted, ranking.change_wishes, self.registration(row), ranked, by=by)

    @precondition(lambda self: self.has(*LIVE))
    @rule(which=WHICH, kind=st.sampled_from(KINDS), choice=CHOICES)
    def ask(self, which: int, kind: RequestKind, choice: tuple[int, ...]) -> None:
        row = self.one(which)
        if row is not None:
            sessions = [session.slug for session in self.wanted(choice)]
            payload = {
                RequestKind.CANCEL: {"reason": "Empêchée"},
                RequestKind.SESSIONS: {"sessions": sessions},
                RequestKind.TRANSFER: vars(a_colleague()),
            }[kind]
            self.succeeds(True, requests.ask, self.registration(row), kind, payload)
            self.asked = True

    @precondition(lambda self: self.asked)
    @rule(which=WHICH, accepts=st.booleans())
    def decide(self, which: int, accepts: bool) -> None:
        asked = list(db.session.scalars(requests.to_decide(self.event)))
        self.asked = len(asked) > 1
        if asked:
            request = asked[which % len(asked)]
            row, kind, payload = self.reckoning.row(request.registration_id), request.kind, request.payload
            if not accepts:
                self.succeeds(True, requests.refuse, request, answer="Trop tard", by=self.user)
                return
            accepted = kind is not RequestKind.TRANSFER or row.state == CONFIRMED
            if self.succeeds(accepted, requests.accept, request, by=self.user):
                self.granted(row, kind, payload)

    def granted(self, row: Row, kind: RequestKind, payload: dict[str, Any]) -> None:
        if kind is RequestKind.CANCEL:
            self.reckoning.end(row, "organiser")
        elif kind is RequestKind.TRANSFER:
            self.passed_on(row, Colleague(**payload))
        self.reckoning.settle()

    def passed_on(self, row: Row, colleague: Colleague) -> None:
        names = fold_email(colleague.email), fold_name(colleague.first_name, colleague.last_name)
        self.reckoning.pass_on(row, Row(*names, category=row.category, structure=row.structure))
        self.adopt(self.reckoning)
