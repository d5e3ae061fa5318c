"""An event as a file describes it (format 1): parsed, checked values, nothing of the database."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from eventapp.agenda.models import BookingMode, Kind, SpeakerRole
from eventapp.events.local_times import to_iso
from eventapp.events.models import Audience, SessionChoice, Status, Venue
from eventapp.registrations.questions.models import QuestionKind

FORMAT = 1
OPTIONAL = (
    "summary", "description", "venue", "contact", "registration", "categories", "rooms", "speakers", "sessions",
    "choice_required", "questions", "report",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class OrganisationPart:
    slug: str
    name: str
    region: str | None = None
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class ContactPart:
    name: str = ""
    phone: str = ""  # E.164
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class StructurePart:
    """The places of one structure, by exception."""

    id_fs: str
    places: int


@dataclass(frozen=True, kw_only=True)
class RegistrationPart:
    audience: Audience = Audience.INVITED
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    capacity: int | None = None
    per_structure: int | None = None
    per_structure_until: datetime | None = None
    structures: tuple[StructurePart, ...] = ()  # by id_fs
    waiting_list: bool = True
    offer_hours: int | None = None
    changes_until: datetime | None = None
    cancellations_until: datetime | None = None
    session_choice: SessionChoice = SessionChoice.FIRST_COME
    wishes_close_at: datetime | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """Columns of Event."""
        return {name: value for name, value in vars(self).items() if name != "structures"}


@dataclass(frozen=True, kw_only=True)
class CategoryPart:
    slug: str
    name: str
    capacity: int | None = None


@dataclass(frozen=True, kw_only=True)
class RoomPart:
    slug: str
    name: str
    capacity: int | None = None
    accessibility: str = ""


@dataclass(frozen=True, kw_only=True)
class SpeakerPart:
    slug: str
    civility: str = ""
    first_name: str = ""
    last_name: str
    function: str = ""
    organisation: str = ""
    biography: str = ""


@dataclass(frozen=True, kw_only=True)
class AppearancePart:
    speaker: str
    role: SpeakerRole = SpeakerRole.SPEAKER
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SessionPart:
    slug: str
    title: str
    kind: Kind = Kind.TALK
    starts_at: datetime
    ends_at: datetime
    room: str | None = None
    booking: BookingMode = BookingMode.NONE
    capacity: int | None = None
    description: str = ""
    online_url: str | None = None
    speakers: tuple[AppearancePart, ...] = ()


@dataclass(frozen=True, kw_only=True)
class QuestionPart:
    slug: str
    label: str
    help: str = ""
    kind: QuestionKind = QuestionKind.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    sensitive: bool = False
    consent: str = ""
    kept_days: int | None = None
    shown_if: dict[str, Any] | None = None  # {"question": slug, "is": value}


@dataclass(frozen=True, kw_only=True)
class EventFile:
    """Times are aware and in UTC; `choice_required` holds local times, as in the file."""

    organisation: OrganisationPart
    slug: str
    title: str
    summary: str = ""
    description: str = ""
    timezone: str = "Europe/Paris"
    starts_at: datetime
    ends_at: datetime
    venue: Venue = Venue()  # noqa: RUF009 - frozen
    contact: ContactPart = ContactPart()
    registration: RegistrationPart = RegistrationPart()
    categories: tuple[CategoryPart, ...] = ()
    rooms: tuple[RoomPart, ...] = ()
    speakers: tuple[SpeakerPart, ...] = ()
    sessions: tuple[SessionPart, ...] = ()
    choice_required: tuple[str, ...] = ()
    questions: tuple[QuestionPart, ...] = ()
    report: str = ""
    status: Status = Status.DRAFT
    unsaid: frozenset[str] = field(default=frozenset(), compare=False)  # optional keys that the file does not hold

    def completed(self, current: "EventFile") -> "EventFile":
        """An update says nothing of the keys that it does not hold: those stay as they are."""
        return replace(self, unsaid=frozenset(), **{name: getattr(current, name) for name in self.unsaid})

    @property
    def slots(self) -> set[str]:
        """In which everyone may be asked to choose: where a session that can be booked begins, as in the file."""
        return {to_iso(s.starts_at, self.timezone) for s in self.sessions if s.booking is not BookingMode.NONE}
