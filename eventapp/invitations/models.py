"""Guests of an event, the letters written to them, and their personal links."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.database import Base, enum_column
from eventapp.events.models import Category, Event
from eventapp.network.models import Structure
from eventapp.registrations.models import Registration, Status
from eventapp.spreadsheets.drafts import Draft

PRESENT = text("removed_at IS NULL")
VALID = text("revoked_at IS NULL")
PUBLIC_DIRECTORY = "annuaire public des France services"  # the one origin told to guests as it is


class Reply(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"


class GuestKind(StrEnum):
    """`STRUCTURE`: its mailbox is written to, and whoever answers names the people who come."""

    PERSON = "person"
    STRUCTURE = "structure"


class NamedAs(StrEnum):
    """Why another guest stands behind this one."""

    COLLEAGUE = "colleague"  # named by their structure
    REPLACEMENT = "replacement"  # sent by a guest in their own stead


class GuestState(StrEnum):
    """Where a guest stands, as the organiser's list filters and shows it."""

    NOT_INVITED = "not_invited"
    SILENT = "silent"
    ACCEPTED = "accepted"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        return GUEST_STATES[self][0]

    @property
    def badge(self) -> str:
        return GUEST_STATES[self][1]


GUEST_STATES = {
    GuestState.NOT_INVITED: ("pas encore invité", "plain"),
    GuestState.SILENT: ("sans réponse", "warning"),
    GuestState.ACCEPTED: ("accepté", "success"),
    GuestState.DECLINED: ("décliné", "error"),
}


class Guest(Base):
    """A person, or a structure with so many `places`, on the guest list; `invitation` is their one valid invitation, if
    any was sent. A structure's `last_name` is its name."""

    __tablename__ = "guest"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    category_id: Mapped[int | None]
    structure_id: Mapped[int | None] = mapped_column(ForeignKey("structure.id"))
    organisation: Mapped[str] = mapped_column(String(200), default="")
    first_name: Mapped[str] = mapped_column(String(80), default="")
    last_name: Mapped[str] = mapped_column(String(200))
    function: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(320))
    email_folded: Mapped[str] = mapped_column(String(320))
    name_folded: Mapped[str] = mapped_column(String(500))
    search_text: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(String(200), default="")  # where the address came from, for organisers
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    kind: Mapped[GuestKind] = mapped_column(
        enum_column(GuestKind, "guest_kind"), default=GuestKind.PERSON, server_default=GuestKind.PERSON.value
    )
    places: Mapped[int | None]  # of a structure: how many people it may name
    named_by_id: Mapped[int | None] = mapped_column(ForeignKey("guest.id", ondelete="SET NULL"))
    named_as: Mapped[NamedAs | None] = mapped_column(enum_column(NamedAs, "guest_named_as"))
    reminders_stopped_at: Mapped[datetime | None]
    undeliverable_at: Mapped[datetime | None]  # their address, as mail servers said; a corrected address empties it
    undeliverable_why: Mapped[str] = mapped_column(String(500), default="", server_default="")

    event: Mapped[Event] = relationship()
    named_by: Mapped["Guest | None"] = relationship(
        remote_side="Guest.id", foreign_keys="Guest.named_by_id", back_populates="named"
    )
    named: Mapped[list["Guest"]] = relationship(
        foreign_keys="Guest.named_by_id", back_populates="named_by", order_by="Guest.id"
    )
    # Only category_id is written: leaving a category must not empty event_id, the other half of its key.
    category: Mapped[Category | None] = relationship(
        lazy="joined", primaryjoin="foreign(Guest.category_id) == Category.id"
    )
    structure: Mapped[Structure | None] = relationship(lazy="joined")
    invitations: Mapped[list["Invitation"]] = relationship(
        back_populates="guest", order_by="Invitation.id", lazy="selectin", cascade="all, delete-orphan"
    )

    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "category_id"],
            ["category.event_id", "category.id"],
            name="guest_is_in_a_category_of_its_event",
        ),
        UniqueConstraint("event_id", "id", name="guest_belongs_to_its_event"),
        Index(
            "one_guest_per_person",
            "event_id",
            "email_folded",
            "name_folded",
            unique=True,
            sqlite_where=PRESENT,
            postgresql_where=PRESENT,
        ),
        Index("ix_guest_name", "event_id", "name_folded", "id"),
        Index("ix_guest_named_by", "named_by_id"),
        Index("ix_guest_address", "email_folded"),
        CheckConstraint("(kind = 'structure') = (places IS NOT NULL)", name="structures_have_places"),
        CheckConstraint("places IS NULL OR places >= 0", name="guest_places_are_not_negative"),
        CheckConstraint("kind = 'person' OR structure_id IS NOT NULL", name="an_invited_structure_is_known"),
        CheckConstraint("(named_as IS NOT NULL) OR (named_by_id IS NULL)", name="named_by_someone_somehow"),
    )

    @property
    def is_structure(self) -> bool:
        return self.kind is GuestKind.STRUCTURE

    @property
    def is_waiting(self) -> bool:
        registration = self.invitation.registration if self.invitation else None
        return registration is not None and registration.status is Status.WAITING

    @property
    def organisation_name(self) -> str:
        return self.structure.name if self.structure is not None else self.organisation

    @property
    def invitation(self) -> "Invitation | None":
        return next((i for i in reversed(self.invitations) if i.revoked_at is None), None)

    @property
    def state(self) -> GuestState:
        invitation = self.invitation
        if invitation is None:
            return GuestState.NOT_INVITED
        return GuestState(invitation.reply.value) if invitation.reply else GuestState.SILENT

    @classmethod
    def of(cls, event: Event) -> Select["Guest"]:
        return select(cls).where(cls.event_id == event.id, cls.removed_at.is_(None)).order_by(cls.name_folded, cls.id)


