"""One person at one event, and the sessions they hold or wait for."""

from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    select,
    text,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from eventapp import tokens
from eventapp.agenda.models import Session
from eventapp.database import Base, enum_column
from eventapp.events.models import Category, Event
from eventapp.extensions import db
from eventapp.network.models import Structure

if TYPE_CHECKING:
    from eventapp.registrations.questions.models import Answer

LIVE = text("status <> 'cancelled'")
HELD = text("released_at IS NULL")
OFFERED = text("offer_until IS NOT NULL")
BY_TRANSFER = "transfer"  # what ended the registration of whoever passed their place on: their link is dead


class Status(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {"waiting": "en attente de place", "confirmed": "confirmée", "cancelled": "annulée"}[self.value]


class Source(StrEnum):
    PUBLIC = "public"
    INVITATION = "invitation"
    ORGANISER = "organiser"

    @property
    def label(self) -> str:
        return {"public": "formulaire public", "invitation": "invitation", "organiser": "équipe"}[self.value]


class CalendarWish(StrEnum):
    """What calendar mail a person wants: one entry for the event, one for each of their sessions too, or none."""

    EVENT = "event"
    SESSIONS = "sessions"
    NONE = "none"


class Registration(Base):
    """The personal link and the private feed have each their own nonce: one can be renewed without the other."""

    __tablename__ = "registration"
    PURPOSE = "registration"
    FEED_PURPOSE = "feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    category_id: Mapped[int | None]
    structure_id: Mapped[int | None] = mapped_column(ForeignKey("structure.id"))
    organisation: Mapped[str] = mapped_column(String(200), default="")  # as typed, when no structure matches
    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80))
    function: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(320))
    phone: Mapped[str] = mapped_column(String(20), default="")  # E.164
    email_folded: Mapped[str] = mapped_column(String(320))
    name_folded: Mapped[str] = mapped_column(String(500))  # "nom prenom": sort and uniqueness
    search_text: Mapped[str] = mapped_column(Text, default="")  # folded name, address, structure, commune

    status: Mapped[Status] = mapped_column(enum_column(Status, "registration_status"))
    source: Mapped[Source] = mapped_column(enum_column(Source, "registration_source"), default=Source.PUBLIC)
    created_at: Mapped[datetime]
    queued_at: Mapped[datetime]  # since when they wait; the order of the queue is that of the numbers
    confirmed_at: Mapped[datetime | None]
    offer_until: Mapped[datetime | None]  # an open offer: a place is held until then
    held_back: Mapped[str] = mapped_column(String(20), default="")  # the limit for which they were last passed over
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str] = mapped_column(String(20), default="")  # as journal.PERSON, or "merge", BY_TRANSFER
    cancellation_reason: Mapped[str] = mapped_column(String(500), default="")
    consented_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")  # the organiser's own

    idempotency_key: Mapped[str | None] = mapped_column(String(64))  # of the form and the person first sent with it
    party_id: Mapped[int | None]  # registered together with others
    replaces_id: Mapped[int | None]  # the registration whose holder passed the place on to this person
    merged_into_id: Mapped[int | None]  # the other registration of the same person, which stays
    nonce: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    feed_nonce: Mapped[str] = mapped_column(String(32))
    feed_digest: Mapped[str] = mapped_column(String(64), unique=True)
    feed_revoked_at: Mapped[datetime | None]  # the subscription was switched off; a new address switches it on
    calendar_wish: Mapped[CalendarWish] = mapped_column(
        enum_column(CalendarWish, "registration_calendar_wish"),
        default=CalendarWish.EVENT,
        server_default=CalendarWish.EVENT.value,
    )
    revision: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]

    event: Mapped[Event] = relationship()
    # Only category_id is written: leaving a category must not empty event_id, the other half of its key.
    category: Mapped[Category | None] = relationship(
        lazy="joined", primaryjoin="foreign(Registration.category_id) == Category.id"
    )
    structure: Mapped[Structure | None] = relationship(lazy="joined")
    bookings: Mapped[list["Booking"]] = relationship(
        back_populates="registration",
        order_by="Booking.id",
        cascade="all, delete-orphan",
        primaryjoin="Registration.id == foreign(Booking.registration_id)",
    )
    answers: Mapped[list["Answer"]] = relationship(
        back_populates="registration", order_by="Answer.id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "category_id"],
            ["category.event_id", "category.id"],
            name="registration_is_in_a_category_of_its_event",
        ),
        ForeignKeyConstraint(
            ["event_id", "party_id"], ["party.event_id", "party.id"], name="registration_is_in_a_party_of_its_event"
        ),
        ForeignKeyConstraint(
            ["event_id", "replaces_id"],
            ["registration.event_id", "registration.id"],
            name="registration_replaces_one_of_its_event",
        ),
        ForeignKeyConstraint(
            ["event_id", "merged_into_id"],
            ["registration.event_id", "registration.id"],
            name="registration_is_merged_into_one_of_its_event",
        ),
        UniqueConstraint("event_id", "id", name="registration_belongs_to_its_event"),
        UniqueConstraint("replaces_id", name="a_registration_is_passed_on_once"),
        UniqueConstraint("event_id", "idempotency_key", name="one_registration_per_submission"),
        Index(
            "one_live_registration_per_person",
            "event_id",
            "email_folded",
            "name_folded",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index("ix_registration_queue", "event_id", "status", "id"),
        Index("ix_registration_party", "event_id", "party_id"),
        Index("ix_registration_merged", "event_id", "merged_into_id"),
        Index("ix_registration_name", "event_id", "name_folded", "id"),
        Index("ix_registration_structure", "event_id", "structure_id", "status"),
        Index("ix_registration_category", "event_id", "status", "category_id"),
        Index("ix_registration_email", "event_id", "email_folded"),
        Index("ix_registration_offer", "event_id", "offer_until", sqlite_where=OFFERED, postgresql_where=OFFERED),
        CheckConstraint("(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_has_its_time"),
        CheckConstraint("status <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed_has_its_time"),
        CheckConstraint("offer_until IS NULL OR status = 'waiting'", name="only_the_waiting_hold_an_offer"),
    )

    @property
    def organisation_name(self) -> str:
        return self.structure.name if self.structure is not None else self.organisation

    @property
    def is_confirmed(self) -> bool:
        return self.status is Status.CONFIRMED

    @property
    def is_waiting(self) -> bool:
        return self.status is Status.WAITING

    @property
    def is_cancelled(self) -> bool:
        return self.status is Status.CANCELLED

    @property
    def live_bookings(self) -> list["Booking"]:
        return [b for b in self.bookings if b.released_at is None]

    @property
    def has_offer(self) -> bool:
        return self.offer_until is not None

    @property
    def has_no_link(self) -> bool:
        """Another registration came instead: nobody opens this one with a link any more."""
        return self.cancelled_by == BY_TRANSFER or self.merged_into_id is not None

    @classmethod
    def of_token(cls, token: str) -> "Registration | None":
        return db.session.scalar(_with_digest(), {"token": tokens.digest(token)})

    @classmethod
    def of_feed_token(cls, token: str) -> "Registration | None":
        """None too once the subscription was stopped."""
        live = cls.feed_digest == tokens.digest(token), cls.feed_revoked_at.is_(None)
        return db.session.scalar(select(cls).where(*live))

    @classmethod
    def of(cls, event: Event) -> Select["Registration"]:
        return select(cls).where(cls.event_id == event.id).order_by(cls.name_folded, cls.id)

    @classmethod
    def confirmed(cls, event: Event) -> Select["Registration"]:
        return cls.of(event).where(cls.status == Status.CONFIRMED)

    @classmethod
    def queue(cls, event: Event) -> Select["Registration"]:
        return select(cls).where(cls.event_id == event.id, cls.status == Status.WAITING).order_by(cls.id)


