"""One row per letter to send, and what the demonstration keeps instead of sending."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.database import Base, enum_column


class State(StrEnum):
    """`held`: its campaign is paused. `uncertain`: it may have left before a worker died or a line broke; it is sent
    again under the same Message-ID. `dropped`: when its turn came there was nothing left to say (its loader raised
    NothingToSay)."""

    QUEUED = "queued"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        return STATE_LABELS[self.value]

    @property
    def label_of_many(self) -> str:
        return {"held": "suspendus", "sent": "envoyés", "uncertain": "incertains"}.get(self.value, self.label)


STATE_LABELS = {
    "queued": "à envoyer",
    "held": "suspendu",
    "sending": "en cours d’envoi",
    "sent": "envoyé",
    "uncertain": "incertain",
    "failed": "en échec",
    "dropped": "sans objet",
}


class Priority(StrEnum):
    """Single letters (a confirmation someone waits for) overtake bulk ones (invitations)."""

    SINGLE = "1-single"
    BULK = "2-bulk"


class Message(Base):
    """A letter's name and the ids it is about; the body is rendered when it is sent."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter: Mapped[str] = mapped_column(String(80))
    context: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    to: Mapped[str] = mapped_column("recipient", String(320))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    priority: Mapped[Priority] = mapped_column(enum_column(Priority, "message_priority"), default=Priority.SINGLE)
    state: Mapped[State] = mapped_column(enum_column(State, "message_state"), default=State.QUEUED)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    calendar_method: Mapped[str | None] = mapped_column(String(10))
    calendar_sequence: Mapped[int | None]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    first_tried_at: Mapped[datetime | None]  # patience is counted from here
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None]
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id", ondelete="SET NULL"))
    domain: Mapped[str] = mapped_column(String(255), default="", server_default="")  # of the address, folded
    paced_at: Mapped[datetime | None]  # when a worker took it to send it: what leaves in a minute is counted by it
    bounced_at: Mapped[datetime | None]  # it was returned after the server had taken it
    bounce: Mapped[str] = mapped_column(String(500), default="", server_default="")  # why, in plain words

    __table_args__ = (
        Index("ix_message_due", "state", "priority", "due_at", "id"),
        Index("ix_message_event", "event_id", "id"),
        Index("ix_message_campaign", "campaign_id", "state"),
        Index("ix_message_pace", "paced_at", "domain"),
        Index("ix_message_lease", "state", "leased_until"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="message_sent_has_its_time"),
    )

    @property
    def can_be_resent(self) -> bool:
        return self.state in (State.FAILED, State.UNCERTAIN) or self.has_come_back

    @property
    def has_come_back(self) -> bool:
        """The server took it, and another one sent it back."""
        return self.bounced_at is not None and self.state is State.SENT

    @property
    def standing(self) -> str:
        """Its state in a word: what came back is no longer « envoyé »."""
        return "revenu" if self.bounced_at is not None else self.state.label

    @property
    def what_happened(self) -> str:
        """The last trouble it met, in plain words."""
        if self.bounced_at is not None:
            return f"Ce courriel est revenu\u00a0: {self.bounce}."
        return self.last_error or ""


class Bounce(Base):
    """A report that a mail was returned (RFC 3464), from the bounce mailbox or the webhook; kept also when nothing of
    ours matches it."""

    __tablename__ = "bounce"

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)  # of the report: read twice, counted once
    received_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(20))  # "mailbox", "webhook"
    recipient: Mapped[str] = mapped_column(String(320), default="")
    status: Mapped[str] = mapped_column(String(20), default="")  # RFC 3463: "5.1.1"
    diagnostic: Mapped[str] = mapped_column(Text, default="")
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))

    message: Mapped[Message | None] = relationship()

    __table_args__ = (Index("ix_bounce_message", "message_id"), Index("ix_bounce_received", "received_at"))


class KeptMail(Base):
    """Demonstration only: the bytes that would have gone to the server, readable at /courriels/."""

    __tablename__ = "kept_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(200))
    to: Mapped[str] = mapped_column("recipient", String(320))
    subject: Mapped[str] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text)  # folded recipient and subject
    kept_at: Mapped[datetime]
    source: Mapped[bytes] = mapped_column(LargeBinary)


class Heartbeat(Base):
    """Each kind of background process signs here; /readyz reads it."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    beaten_at: Mapped[datetime]
