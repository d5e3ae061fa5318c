"""JSON → EventFile, or every fault with its path. Nothing here touches the database."""

import json
from datetime import datetime
from typing import Any

from eventapp.events import local_times
from eventapp.events.models import Audience, SessionChoice, Status, Venue
from eventapp.exchange.cursor import Cursor
from eventapp.exchange.event_file import (
    FORMAT,
    OPTIONAL,
    CategoryPart,
    ContactPart,
    EventFile,
    OrganisationPart,
    RegistrationPart,
    StructurePart,
)
from eventapp.exchange.faults import BadFile, Fault, NotAnEventFile
from eventapp.exchange.reading_agenda import choice_required, room, session, speaker
from eventapp.exchange.reading_questions import questions

LARGEST_FILE = 2 * 1024 * 1024


class FileTooLarge(NotAnEventFile):
    message = "Ce fichier dépasse 2 Mo\u00a0: ce n’est pas un fichier d’événement."


class KeyWrittenTwice(NotAnEventFile):
    message = "Dans ce fichier, une même clé est écrite deux fois dans un objet."


def read_bytes(content: bytes) -> EventFile:
    if len(content) > LARGEST_FILE:
        raise FileTooLarge
    try:
        return read(json.loads(content.decode("utf-8-sig"), parse_constant=_refuse, object_pairs_hook=_object))
    except (ValueError, RecursionError):
        raise NotAnEventFile from None


def read(data: Any) -> EventFile:
    if not isinstance(data, dict):
        raise BadFile([Fault("file", "not an object")])
    faults: list[Fault] = []
    file = _event(Cursor(data, "", faults))
    if faults:
        raise BadFile(list({str(fault): fault for fault in faults}.values()))
    return file


def _event(at: Cursor) -> EventFile:
    if at.has("format", required=True) and (at.value["format"] != FORMAT or isinstance(at.value["format"], bool)):
        at.fault("format", "must be {format}", format=FORMAT)
    zone = _zone(at)
    rooms = tuple(room(part) for part in at.parts("rooms", 500))
    speakers = tuple(speaker(part) for part in at.parts("speakers", 2_000))
    session_parts = at.parts("sessions", 1_000)
    known_rooms, known_speakers = {room.slug for room in rooms}, {speaker.slug for speaker in speakers}
    sessions = tuple(session(part, zone, known_rooms, known_speakers) for part in session_parts)
    starts_at, ends_at = at.span(zone)
    file = EventFile(
        organisation=_organisation(at.part("organisation", required=True)),
        slug=at.slug("slug"),
        title=at.text("title", 200, required=True),
        summary=at.text("summary", 500),
        description=at.markdown("description"),
        timezone=zone,
        starts_at=starts_at,
        ends_at=ends_at,
        venue=_venue(at.part("venue")),
        contact=_contact(at.part("contact")),
        registration=_registration(at.part("registration"), zone, starts_at),
        categories=tuple(_category(part) for part in at.parts("categories", 200)),
        rooms=rooms,
        speakers=speakers,
        sessions=sessions,
        choice_required=choice_required(at, zone, sessions),
        questions=questions(at),
        report=at.markdown("report"),
        status=at.choice("status", Status, Status.DRAFT),
        unsaid=frozenset(name for name in OPTIONAL if at.value.get(name) is None),
    )
    for key in ("categories", "rooms", "speakers", "sessions", "questions"):
        at.refuse_doubles(key, (part.slug for part in getattr(file, key)))
    at.end()
    return file


def _organisation(at: Cursor) -> OrganisationPart:
    part = OrganisationPart(
        slug=at.slug("slug"),
        name=at.text("name", 200, required=True),
        region=at.text("region", 2) or None,
        email=at.email("email"),
    )
    at.end()
    return part


def _venue(at: Cursor) -> Venue:
    venue = Venue(
        name=at.text("name", 200),
        address=at.text("address", 300),
        postcode=at.text("postcode", 10),
        city=at.text("city", 120),
        latitude=at.degrees("latitude", 90),
        longitude=at.degrees("longitude", 180),
        access=at.markdown("access"),
    )
    at.end()
    return venue


def _contact(at: Cursor) -> ContactPart:
    part = ContactPart(name=at.text("name", 200), phone=at.phone("phone"), email=at.email("email"))
    at.end()
    return part


def _registration(at: Cursor, zone: str, starts_at: datetime) -> RegistrationPart:
    part = RegistrationPart(
        audience=at.choice("audience", Audience, Audience.INVITED),
        opens_at=at.moment("opens_at", zone),
        closes_at=at.moment("closes_at", zone),
        capacity=at.number("capacity"),
        per_structure=at.number("per_structure", low=1),
        per_structure_until=at.moment("per_structure_until", zone),
        structures=_structures(at),
        waiting_list=at.flag("waiting_list", True),
        offer_hours=at.number("offer_hours", low=1, high=24 * 365),
        changes_until=at.moment("changes_until", zone),
        cancellations_until=at.moment("cancellations_until", zone),
        session_choice=at.choice("session_choice", SessionChoice, SessionChoice.FIRST_COME),
        wishes_close_at=at.moment("wishes_close_at", zone),
    )
    if part.opens_at and part.closes_at:
        at.refuse_disorder(part.opens_at, part.closes_at, "opens_at", "closes_at")
    if part.wishes_close_at and part.wishes_close_at > starts_at:
        at.fault("wishes_close_at", "after the event's starts_at")
    at.end()
    return part


def _structures(at: Cursor) -> tuple[StructurePart, ...]:
    cursors = at.parts("structures", 5_000)
    parts = [_structure(cursor) for cursor in cursors]
    at.refuse_doubles("structures", (part.id_fs for part in parts), "id_fs")
    return tuple(sorted(parts, key=lambda part: part.id_fs))


def _structure(at: Cursor) -> StructurePart:
    at.has("places", required=True)
    part = StructurePart(id_fs=at.text("id_fs", 20, required=True), places=at.number("places") or 0)
    at.end()
    return part


def _category(at: Cursor) -> CategoryPart:
    part = CategoryPart(slug=at.slug("slug"), name=at.text("name", 120, required=True), capacity=at.number("capacity"))
    at.end()
    return part


def _zone(at: Cursor) -> str:
    zone = at.text("timezone", 40) or "Europe/Paris"
    if local_times.is_zone(zone):
        return zone
    at.fault("timezone", "unknown time zone")
    return "Europe/Paris"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise KeyWrittenTwice
    return found


def _refuse(constant: str) -> None:
    raise ValueError(constant)
