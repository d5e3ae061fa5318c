"""Letters that organisers word, in frozen versions, and the files that go with them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.accounts.models import User
from eventapp.database import Base, enum_column
from eventapp.events.models import Event


class LetterKind(StrEnum):
    """`STRUCTURE`: the invitation of a structure, which names whom it sends."""

    INVITATION = "invitation"
    STRUCTURE = "structure"
    REMINDER = "reminder"
    CONFIRMATION = "confirmation"
    WAITING = "waiting"
    OFFER = "offer"
    PROMOTED = "promoted"
    CHANGE = "change"
    CANCELLATION = "cancellation"
    PRACTICAL = "practical"
    THANKS = "thanks"


class Letter(Base):
    """One frozen version: editing writes a new row, what was sent keeps its own."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    name: Mapped[LetterKind] = mapped_column(enum_column(LetterKind, "letter_name", length=30))
    version: Mapped[int]
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)  # Markdown with {placeholders}
    written_at: Mapped[datetime]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    event: Mapped[Event] = relationship()
    written_by: Mapped[User | None] = relationship()

    __table_args__ = (UniqueConstraint("event_id", "name", "version", name="one_letter_per_version"),)


class LetterFile(Base):
    """An attachment of all letters of a kind, from `added_at` until `removed_at`: a campaign sends those that were
    there when it was made."""

    __tablename__ = "letter_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    letter_name: Mapped[LetterKind] = mapped_column(enum_column(LetterKind, "letter_file_name", length=30))
    filename: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]  # bytes
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_letter_file_event", "event_id", "letter_name"),
        CheckConstraint("size >= 0", name="letter_file_size_is_not_negative"),
    )
