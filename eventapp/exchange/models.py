"""What event files are kept for: releases to look back at, templates of an organisation, agendas of other programs."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.accounts.models import Organisation, User
from eventapp.database import Base, enum_column
from eventapp.events.models import Event, Wording


class Release(Base):
    """The programme as it was shown from `released_at` on: the whole event file, numbered from 1 in its event."""

    __tablename__ = "release"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    number: Mapped[int]
    file: Mapped[dict[str, Any]] = mapped_column(JSON)
    told: Mapped[int] = mapped_column(default=0)  # people written to about it
    released_at: Mapped[datetime]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    event: Mapped[Event] = relationship()
    released_by: Mapped[User | None] = relationship()

    __table_args__ = (
        UniqueConstraint("event_id", "number", name="one_release_of_a_number"),
        CheckConstraint("number >= 1", name="releases_are_numbered_from_one"),
    )


class EventTemplate(Base):
    """An event to begin others from. `letters`: name, subject, body of each, as last written; `automatic`: kind, anchor
    and hours of each letter that leaves by itself; `wording`: how the proposed ones speak."""

    __tablename__ = "event_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    file: Mapped[dict[str, Any]] = mapped_column(JSON)
    letters: Mapped[list[Any]] = mapped_column(JSON)
    automatic: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    wording: Mapped[Wording] = mapped_column(
        enum_column(Wording, "event_template_wording"),
        default=Wording.INVITATION,
        server_default=Wording.INVITATION.value,
    )
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    removed_at: Mapped[datetime | None]  # a while during which it can be taken back

    organisation: Mapped[Organisation] = relationship()

    __table_args__ = (
        Index(
            "one_template_of_a_name", "organisation_id", "name", unique=True,
            sqlite_where=text("removed_at IS NULL"), postgresql_where=text("removed_at IS NULL"),
        ),
    )  # fmt: skip


class AgendaImport(Base):
    """An agenda read from a file of another program, kept until it is taken over or left. `file`: what it becomes.

    Its address is made of `key`, as SQLite gives the ids of deleted rows again. A second press finds `taken_at`."""

    __tablename__ = "agenda_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(32), unique=True, default=lambda: secrets.token_hex(16))
    filename: Mapped[str] = mapped_column(String(200))
    file: Mapped[dict[str, Any]] = mapped_column(JSON)
    warnings: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    taken_at: Mapped[datetime | None]
