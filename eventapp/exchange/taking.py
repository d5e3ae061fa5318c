"""Rows → EventFile: what an export, a duplicate and a comparison start from. Cancelled sessions stay behind."""

from dataclasses import replace

from eventapp.accounts.models import Organisation
from eventapp.agenda.models import Appearance, BookingMode, Room, Session, Speaker
from eventapp.events.local_times import to_iso
from eventapp.events.models import Category, Event
from eventapp.exchange.event_file import (
    AppearancePart,
    CategoryPart,
    ContactPart,
    EventFile,
    OrganisationPart,
    QuestionPart,
    RegistrationPart,
    RoomPart,
    SessionPart,
    SpeakerPart,
    StructurePart,
)
from eventapp.extensions import db
from eventapp.network.models import Structure
from eventapp.registrations.places.allowances import allowances
from eventapp.registrations.questions.models import Question


def take(event: Event) -> EventFile:
    sessions = list(db.session.scalars(Session.held(event)))
    bookable = {to_iso(s.starts_at, event.timezone) for s in sessions if s.booking is not BookingMode.NONE}
    return EventFile(
        organisation=_organisation(event.organisation),
        slug=event.slug,
        title=event.title,
        summary=event.summary,
        description=event.description,
        timezone=event.timezone,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        venue=event.venue,
        contact=ContactPart(name=event.contact_name, phone=event.contact_phone, email=event.contact_email),
        registration=_registration(event),
        categories=tuple(_category(category) for category in event.categories),
        rooms=tuple(_room(room) for room in db.session.scalars(Room.of(event))),
        speakers=tuple(_speaker(speaker) for speaker in db.session.scalars(Speaker.of(event))),
        sessions=tuple(_session(session) for session in sessions),
        choice_required=tuple(slot for slot in event.choice_required if slot in bookable),
        questions=_questions(event),
        report=event.report,
        status=event.status,
    )


def _organisation(row: Organisation) -> OrganisationPart:
    return OrganisationPart(slug=row.slug, name=row.name, region=row.region_code, email=row.email)


def _registration(event: Event) -> RegistrationPart:
    return RegistrationPart(
        audience=event.audience,
        opens_at=event.opens_at,
        closes_at=event.closes_at,
        capacity=event.capacity,
        per_structure=event.per_structure,
        per_structure_until=event.per_structure_until,
        structures=_structures(event),
        waiting_list=event.waiting_list,
        offer_hours=event.offer_hours,
        changes_until=event.changes_until,
        cancellations_until=event.cancellations_until,
        session_choice=event.session_choice,
        wishes_close_at=event.wishes_close_at and min(event.wishes_close_at, event.starts_at),
    )


def _structures(event: Event) -> tuple[StructurePart, ...]:
    rows = db.session.scalars(allowances(event).order_by(None).order_by(Structure.id_fs))
    return tuple(StructurePart(id_fs=row.structure.id_fs, places=row.places) for row in rows)


def _category(row: Category) -> CategoryPart:
    return CategoryPart(slug=row.slug, name=row.name, capacity=row.capacity)


def _room(row: Room) -> RoomPart:
    return RoomPart(slug=row.slug, name=row.name, capacity=row.capacity, accessibility=row.accessibility)


def _speaker(row: Speaker) -> SpeakerPart:
    return SpeakerPart(
        slug=row.slug,
        civility=row.civility,
        first_name=row.first_name,
        last_name=row.last_name,
        function=row.function,
        organisation=row.organisation,
        biography=row.biography,
    )


def _session(row: Session) -> SessionPart:
    return SessionPart(
        slug=row.slug,
        title=row.title,
        kind=row.kind,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        room=row.room.slug if row.room is not None else None,
        booking=row.booking,
        capacity=row.capacity,
        description=row.description,
        online_url=row.online_url,
        speakers=tuple(_appearance(appearance) for appearance in row.appearances),
    )


def _appearance(row: Appearance) -> AppearancePart:
    return AppearancePart(speaker=row.speaker.slug, role=row.role, note=row.note)


def _questions(event: Event) -> tuple[QuestionPart, ...]:
    """A condition on a question that is no longer asked, or only later, means nothing any more: left out."""
    parts: list[QuestionPart] = []
    for row in db.session.scalars(Question.asked(event)):
        earlier = {part.slug for part in parts}
        part = _question(row)
        kept = part.shown_if is not None and part.shown_if.get("question") in earlier
        parts.append(part if kept else replace(part, shown_if=None))
    return tuple(parts)


def _question(row: Question) -> QuestionPart:
    return QuestionPart(
        slug=row.slug,
        label=row.label,
        help=row.help,
        kind=row.kind,
        required=row.required,
        choices=tuple(row.choices),
        sensitive=row.sensitive,
        consent=row.consent,
        kept_days=row.kept_days,
        shown_if=row.shown_if,
    )
