"""A file read and shown, not yet applied: it outlives an interruption, and applying or leaving it deletes it."""

from datetime import datetime
from typing import Any, Self

from flask import abort
from sqlalchemy import JSON, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.database import Base
from eventapp.extensions import db
from eventapp.spreadsheets.reading import Row, Table
from eventapp.text import one_line

LARGEST_ID = 2**31 - 1
LATEST = 5


class Draft(Base):
    """The columns; each subject has a table of its own."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    header: Mapped[list[str]] = mapped_column(JSON)
    rows: Mapped[list[Any]] = mapped_column(JSON)  # [line, [cells]]
    warnings: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    @classmethod
    def keep(cls, event_id: int, table: Table, filename: str | None, *, now: datetime, by_id: int) -> Self:
        draft = cls(
            event_id=event_id,
            filename=one_line(filename or "fichier")[:200],
            header=table.header,
            rows=[[line, cells] for line, cells in table.rows],
            warnings=table.warnings,
            created_at=now,
            created_by_id=by_id,
        )
        db.session.add(draft)
        return draft

    @classmethod
    def find(cls, event_id: int, draft_id: int) -> Self | None:
        found = select(cls).where(cls.id == draft_id, cls.event_id == event_id)
        return db.session.scalar(found) if draft_id <= LARGEST_ID else None

    @classmethod
    def find_or_404(cls, event_id: int, draft_id: int) -> Self:
        return cls.find(event_id, draft_id) or abort(404)

    @classmethod
    def latest(cls, event_id: int) -> list[Self]:
        """Newest first."""
        return list(
            db.session.scalars(select(cls).where(cls.event_id == event_id).order_by(cls.id.desc()).limit(LATEST))
        )

    @property
    def table(self) -> Table:
        return Table(self.header, [Row(line, cells) for line, cells in self.rows], self.warnings)
