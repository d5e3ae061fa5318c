"""What uniting two registrations makes of them, read from the act itself: shown first and taken back, then done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s

from sqlalchemy import func, select

from eventapp.accounts.models import User
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import french_datetime, ordinal, phone, short_date
from eventapp.outbox.letters import TITLES
from eventapp.outbox.models import Message
from eventapp.registrations.desk import merging
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.questions.answers import reserved
from eventapp.registrations.self_service.summaries import RESERVED
from eventapp.registrations.waiting.queue import position
from eventapp.registrations.wishes.wish_slots import wishes_of

Facts = dict[tuple[int, str], str]  # by number and label


@dataclass(frozen=True)
class Line:
    """`this`: of the registration from which one started; `after`: empty where nothing is left of it."""

    label: str
    this: str
    other: str
    after: str


@dataclass(frozen=True)
class Summary:
    """`letters`: what leaves and to whom, those included to whom a place is given that was taken twice."""

    this_stays: bool
    facts: Sequence[Line]
    sessions: Sequence[Line]
    answers: Sequence[Line]
    letters: Sequence[tuple[str, str]]

    @property
    def mark(self) -> str:
        """Another one when something else would come of it."""
        return blake2s(repr(self).encode(errors="backslashreplace"), digest_size=8).hexdigest()


def unite(
    this: Registration,
    other: Registration,
    *,
    address_of: Registration,
    reads_sensitive: bool,
    now: datetime,
    by: User,
) -> tuple[Registration, Summary | None]:
    """As `merging.merge`; with what it made of both, unless they were one already. Whoever only wants to know what it
    would make takes it back."""
    were_one = this.merged_into_id == other.id or other.merged_into_id == this.id
    hidden = set() if reads_sensitive else reserved(this.event)
    before, last = (_read(this, hidden), _read(other, hidden)), _last_letter(this.event)
    stays = merging.merge(this, other, address_of=address_of, now=now, by=by)
    if were_one:
        return stays, None
    db.session.flush()
    after = _read(stays, hidden)
    tables = {part: list(_lines(before[0][part], before[1][part], after[part])) for part in after}
    return stays, Summary(stays is this, **tables, letters=_letters(stays.event, last))


def _lines(this: Facts, other: Facts, after: Facts) -> Iterator[Line]:
    for key in {**this, **other}:
        values = (this.get(key, ""), other.get(key, ""), after.get(key, ""))
        if any(values):
            yield Line(key[1], *values)


def _read(registration: Registration, hidden: set[str]) -> dict[str, Facts]:
    live = sorted(registration.live_bookings, key=lambda booking: (booking.session.starts_at, booking.session_id))
    answers = sorted(registration.answers, key=lambda answer: (answer.question.position, answer.question_id))
    return {
        "facts": {(0, label): value for label, value in _facts(registration).items()},
        "sessions": {(b.session_id, b.session.title): _state(b) for b in live},
        "answers": {
            (a.question_id, a.question.label): RESERVED if a.question.slug in hidden else a.in_words for a in answers
        },
    }


def _facts(registration: Registration) -> dict[str, str]:
    event = registration.event
    wishes = db.session.scalars(wishes_of(registration)).all()
    return {
        "Place à la rencontre": _place(registration),
        "Inscription du": short_date(registration.created_at, event.timezone),
        "Adresse électronique": registration.email,
        "Téléphone": phone(registration.phone),
        "Fonction": registration.function,
        "Structure ou organisme": registration.organisation_name,
        "Catégorie": registration.category.name if registration.category is not None else "",
        "Souhaits": ", ".join(f"{wish.rank}. {wish.session.title}" for wish in wishes),
        "Note de l’équipe": registration.note,
    }


def _place(registration: Registration) -> str:
    if registration.is_cancelled:
        return registration.status.label
    if registration.offer_until is not None:
        return f"place proposée jusqu’au {french_datetime(registration.offer_until, registration.event.timezone)}"
    rank = position(registration)
    return f"{registration.status.label}, {ordinal(rank, feminine=True)} position" if rank else "place confirmée"


def _state(booking: Booking) -> str:
    return "place réservée" if booking.is_confirmed else "place proposée" if booking.has_offer else "en attente"


def _last_letter(event: Event) -> int:
    return db.session.scalar(select(func.max(Message.id)).where(Message.event_id == event.id)) or 0


def _letters(event: Event, last: int) -> list[tuple[str, str]]:
    new = select(Message).where(Message.event_id == event.id, Message.id > last).order_by(Message.id)
    return [(TITLES[message.letter], message.to) for message in db.session.scalars(new)]
