"""Wishes: sessions ranked by people, and the allocations that grant them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.agenda.models import Session
from eventapp.database import Base
from eventapp.events.models import Event
from eventapp.registrations.models import Registration

APPLIED = text("applied_at IS NOT NULL")


class Wish(Base):
    """`rank`: 1 for what the person would like best in the session's slot."""

    __tablename__ = "wish"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    registration_id: Mapped[int]
    session_id: Mapped[int]
    rank: Mapped[int]
    created_at: Mapped[datetime]

    registration: Mapped[Registration] = relationship(overlaps="session")
    session: Mapped[Session] = relationship(lazy="joined", overlaps="registration")

    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "registration_id"],
            ["registration.event_id", "registration.id"],
            name="wish_is_of_a_registration_of_its_event",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["event_id", "session_id"],
            ["agenda_session.event_id", "agenda_session.id"],
            name="wish_is_for_a_session_of_its_event",
            ondelete="CASCADE",
        ),
        UniqueConstraint("registration_id", "session_id", name="one_wish_per_session"),
        Index("ix_wish_session", "event_id", "session_id"),
        CheckConstraint("rank >= 1", name="wish_rank_is_positive"),
    )


class Allocation(Base):
    """A distribution of the sessions: shown, then applied and announced, or discarded. `seats`: lists of registration
    id, session id and rank; the same wishes, places and `seed` give the same seats again."""

    __tablename__ = "allocation"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    seed: Mapped[int]
    input_digest: Mapped[str] = mapped_column(String(64))  # of the wishes and places it was computed from
    seats: Mapped[list[list[int]]] = mapped_column(JSON)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    applied_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()

    __table_args__ = (
        Index(
            "one_applied_allocation_per_event",
            "event_id",
            unique=True,
            sqlite_where=APPLIED,
            postgresql_where=APPLIED,
        ),
        CheckConstraint("announced_at IS NULL OR applied_at IS NOT NULL", name="only_the_applied_is_announced"),
    )
