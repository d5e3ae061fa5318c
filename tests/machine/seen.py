"""What the database holds of one event, read once after each act."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.outbox.models import Message
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.wishes.models import Wish


class Person(NamedTuple):
    id: int
    status: Status
    offer_until: datetime | None
    email: str
    name: str
    category: int | None
    structure: int | None

    @property
    def state(self) -> str:
        return "offered" if self.offer_until is not None else self.status.value

    @property
    def is_confirmed(self) -> bool:
        return self.status is Status.CONFIRMED


class Seat(NamedTuple):
    """A booking."""

    id: int
    person: int
    session: int
    confirmed_at: datetime | None
    released_at: datetime | None
    offer_until: datetime | None

    @property
    def state(self) -> str:
        if self.released_at is not None:
            return "released"
        if self.confirmed_at is not None:
            return "held"
        return "waiting" if self.offer_until is None else "offered"


class Act(NamedTuple):
    id: int
    act: str
    kind: str
    subject: int


PERSON = (Registration.id, Registration.status, Registration.offer_until, Registration.email_folded)
PERSON += (Registration.name_folded, Registration.category_id, Registration.structure_id)
SEAT = (Booking.id, Booking.registration_id, Booking.session_id)
SEAT += (Booking.confirmed_at, Booking.released_at, Booking.offer_until)


@dataclass
class Seen:
    """`acts` and `letters` of all the past; `news`: the acts since the last look; `told`: whom letters told since."""

    people: dict[int, Person] = field(default_factory=dict)
    seats: dict[int, Seat] = field(default_factory=dict)
    ranks: dict[int, list[int]] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    news: list[Act] = field(default_factory=list)
    letters: Counter[tuple[Any, str]] = field(default_factory=Counter)
    told: set[Any] = field(default_factory=set)
    last_letter: int = 0

    def of_session(self, session: int) -> list[Seat]:
        return [seat for seat in self.seats.values() if seat.session == session and seat.state != "released"]

    def of_person(self, person: int) -> list[Seat]:
        return [seat for seat in self.seats.values() if seat.person == person and seat.state != "released"]


EVENT, SINCE = bindparam("event_id"), bindparam("since")
PEOPLE = select(*PERSON).where(Registration.event_id == EVENT).order_by(Registration.id)
SEATS = select(*SEAT).where(Booking.event_id == EVENT).order_by(Booking.id)
RANKS = select(Wish.registration_id, Wish.rank).where(Wish.event_id == EVENT).order_by(Wish.rank)
ACTS = select(Entry.id, Entry.act, Entry.subject_kind, Entry.subject_id)
ACTS = ACTS.where(Entry.event_id == EVENT, Entry.id > SINCE).order_by(Entry.id)
LETTERS = select(Message.id, Message.letter, Message.context)
LETTERS = LETTERS.where(Message.event_id == EVENT, Message.id > SINCE).order_by(Message.id)


def look(event_id: int, before: Seen) -> Seen:
    people = [Person(*row) for row in ask(PEOPLE, event_id)]
    seats = [Seat(*row) for row in ask(SEATS, event_id)]
    news = [Act(*row) for row in ask(ACTS, event_id, before.acts[-1].id if before.acts else 0)]
    posted = ask(LETTERS, event_id, before.last_letter)
    ranks: dict[int, list[int]] = {}
    for person, rank in ask(RANKS, event_id):
        ranks.setdefault(person, []).append(rank)
    to = [(context.get("registration_id"), letter) for _id, letter, context in posted]
    return Seen(
        people={person.id: person for person in people},
        seats={seat.id: seat for seat in seats},
        ranks=ranks,
        acts=[*before.acts, *news],
        news=news,
        letters=before.letters + Counter(to),
        told={person for person, _letter in to},
        last_letter=posted[-1][0] if posted else before.last_letter,
    )


def ask(query: Any, event_id: int, since: int = 0) -> list[Any]:
    return list(db.session.execute(query, {"event_id": event_id, "since": since}))
