"""The agenda of an event file: rooms, speakers, sessions, slots in which everyone must choose."""

from eventapp.agenda.models import BookingMode, Kind, SpeakerRole
from eventapp.events import local_times
from eventapp.exchange.cursor import Cursor
from eventapp.exchange.event_file import AppearancePart, RoomPart, SessionPart, SpeakerPart


def room(at: Cursor) -> RoomPart:
    part = RoomPart(
        slug=at.slug("slug"),
        name=at.text("name", 120, required=True),
        capacity=at.number("capacity"),
        accessibility=at.text("accessibility", 300),
    )
    at.end()
    return part


def speaker(at: Cursor) -> SpeakerPart:
    part = SpeakerPart(
        slug=at.slug("slug"),
        civility=at.text("civility", 20),
        first_name=at.text("first_name", 80),
        last_name=at.text("last_name", 80, required=True),
        function=at.text("function", 300),
        organisation=at.text("organisation", 200),
        biography=at.markdown("biography"),
    )
    at.end()
    return part


def session(at: Cursor, zone: str, rooms: set[str], speakers: set[str]) -> SessionPart:
    starts_at, ends_at = at.span(zone)
    appearances = tuple(_appearance(part, speakers) for part in at.parts("speakers", 100))
    at.refuse_doubles("speakers", (part.speaker for part in appearances), name="speaker")
    part = SessionPart(
        slug=at.slug("slug"),
        title=at.text("title", 200, required=True),
        kind=at.choice("kind", Kind, Kind.TALK),
        starts_at=starts_at,
        ends_at=ends_at,
        room=at.slug("room", required=False) or None,
        booking=at.choice("booking", BookingMode, BookingMode.NONE),
        capacity=at.number("capacity"),
        description=at.markdown("description"),
        online_url=at.link("online_url"),
        speakers=appearances,
    )
    if part.room and part.room not in rooms:
        at.fault("room", "unknown room")
    at.end()
    return part


def _appearance(at: Cursor, speakers: set[str]) -> AppearancePart:
    part = AppearancePart(
        speaker=at.slug("speaker"),
        role=at.choice("role", SpeakerRole, SpeakerRole.SPEAKER),
        note=at.text("note", 200),
    )
    if part.speaker and part.speaker not in speakers:
        at.fault("speaker", "unknown speaker")
    at.end()
    return part


def choice_required(at: Cursor, zone: str, sessions: tuple[SessionPart, ...]) -> tuple[str, ...]:
    bookable = {session.starts_at for session in sessions if session.booking is not BookingMode.NONE}
    slots: dict[str, None] = {}
    for index, value in enumerate(at.items("choice_required", 500)):
        key = f"choice_required[{index}]"
        moment = at.moment_of(key, value, zone)
        if moment is None:
            continue
        if moment not in bookable:
            at.fault(key, "no session to book starts then")
        slots[local_times.to_iso(moment, zone)] = None
    return tuple(slots)