class Booking(Base):
    """A session held (`confirmed_at`) or waited for (no `confirmed_at`); given up at `released_at`."""

    __tablename__ = "booking"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    registration_id: Mapped[int]
    session_id: Mapped[int]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    offer_until: Mapped[datetime | None]  # a seat held for them, which overlaps another that they hold
    held_back: Mapped[str] = mapped_column(String(20), default="")  # why they were last passed over for a seat
    rank: Mapped[int | None]  # of the wish that was granted

    # By its number alone: a registration at hand is not asked for again.
    registration: Mapped[Registration] = relationship(
        back_populates="bookings", primaryjoin="foreign(Booking.registration_id) == Registration.id"
    )
    session: Mapped[Session] = relationship(lazy="joined")

    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "registration_id"],
            ["registration.event_id", "registration.id"],
            name="booking_is_of_a_registration_of_its_event",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["event_id", "session_id"],
            ["agenda_session.event_id", "agenda_session.id"],
            name="booking_is_of_a_session_of_its_event",
            ondelete="CASCADE",
        ),
        Index(
            "one_live_booking_per_session",
            "registration_id",
            "session_id",
            unique=True,
            sqlite_where=HELD,
            postgresql_where=HELD,
        ),
        Index("ix_booking_session", "session_id", "released_at", "confirmed_at"),
        Index("ix_booking_registration", "registration_id", "event_id"),
        Index("ix_booking_offer", "event_id", "offer_until", sqlite_where=OFFERED, postgresql_where=OFFERED),
        CheckConstraint(
            "offer_until IS NULL OR (confirmed_at IS NULL AND released_at IS NULL)",
            name="only_a_waiting_booking_holds_an_offer",
        ),
    )

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None and self.released_at is None

    @property
    def is_waiting(self) -> bool:
        """Also with an open offer."""
        return self.confirmed_at is None and self.released_at is None

    @property
    def has_offer(self) -> bool:
        return self.offer_until is not None


class CalendarMail(Base):
    """The highest SEQUENCE mailed to this person for this UID, in each mailbox that was theirs: a later CANCEL or
    REQUEST must exceed it there, whoever comes from there then."""

    __tablename__ = "calendar_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    mailbox: Mapped[str] = mapped_column(String(320), server_default="")  # the address, folded
    uid: Mapped[str] = mapped_column(String(199))
    last_sequence: Mapped[int]
    last_method: Mapped[str] = mapped_column(String(10))

    __table_args__ = (
        UniqueConstraint("registration_id", "mailbox", "uid", name="one_sequence_per_mailbox_and_entry"),
        Index("ix_calendar_mail_mailbox", "mailbox"),
    )


@cache
def _with_digest() -> Select[Registration]:
    """Written once: building a question costs more than asking it. A personal page is about its event too."""
    live = (Registration.digest == bindparam("token"), Registration.cancelled_by != BY_TRANSFER)
    return select(Registration).where(*live).options(joinedload(Registration.event))
