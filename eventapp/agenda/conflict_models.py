"""Conflicts of a programme that an organiser keeps as they are."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.database import Base


class AcceptedConflict(Base):
    """A conflict of the programme that an organiser looked at and keeps as it is; `key` names it, see conflicts."""

    __tablename__ = "accepted_conflict"
    outlives_hold = True

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(300))
    accepted_at: Mapped[datetime]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    __table_args__ = (UniqueConstraint("event_id", "key", name="a_conflict_is_accepted_once"),)
