"""Acts in any order, by people who share mailboxes: each calendar, played from the mails alone, shows what is true."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from eventapp.agenda import editing
from eventapp.agenda.models import BookingMode, Session
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.outbox.letters import ENTRY
from eventapp.outbox.models import Message
from eventapp.registrations import notices, seats
from eventapp.registrations.desk import merging, undoing
from eventapp.registrations.models import CalendarWish, Registration
from eventapp.registrations.people import Colleague, person_of
from eventapp.registrations.self_service import calendar, transfers
from eventapp.registrations.sessions import programme_changes, session_changes
from tests.factories import NOW, all_leave, make_event, make_person, make_session, make_user

MAILBOXES = ("maison@agents.example", "mairie@agents.example", "zoe@agents.example")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
Shown = dict[tuple[str, str], tuple[str, int]]


class World:
    def __init__(self, seed: int) -> None:
        self.random, self.now, self.number = random.Random(seed), NOW, 0
        self.event = make_event(capacity=5)
        self.by = make_user(self.event.organisation)
        for n in range(4):
            hours = {"starts_at": self.event.starts_at + n * HOUR, "ends_at": self.event.starts_at + (n + 1) * HOUR}
            make_session(self.event, title=f"S{n}", booking=BookingMode.REQUIRED, capacity=2, **hours)

    @property
    def sessions(self) -> list[Session]:
        return [s for s in db.session.scalars(Session.of(self.event)) if s.cancelled_at is None]

    def some(self) -> list[Session]:
        return self.random.sample(self.sessions, self.random.randint(0, min(2, len(self.sessions))))

    def anyone(self) -> Registration:
        return self.random.choice(db.session.scalars(Registration.of(self.event)).all())

    def name(self) -> dict[str, str]:
        self.number += 1
        return {"first_name": f"P{self.number}", "last_name": "Roy", "email": self.random.choice(MAILBOXES)}

    def register(self) -> None:
        seats.register(self.event, make_person(**self.name()), sessions=self.some(), now=self.now)

    def change_sessions(self) -> None:
        seats.change_sessions(self.anyone(), self.some(), now=self.now, by="person")

    def choose(self) -> None:
        calendar.choose(self.anyone(), self.random.choice(list(CalendarWish)), now=self.now)

    def cancel(self) -> None:
        seats.cancel(self.anyone(), now=self.now, by="person")

    def restore(self) -> None:
        undoing.restore(self.anyone(), now=self.now, by=self.by)

    def pass_on(self) -> None:
        transfers.pass_on(self.anyone(), Colleague(**self.name()), now=self.now, by="person")

    def correct_address(self) -> None:
        corrected = replace(person_of(one := self.anyone()), email=self.random.choice(MAILBOXES))
        seats.change_details(one, corrected, {}, now=self.now, by=self.by)

    def merge(self) -> None:
        one, other = self.anyone(), self.anyone()
        merging.merge(one, other, address_of=self.random.choice((one, other)), now=self.now, by=self.by)

    def move_session(self) -> None:
        if self.sessions:
            session = self.random.choice(self.sessions)
            facts = {"online_url": f"https://visio.example/{self.now:%H%M%S}"}
            programme_changes.edit_session(session, facts, cast=None, seen=None, now=self.now, by=None)

    def cancel_session(self) -> None:
        if len(self.sessions) > 2:
            session = self.random.choice(self.sessions)
            editing.cancel_session(session, now=self.now, by=None)
            session_changes.release_session(session, now=self.now, by="organiser")

    def move(self) -> None:
        self.event.sequence += 1
        notices.event_moved(self.event, now=self.now)


ACTS: list[tuple[Callable[[World], None], int]] = [
    (World.register, 8), (World.change_sessions, 8), (World.choose, 6), (World.cancel, 4), (World.restore, 4),
    (World.pass_on, 2), (World.merge, 2), (World.move_session, 2), (World.cancel_session, 1), (World.move, 1),
    (World.correct_address, 2),
]  # fmt: skip


def play(event: Event, shown: Shown, after: int) -> int:
    """The mails since `after` put into the calendars of their mailboxes; the number of the last."""
    for message in db.session.scalars(db.select(Message).where(Message.id > after).order_by(Message.id)).all():
        after = message.id
        if message.calendar_method is None or message.calendar_sequence is None:
            continue
        number = message.context.get(ENTRY)
        entry = event.calendar_uid if number is None else db.session.get_one(Session, number).calendar_uid
        method, sequence = shown.get((message.to, entry), ("", -1))
        assert message.calendar_sequence >= sequence + (message.calendar_method != method and method != "")
        shown[message.to, entry] = (message.calendar_method, message.calendar_sequence)
    all_leave()
    return after


def check(event: Event, shown: Shown) -> None:
    """Nothing that nobody there attends any more; everything that somebody there wants an entry for."""
    for mailbox in MAILBOXES:
        people = [r for r in db.session.scalars(Registration.confirmed(event)) if r.email == mailbox]
        people = [r for r in people if r.calendar_wish is not CalendarWish.NONE]
        every = [r for r in people if r.calendar_wish is CalendarWish.SESSIONS]
        there = {entry for (box, entry), (method, _) in shown.items() if box == mailbox and method == "REQUEST"}
        assert there <= entries(event, people), mailbox
        assert there >= entries(event, every) | ({event.calendar_uid} if people else set()), mailbox


def entries(event: Event, people: list[Registration]) -> set[str]:
    seats_ = (b for r in people for b in r.live_bookings if b.is_confirmed and b.session.cancelled_at is None)
    return {b.session.calendar_uid for b in seats_} | ({event.calendar_uid} if people else set())


@pytest.mark.parametrize("seed", [*range(6), 12, 30, 40])
def test_no_order_of_acts_leaves_a_calendar_wrong(seed: int) -> None:
    world, shown, last = World(seed), Shown(), 0
    acts, weights = zip(*ACTS, strict=True)
    world.register()
    for _ in range(40):
        world.now += MINUTE
        act = world.random.choices(acts, weights)[0]
        try:
            with db.session.begin_nested():
                act(world)
        except Refused:
            db.session.expire_all()
        db.session.flush()
        last = play(world.event, shown, last)
        check(world.event, shown)
