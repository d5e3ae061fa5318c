"""The event: one day or several, one organisation, one place."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    event,
    inspect,
    select,
)
from sqlalchemy.orm import Mapped, composite, mapped_column, object_session, relationship

from eventapp.accounts.models import ORGANISING, Organisation, User
from eventapp.database import Base, enum_column


class Wording(StrEnum):
    """How the proposed letters speak: they invite people, or they summon agents."""

    INVITATION = "invitation"
    CONVOCATION = "convocation"


class Audience(StrEnum):
    PUBLIC = "public"
    INVITED = "invited"


class SessionChoice(StrEnum):
    FIRST_COME = "first_come"
    WISHES = "wishes"


class Status(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Venue:
    """Where it takes place; replace the whole value to change it."""

    name: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    latitude: float | None = None
    longitude: float | None = None
    access: str = ""  # Markdown: transport, parking, step-free entrance

    @property
    def one_line(self) -> str:
        town = " ".join(part for part in (self.postcode, self.city) if part)
        return ", ".join(part for part in (self.name, self.address, town) if part)


class Event(Base):
    """`revision` rises at any visible change; `sequence` when start, end, place, status or mode change."""

    __tablename__ = "event"
    outlives_hold = True

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    search_text: Mapped[str] = mapped_column(Text, default="")  # folded title, then place: search and order by title
    summary: Mapped[str] = mapped_column(String(500), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    timezone: Mapped[str] = mapped_column(String(40), default="Europe/Paris")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    venue: Mapped[Venue] = composite(
        mapped_column("venue_name", String(200), default=""),
        mapped_column("venue_address", String(300), default=""),
        mapped_column("venue_postcode", String(10), default=""),
        mapped_column("venue_city", String(120), default=""),
        mapped_column("venue_latitude", nullable=True),
        mapped_column("venue_longitude", nullable=True),
        mapped_column("venue_access", Text, default=""),
    )
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    contact_phone: Mapped[str] = mapped_column(String(20), default="")
    contact_email: Mapped[str] = mapped_column(String(320), default="")

    audience: Mapped[Audience] = mapped_column(enum_column(Audience, "event_audience"), default=Audience.INVITED)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    wording: Mapped[Wording] = mapped_column(
        enum_column(Wording, "event_wording"), default=Wording.INVITATION, server_default=Wording.INVITATION.value
    )
    capacity: Mapped[int | None]
    per_structure: Mapped[int | None]
    per_structure_until: Mapped[datetime | None]  # from then on what structures did not take is for anyone
    structures_released_at: Mapped[datetime | None]  # when that was done
    waiting_list: Mapped[bool] = mapped_column(default=True)
    offer_hours: Mapped[int | None]  # empty: a freed place is given at once, without an offer to accept
    choice_required: Mapped[list[str]] = mapped_column(JSON, default=list)  # slots, local "2027-01-14T14:00"
    changes_until: Mapped[datetime | None]  # until when people change things themselves; empty: the closing
    cancellations_until: Mapped[datetime | None]  # until when they cancel themselves; empty: the closing
    session_choice: Mapped[SessionChoice] = mapped_column(
        enum_column(SessionChoice, "event_session_choice"), default=SessionChoice.FIRST_COME
    )
    wishes_close_at: Mapped[datetime | None]
    allocated_at: Mapped[datetime | None]

    report: Mapped[str] = mapped_column(Text, default="")
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # an event file waiting beside the released programme

    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancellation_reason: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]  # of the last visible change: DTSTAMP of its calendar entry
    revision: Mapped[int] = mapped_column(default=1)
    sequence: Mapped[int] = mapped_column(default=0)
    calendar_uid: Mapped[str] = mapped_column(String(199), unique=True)

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    categories: Mapped[list["Category"]] = relationship(
        back_populates="event", order_by="Category.position, Category.id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="event_ends_after_it_starts"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="event_capacity_is_not_negative"),
        CheckConstraint("per_structure IS NULL OR per_structure >= 1", name="event_per_structure_is_positive"),
        CheckConstraint("offer_hours IS NULL OR offer_hours >= 1", name="event_offer_hours_is_positive"),
        CheckConstraint(
            "opens_at IS NULL OR closes_at IS NULL OR closes_at > opens_at",
            name="registration_closes_after_it_opens",
        ),
        CheckConstraint("allocated_at IS NULL OR session_choice = 'wishes'", name="only_wishes_are_allocated"),
        Index("ix_event_organisation", "organisation_id", "starts_at", "id"),
        Index("ix_event_starts", "starts_at", "id"),
    )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def local_start(self) -> datetime:
        return self.starts_at.astimezone(self.zone)

    @property
    def local_end(self) -> datetime:
        return self.ends_at.astimezone(self.zone)

    @property
    def status(self) -> Status:
        if self.cancelled_at is not None:
            return Status.CANCELLED
        return Status.DRAFT if self.published_at is None else Status.PUBLISHED

    @property
    def is_public(self) -> bool:
        """Shown to everyone: published at some time and not withdrawn; a cancelled event stays visible as such."""
        return self.published_at is not None

    @property
    def edits_wait(self) -> bool:
        """Whether edits of the programme go to a draft: of what is shown, or of what was withdrawn with its draft."""
        return self.is_public or self.draft is not None

    @property
    def contact(self) -> tuple[str, str, str]:
        """Name, phone, address to show: the event's own, else the organisation's."""
        organisation = self.organisation
        return (
            self.contact_name or organisation.contact_name or organisation.name,
            self.contact_phone or organisation.phone,
            self.contact_email or organisation.email,
        )

    def has_ended(self, now: datetime) -> bool:
        return now >= self.ends_at

    def registration_has_opened(self, now: datetime) -> bool:
        return self.opens_at is None or now >= self.opens_at

    def registration_has_closed(self, now: datetime) -> bool:
        """Closed at the very instant of `closes_at` (else at the start of the event)."""
        return now >= (self.closes_at or self.starts_at)

    def takes_registrations(self, now: datetime) -> bool:
        return (
            self.status is Status.PUBLISHED
            and self.registration_has_opened(now)
            and not self.registration_has_closed(now)
        )

    @classmethod
    def visible(cls) -> Select["Event"]:
        return select(cls).where(cls.published_at.is_not(None)).order_by(cls.starts_at, cls.id)

    @classmethod
    def managed_by(cls, user: User) -> Select["Event"]:
        return (
            select(cls)
            .where(cls.organisation_id.in_(user.organisation_ids(*ORGANISING)))
            .order_by(cls.starts_at.desc(), cls.id.desc())
        )


class Category(Base):
    """A kind of participant, with its own share of the places when `capacity` is given."""

    __tablename__ = "category"
    outlives_hold = True

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    capacity: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship(back_populates="categories")

    __table_args__ = (
        UniqueConstraint("event_id", "slug", name="category_slug_is_unique_in_its_event"),
        UniqueConstraint("event_id", "id", name="category_belongs_to_its_event"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="category_capacity_is_not_negative"),
    )


@event.listens_for(Event, "before_update")
def _raise_revision(_mapper: Any, _connection: Any, row: Event) -> None:
    """What was read of an event with this revision is true of it, whoever wrote (see `events.locks.hold`)."""
    session = object_session(row)
    is_changed = session is not None and session.is_modified(row, include_collections=False)
    if is_changed and not inspect(row).attrs.revision.history.has_changes():
        row.revision += 1
