"""Who did what to what, when: one row per act, in the transaction of the act."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.database import Base


class Entry(Base):
    """`actor_id` is empty when the person concerned (their link) or the system itself acted: see `actor`."""

    __tablename__ = "journal_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(60))
    sentence: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(20))  # "person", "organiser", "system"
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    subject_kind: Mapped[str | None] = mapped_column(String(30))
    subject_id: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    __table_args__ = (
        Index("ix_journal_entry_event", "event_id", "id"),
        Index("ix_journal_entry_subject", "subject_kind", "subject_id", "id"),
    )
