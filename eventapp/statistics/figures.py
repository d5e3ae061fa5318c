"""What an organiser counts. Each function is one or two grouped queries, read from indexes where it can be, whatever
the number of people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select

from eventapp.agenda.models import BookingMode, Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import listing
from eventapp.invitations.models import GuestState
from eventapp.outbox.models import Message, State
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.places.availability import Availability, availability
from eventapp.registrations.places.over_limits import Excess, over_limits
from eventapp.registrations.self_service import calendar_replies, requests
from eventapp.statistics.territory import DepartementFigures, by_departement

LATEST = 8


@dataclass(frozen=True)
class GuestFigures:
    not_invited: int
    silent: int
    accepted: int
    declined: int

    @property
    def total(self) -> int:
        return self.not_invited + self.invited

    @property
    def invited(self) -> int:
        return self.silent + self.replied

    @property
    def replied(self) -> int:
        return self.accepted + self.declined


@dataclass(frozen=True)
class CategoryFigures:
    """Of the people without category when `slug` is empty."""

    name: str
    slug: str
    capacity: int | None
    confirmed: int
    waiting: int


@dataclass(frozen=True)
class RegistrationFigures:
    """`waiting` counts everybody who waits, also the `offered`, who hold a place until they answer."""

    confirmed: int
    waiting: int
    offered: int
    cancelled: int
    categories: tuple[CategoryFigures, ...]


@dataclass(frozen=True)
class SessionFigures:
    """As on the public page: `held` counts the seats that are offered; `waiting` also counts those who wait for the
    event itself, and keep their rank in this queue."""

    title: str
    slug: str
    starts_at: datetime
    ends_at: datetime
    capacity: int | None
    held: int
    waiting: int

    @property
    def is_full(self) -> bool:
        return self.capacity is not None and self.held >= self.capacity


@dataclass(frozen=True)
class Figures:
    guests: GuestFigures
    registrations: RegistrationFigures
    availability: Availability
    waiting_for_a_session: int
    undelivered: int
    departements: tuple[DepartementFigures, ...]
    sessions: tuple[SessionFigures, ...]
    over_limits: tuple[Excess, ...]
    requests: int
    calendar_replies: int
    has_programme: bool

    @property
    def structures(self) -> int:
        return sum(departement.structures for departement in self.departements)

    @property
    def represented(self) -> int:
        return sum(departement.represented for departement in self.departements)

    @property
    def is_blank(self) -> bool:
        """Nobody on the list, nobody registered: there is nothing to count yet."""
        registrations = self.registrations
        return not (self.guests.total or registrations.confirmed or registrations.waiting or registrations.cancelled)


def figures(event: Event, *, now: datetime) -> Figures:
    return Figures(
        guests=guests(event),
        registrations=registrations(event),
        availability=availability(event, now=now),
        waiting_for_a_session=waiting_for_a_session(event),
        undelivered=undelivered(event),
        departements=by_departement(event),
        sessions=by_session(event),
        over_limits=tuple(over_limits(event, now=now)),
        requests=requests.count_to_decide(event),
        calendar_replies=calendar_replies.count_open(event),
        has_programme=has_programme(event),
    )


def guests(event: Event) -> GuestFigures:
    counts = listing.states(event)
    return GuestFigures(
        not_invited=counts[GuestState.NOT_INVITED],
        silent=counts[GuestState.SILENT],
        accepted=counts[GuestState.ACCEPTED],
        declined=counts[GuestState.DECLINED],
    )


def registrations(event: Event) -> RegistrationFigures:
    keys = (Registration.category_id, Registration.status)
    rows = select(*keys, func.count()).where(Registration.event_id == event.id).group_by(*keys)
    counts: Counter[tuple[int | None, Status]] = Counter()
    for category_id, status, count in db.session.execute(rows):
        counts[category_id, status] += count
    offered = select(func.count()).where(Registration.event_id == event.id, Registration.offer_until.is_not(None))
    return RegistrationFigures(
        confirmed=_in_status(counts, Status.CONFIRMED),
        waiting=_in_status(counts, Status.WAITING),
        offered=db.session.scalar(offered) or 0,
        cancelled=_in_status(counts, Status.CANCELLED),
        categories=_by_category(event, counts),
    )


def waiting_for_a_session(event: Event) -> int:
    """People confirmed at the event who wait for a seat in at least one session."""
    people = (
        select(func.count(Booking.registration_id.distinct()))
        .join(Registration, Booking.registration_id == Registration.id)
        .join(Session, Booking.session_id == Session.id)
        .where(Registration.event_id == event.id, Session.cancelled_at.is_(None), _waits_for_its_session())
    )
    return db.session.scalar(people) or 0


def by_session(event: Event) -> tuple[SessionFigures, ...]:
    """Sessions that take place and can be booked, in order of time."""
    counts = _booking_counts(event).subquery()
    rows = (
        select(
            Session.title, Session.slug, Session.starts_at, Session.ends_at, Session.capacity,
            func.coalesce(counts.c.held, 0), func.coalesce(counts.c.waiting, 0),
        )
        .outerjoin(counts, counts.c.session_id == Session.id)
        .where(Session.event_id == event.id, Session.cancelled_at.is_(None), Session.booking != BookingMode.NONE)
        .order_by(Session.starts_at, Session.ends_at, Session.id)
    )  # fmt: skip
    return tuple(SessionFigures(*row) for row in db.session.execute(rows))


def undelivered(event: Event) -> int:
    """Letters given up: the address refused them, or three days of attempts were not enough."""
    letters = select(func.count()).where(Message.event_id == event.id, Message.state == State.FAILED)
    return db.session.scalar(letters) or 0


def has_programme(event: Event) -> bool:
    held = select(Session.id).where(Session.event_id == event.id, Session.cancelled_at.is_(None)).limit(1)
    return db.session.scalar(held) is not None


def latest(event: Event, limit: int = LATEST) -> Sequence[Registration]:
    """The last people who registered, newest first, whatever became of them."""
    newest = select(Registration).where(Registration.event_id == event.id).order_by(Registration.id.desc())
    return db.session.scalars(newest.limit(limit)).unique().all()


def _in_status(counts: Counter[tuple[int | None, Status]], status: Status) -> int:
    return sum(count for (_, found), count in counts.items() if found is status)


def _by_category(event: Event, counts: Counter[tuple[int | None, Status]]) -> tuple[CategoryFigures, ...]:
    """In the form's order; then those without category, if any. Nothing when the event has no categories."""
    rows: list[tuple[int | None, str, str, int | None]] = [(c.id, c.name, c.slug, c.capacity) for c in event.categories]
    if not rows:
        return ()
    found = [
        CategoryFigures(name, slug, capacity, counts[key, Status.CONFIRMED], counts[key, Status.WAITING])
        for key, name, slug, capacity in [*rows, (None, "Sans catégorie", "", None)]
    ]
    return tuple(category for category in found if category.slug or category.confirmed or category.waiting)


def _booking_counts(event: Event) -> Select[int, int, int]:
    held = or_(Booking.confirmed_at.is_not(None), Booking.offer_until.is_not(None))
    return (
        select(
            Booking.session_id,
            func.count().filter(held).label("held"),
            func.count().filter(not_(held)).label("waiting"),
        )
        .where(Booking.event_id == event.id, Booking.released_at.is_(None))
        .group_by(Booking.session_id)
    )


def _waits_for_its_session() -> ColumnElement[bool]:
    return and_(Booking.released_at.is_(None), Booking.confirmed_at.is_(None), Registration.status == Status.CONFIRMED)
