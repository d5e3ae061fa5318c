"""What people's calendars answer by mail (iTIP REPLY): suggestions for the organiser, never acted on alone."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.agenda.models import Session
from eventapp.database import Base, enum_column
from eventapp.registrations.models import Registration


class Participation(StrEnum):
    """PARTSTAT of RFC 5545 that a REPLY may carry."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"

    @property
    def label(self) -> str:
        """After « a répondu : »."""
        return {"accepted": "viendra", "declined": "ne viendra pas", "tentative": "viendra peut-être"}[self.value]


class CalendarReply(Base):
    """`session_id`: empty when the reply is about the whole event. `mail_id`: the Message-ID it came with, or a
    fingerprint of it, so that a mailbox read twice tells nothing twice."""

    __tablename__ = "calendar_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    registration_id: Mapped[int]
    session_id: Mapped[int | None]
    participation: Mapped[Participation] = mapped_column(enum_column(Participation, "calendar_reply_participation"))
    comment: Mapped[str] = mapped_column(String(500), default="")
    mail_id: Mapped[str] = mapped_column(String(300), unique=True)
    received_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    registration: Mapped[Registration] = relationship(
        primaryjoin="foreign(CalendarReply.registration_id) == Registration.id"
    )

    session: Mapped[Session | None] = relationship(primaryjoin="foreign(CalendarReply.session_id) == Session.id")
    accepted_since: Mapped["CalendarReply | None"] = relationship(
        primaryjoin="and_(CalendarReply.registration_id == remote(foreign(CalendarReply.registration_id)), "
        "CalendarReply.session_id.is_not_distinct_from(remote(CalendarReply.session_id)), "
        "remote(CalendarReply.participation) == 'accepted', "
        "remote(CalendarReply.received_at) >= CalendarReply.received_at)",
        viewonly=True,
    )

    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "registration_id"],
            ["registration.event_id", "registration.id"],
            name="calendar_reply_is_of_its_event",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["event_id", "session_id"],
            ["agenda_session.event_id", "agenda_session.id"],
            name="calendar_reply_is_about_a_session_of_its_event",
            ondelete="CASCADE",
        ),
        Index("ix_calendar_reply_open", "event_id", "settled_at", "id"),
    )
