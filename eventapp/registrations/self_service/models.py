"""What people ask of the organisers once they may no longer do it themselves."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.database import Base, enum_column
from eventapp.registrations.models import Registration

OPEN = text("decided_at IS NULL")


class RequestKind(StrEnum):
    CANCEL = "cancel"
    SESSIONS = "sessions"
    DETAILS = "details"
    TRANSFER = "transfer"

    @property
    def asks(self) -> str:
        """After « demande »."""
        return {
            "cancel": "l’annulation de l’inscription",
            "sessions": "d’autres sessions",
            "details": "la correction de ses informations",
            "transfer": "que sa place passe à une autre personne",
        }[self.value]

    @property
    def label(self) -> str:
        return {
            "cancel": "Annulation",
            "sessions": "Autres sessions",
            "details": "Correction",
            "transfer": "Transmission de la place",
        }[self.value]


class Decision(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"  # it makes no sense any more: the registration ended

    @property
    def label(self) -> str:
        return {"accepted": "acceptée", "refused": "refusée", "withdrawn": "retirée", "closed": "sans objet"}[
            self.value
        ]


class ChangeRequest(Base):
    """`payload`: what the act takes, as JSON; never a sensitive answer."""

    __tablename__ = "change_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    registration_id: Mapped[int]
    kind: Mapped[RequestKind] = mapped_column(enum_column(RequestKind, "change_request_kind"))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    message: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    decision: Mapped[Decision | None] = mapped_column(enum_column(Decision, "change_request_decision"))
    answer: Mapped[str] = mapped_column(String(500), default="")

    registration: Mapped[Registration] = relationship()

    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "registration_id"],
            ["registration.event_id", "registration.id"],
            name="request_is_about_a_registration_of_its_event",
            ondelete="CASCADE",
        ),
        Index(
            "one_open_request_of_a_kind",
            "registration_id",
            "kind",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("ix_change_request_event", "event_id", "decided_at", "id"),
        Index("ix_change_request_registration", "event_id", "registration_id", "id"),
        CheckConstraint("(decided_at IS NULL) = (decision IS NULL)", name="decided_has_its_decision"),
    )

    @property
    def version(self) -> str:
        """Another one each time that the person asks something else instead."""
        return self.created_at.isoformat()
