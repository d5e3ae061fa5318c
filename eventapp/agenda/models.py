"""The agenda: rooms, speakers, sessions."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from eventapp.database import Base, enum_column
from eventapp.events.models import Event


class Kind(StrEnum):
    WELCOME = "welcome"
    OPENING = "opening"
    TALK = "talk"
    VIDEO = "video"
    PLENARY = "plenary"
    ROUND_TABLE = "round_table"
    WORKSHOP = "workshop"
    REPORT_BACK = "report_back"
    DISCUSSION = "discussion"
    BREAK = "break"
    MEAL = "meal"
    VISIT = "visit"
    CLOSING = "closing"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]

    @property
    def is_pause(self) -> bool:
        """Recedes in the programme: nobody speaks."""
        return self in (Kind.WELCOME, Kind.BREAK, Kind.MEAL)


KIND_LABELS = {
    Kind.WELCOME: "Accueil",
    Kind.OPENING: "Ouverture",
    Kind.TALK: "Intervention",
    Kind.VIDEO: "Intervention vidéo",
    Kind.PLENARY: "Plénière",
    Kind.ROUND_TABLE: "Table ronde",
    Kind.WORKSHOP: "Atelier",
    Kind.REPORT_BACK: "Restitution",
    Kind.DISCUSSION: "Temps d’échange",
    Kind.BREAK: "Pause",
    Kind.MEAL: "Repas",
    Kind.VISIT: "Visite",
    Kind.CLOSING: "Clôture",
}


class BookingMode(StrEnum):
    NONE = "none"  # open to all present
    OPTIONAL = "optional"  # may be booked
    REQUIRED = "required"  # entry only if booked


class SpeakerRole(StrEnum):
    MODERATOR = "moderator"
    SPEAKER = "speaker"
    VIDEO = "video"

    @property
    def label(self) -> str:
        return {"moderator": "Animation", "speaker": "Intervention", "video": "En vidéo"}[self.value]


class Room(Base):
    __tablename__ = "room"
    outlives_hold = True

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    capacity: Mapped[int | None]
    accessibility: Mapped[str] = mapped_column(String(300), default="")
    position: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship()

    __table_args__ = (
        UniqueConstraint("event_id", "slug", name="room_slug_is_unique_in_its_event"),
        UniqueConstraint("event_id", "id", name="room_belongs_to_its_event"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="room_capacity_is_not_negative"),
    )

    @classmethod
    def of(cls, event: Event) -> Select["Room"]:
        return select(cls).where(cls.event_id == event.id).order_by(cls.position, cls.id)


class Speaker(Base):
    """`rank` is the protocol order, set by hand; a session's own order of speakers may differ."""

    __tablename__ = "speaker"
    outlives_hold = True

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(80))
    civility: Mapped[str] = mapped_column(String(20), default="")
    first_name: Mapped[str] = mapped_column(String(80), default="")
    last_name: Mapped[str] = mapped_column(String(80))
    function: Mapped[str] = mapped_column(String(300), default="")
    organisation: Mapped[str] = mapped_column(String(200), default="")
    biography: Mapped[str] = mapped_column(Text, default="")
    rank: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship()

    __table_args__ = (
        UniqueConstraint("event_id", "slug", name="speaker_slug_is_unique_in_its_event"),
        UniqueConstraint("event_id", "id", name="speaker_belongs_to_its_event"),
    )

    @classmethod
    def of(cls, event: Event) -> Select["Speaker"]:
        return select(cls).where(cls.event_id == event.id).order_by(cls.rank, cls.id)


class Session(Base):
    """A session of the programme. `revision` and `sequence` as for the event."""

    __tablename__ = "agenda_session"
    outlives_hold = True

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[Kind] = mapped_column(enum_column(Kind, "session_kind"), default=Kind.TALK)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    room_id: Mapped[int | None]
    booking: Mapped[BookingMode] = mapped_column(enum_column(BookingMode, "session_booking"), default=BookingMode.NONE)
    capacity: Mapped[int | None]
    description: Mapped[str] = mapped_column(Text, default="")
    online_url: Mapped[str | None] = mapped_column(String(500))
    cancelled_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
    sequence: Mapped[int] = mapped_column(default=0)
    calendar_uid: Mapped[str] = mapped_column(String(199), unique=True)

    event: Mapped[Event] = relationship()
    # Only room_id is written: leaving a room must not empty event_id, the other half of its key.
    room: Mapped[Room | None] = relationship(lazy="joined", primaryjoin="foreign(Session.room_id) == Room.id")
    appearances: Mapped[list["Appearance"]] = relationship(
        back_populates="session",
        order_by="Appearance.position, Appearance.id",
        cascade="all, delete-orphan",
    )

    __table_args__ = (
        UniqueConstraint("event_id", "slug", name="session_slug_is_unique_in_its_event"),
        UniqueConstraint("event_id", "id", name="session_belongs_to_its_event"),
        ForeignKeyConstraint(
            ["event_id", "room_id"], ["room.event_id", "room.id"], name="session_is_in_a_room_of_its_event"
        ),
        CheckConstraint("ends_at > starts_at", name="session_ends_after_it_starts"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="session_capacity_is_not_negative"),
        Index("ix_agenda_session_time", "event_id", "starts_at", "id"),
    )

    @property
    def can_be_booked(self) -> bool:
        return self.booking is not BookingMode.NONE and self.cancelled_at is None

    def overlaps(self, other: "Session") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    @classmethod
    def of(cls, event: Event) -> Select["Session"]:
        """With those who speak, whom whoever reads a programme needs."""
        return cls._of(event.id).options(selectinload(cls.appearances))

    @classmethod
    def held(cls, event: Event) -> Select["Session"]:
        """Those that take place."""
        return cls.of(event).where(cls.cancelled_at.is_(None))

    @classmethod
    def bookable(cls, event: Event) -> Select["Session"]:
        """Those that `can_be_booked`, without those who speak: every registration asks."""
        return cls.bookable_at(event.id)

    @classmethod
    def bookable_at(cls, event_id: Any) -> Select["Session"]:
        """`event_id`: the number, or what stands for it in a statement that is written once."""
        return cls._of(event_id).where(cls.cancelled_at.is_(None), cls.booking != BookingMode.NONE)

    @classmethod
    def _of(cls, event_id: Any) -> Select["Session"]:
        return select(cls).where(cls.event_id == event_id).order_by(cls.starts_at, cls.ends_at, cls.id)


class Appearance(Base):
    """A speaker in a session; `position` is the protocol order in this session."""

    __tablename__ = "appearance"
    outlives_hold = True

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    session_id: Mapped[int]
    speaker_id: Mapped[int]
    role: Mapped[SpeakerRole] = mapped_column(enum_column(SpeakerRole, "appearance_role"), default=SpeakerRole.SPEAKER)
    note: Mapped[str] = mapped_column(String(200), default="")  # « sous réserve », « représenté par … »
    position: Mapped[int] = mapped_column(default=0)

    session: Mapped[Session] = relationship(back_populates="appearances", overlaps="speaker")
    speaker: Mapped[Speaker] = relationship(lazy="joined", overlaps="session,appearances")

    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "session_id"],
            ["agenda_session.event_id", "agenda_session.id"],
            name="appearance_is_in_a_session_of_its_event",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["event_id", "speaker_id"],
            ["speaker.event_id", "speaker.id"],
            name="appearance_is_of_a_speaker_of_its_event",
            ondelete="CASCADE",
        ),
        UniqueConstraint("session_id", "speaker_id", name="one_appearance_per_session_and_speaker"),
    )
