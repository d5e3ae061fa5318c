"""Campaigns: one letter to many, now, later, or by itself at a date of the event; and who is in each."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.accounts.models import User
from eventapp.database import Base, enum_column
from eventapp.events.models import Event
from eventapp.invitations.models import Guest
from eventapp.letters.models import Letter, LetterKind
from eventapp.outbox.models import Message
from eventapp.registrations.models import Registration


class Audience(StrEnum):
    """Whom a campaign chooses among."""

    GUESTS = "guests"
    REGISTERED = "registered"


class CampaignState(StrEnum):
    """`SCHEDULED`: its letters are not queued before `due_at`. `PAUSED`: those not sent yet are held back."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"

    @property
    def label(self) -> str:
        return CAMPAIGN_STATES[self][0]

    @property
    def badge(self) -> str:
        return CAMPAIGN_STATES[self][1]


CAMPAIGN_STATES = {
    CampaignState.SCHEDULED: ("prévu", "info"),
    CampaignState.RUNNING: ("en cours", "info"),
    CampaignState.PAUSED: ("suspendu", "warning"),
    CampaignState.CANCELLED: ("annulé", "error"),
    CampaignState.DONE: ("terminé", "success"),
}


class Anchor(StrEnum):
    """What the date of an automatic letter is counted from."""

    DEADLINE = "deadline"
    START = "start"
    END = "end"


class AutomaticLetter(Base):
    """A letter that leaves by itself, once: `hours` after its anchor (negative: before)."""

    __tablename__ = "automatic_letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    kind: Mapped[LetterKind] = mapped_column(enum_column(LetterKind, "automatic_letter_kind", length=30))
    anchor: Mapped[Anchor] = mapped_column(enum_column(Anchor, "automatic_letter_anchor"))
    hours: Mapped[int]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    stopped_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()

    __table_args__ = (UniqueConstraint("event_id", "kind", "anchor", "hours", name="one_automatic_letter_per_date"),)


class Campaign(Base):
    """`segment`: the filters that chose its people, as they were. Those chosen are its recipients, fixed when it is
    made (by hand) or when it leaves (by itself)."""

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    automatic_id: Mapped[int | None] = mapped_column(
        ForeignKey("automatic_letter.id", ondelete="SET NULL"), unique=True
    )
    audience: Mapped[Audience] = mapped_column(enum_column(Audience, "campaign_audience"))
    segment: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[CampaignState] = mapped_column(enum_column(CampaignState, "campaign_state"))
    idempotency_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    started_at: Mapped[datetime | None]  # its letters were queued
    ended_at: Mapped[datetime | None]  # cancelled, or the last letter was dealt with

    event: Mapped[Event] = relationship()
    letter: Mapped[Letter] = relationship(lazy="joined")
    automatic: Mapped[AutomaticLetter | None] = relationship()
    created_by: Mapped[User | None] = relationship()
    recipients: Mapped[list["CampaignRecipient"]] = relationship(
        back_populates="campaign", order_by="CampaignRecipient.id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        Index("ix_campaign_event", "event_id", "id"),
        Index("ix_campaign_due", "state", "due_at"),
    )


class CampaignRecipient(Base):
    """One person of a campaign, once, whatever happens: `message` is their letter, `left_out` why they get none."""

    __tablename__ = "campaign_recipient"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    guest_id: Mapped[int | None] = mapped_column(ForeignKey("guest.id", ondelete="CASCADE"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))
    left_out: Mapped[str] = mapped_column(String(200), default="", server_default="")

    campaign: Mapped[Campaign] = relationship(back_populates="recipients")
    guest: Mapped[Guest | None] = relationship()
    registration: Mapped[Registration | None] = relationship()
    message: Mapped[Message | None] = relationship()

    __table_args__ = (
        UniqueConstraint("campaign_id", "guest_id", name="a_guest_once_per_campaign"),
        UniqueConstraint("campaign_id", "registration_id", name="a_registered_person_once_per_campaign"),
        CheckConstraint("(guest_id IS NULL) <> (registration_id IS NULL)", name="a_recipient_is_one_person"),
        Index("ix_campaign_recipient_message", "message_id"),
        Index("ix_campaign_recipient_guest", "guest_id"),
        Index("ix_campaign_recipient_registration", "registration_id"),
    )