class Invitation(Base):
    """A personal link. A corrected address revokes it and sends another."""

    __tablename__ = "invitation"
    PURPOSE = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    guest_id: Mapped[int]
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    email: Mapped[str] = mapped_column(String(320))  # where it went
    nonce: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    invited_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    reply: Mapped[Reply | None] = mapped_column(enum_column(Reply, "invitation_reply"))
    replied_at: Mapped[datetime | None]
    decline_reason: Mapped[str] = mapped_column(String(500), default="")
    registration_id: Mapped[int | None]

    event: Mapped[Event] = relationship(
        primaryjoin="Invitation.event_id == Event.id", foreign_keys="Invitation.event_id", viewonly=True
    )
    guest: Mapped[Guest] = relationship(back_populates="invitations")
    registration: Mapped[Registration | None] = relationship(
        primaryjoin="foreign(Invitation.registration_id) == Registration.id"
    )

    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "guest_id"],
            ["guest.event_id", "guest.id"],
            name="invitation_is_of_a_guest_of_its_event",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["event_id", "registration_id"],
            ["registration.event_id", "registration.id"],
            name="invitation_led_to_a_registration_of_its_event",
        ),
        Index(
            "one_valid_invitation_per_guest",
            "guest_id",
            unique=True,
            sqlite_where=VALID,
            postgresql_where=VALID,
        ),
        Index("ix_invitation_event", "event_id", "guest_id"),
        CheckConstraint("(reply IS NULL) = (replied_at IS NULL)", name="a_reply_has_its_time"),
    )

    @property
    def mark(self) -> str:
        """Names this one among those of a guest, in an address; it opens nothing."""
        return self.digest[:16]

    @property
    def is_silent(self) -> bool:
        return self.reply is None and self.revoked_at is None

    @property
    def has_accepted(self) -> bool:
        return self.reply is Reply.ACCEPTED

    @property
    def has_declined(self) -> bool:
        return self.reply is Reply.DECLINED

    @property
    def has_live_registration(self) -> bool:
        return self.registration is not None and not self.registration.is_cancelled


class GuestImport(Draft):
    __tablename__ = "guest_import"
