"""Events and sessions in the words of schema.org, for search engines and whoever reads pages by program.

Only what the page shows. `announced`: when each was first announced to begin, by slug (see `exchange.announced`).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from eventapp.agenda.models import Appearance, Session
from eventapp.events.models import Audience, Event
from eventapp.formats import person
from eventapp.links import absolute
from eventapp.markdown import plain

Facts = dict[str, Any]
Announced = Mapping[str, datetime]
CONTEXT = "https://schema.org"
LONGEST = 300  # characters of a description
# By step of eventapp.registrations.places.availability; at the others nobody registers.
AVAILABILITY = {"open": "InStock", "few": "InStock", "waiting": "SoldOut", "full": "SoldOut", "upcoming": "PreOrder"}


def of_event(event: Event, sessions: Iterable[Session], announced: Announced, *, step: str = "") -> Facts:
    """`step`: of its availability, where the page tells it."""
    held = [session for session in sessions if session.cancelled_at is None]
    speakers = {one.speaker_id: one for session in held for one in session.appearances}
    facts = {
        "@context": CONTEXT,
        **_brief(event, announced.get(event.slug), is_cancelled=event.cancelled_at is not None),
        "description": event.summary,
        "eventAttendanceMode": _mode(has_place=True, is_online=any(session.online_url for session in held)),
        "location": _venue(event),
        "performer": [_person(one) for one in speakers.values()],
        "maximumAttendeeCapacity": event.capacity,
        "offers": _offer(event, step),
    }
    return _said(facts | _of_everyone(event))


def of_programme(event: Event, sessions: Iterable[Session], announced: Announced) -> Facts:
    """The event with the sessions at which somebody speaks or does something, in short: each has a page of its own."""
    sessions = list(sessions)
    shown = [session for session in sessions if not session.kind.is_pause]
    return of_event(event, sessions, announced) | {"subEvent": [_part(session, announced) for session in shown]}


def of_session(session: Session, announced: Announced, *, left: int | None = None) -> Facts:
    """`left`: the places, where the page tells how many."""
    event = session.event
    has_place = session.room is not None or bool(event.venue.one_line)
    facts = {
        "@context": CONTEXT,
        **_part(session, announced),
        "description": plain(session.description)[:LONGEST],
        "eventAttendanceMode": _mode(has_place=has_place, is_online=bool(session.online_url)),
        "location": _place(session),
        "performer": [_person(one) for one in session.appearances],
        "maximumAttendeeCapacity": session.capacity,
        "remainingAttendeeCapacity": left,
        "superEvent": _brief(event, announced.get(event.slug), is_cancelled=event.cancelled_at is not None)
        | {"location": _venue(event)},
    }
    return _said(facts | _of_everyone(event))


def _brief(row: Event | Session, announced: datetime | None, *, is_cancelled: bool) -> Facts:
    event = row if isinstance(row, Event) else row.event
    moved = announced is not None and announced != row.starts_at
    status = "EventCancelled" if is_cancelled else "EventRescheduled" if moved else "EventScheduled"
    facts = {
        "@type": "Event",
        "name": row.title,
        "url": _url(row),
        "startDate": row.starts_at.astimezone(event.zone).isoformat(),
        "endDate": row.ends_at.astimezone(event.zone).isoformat(),
        "eventStatus": f"{CONTEXT}/{status}",
    }
    if moved and announced is not None:
        facts["previousStartDate"] = announced.astimezone(event.zone).isoformat()
    return facts


def _part(session: Session, announced: Announced) -> Facts:
    is_cancelled = session.cancelled_at is not None or session.event.cancelled_at is not None
    facts = _brief(session, announced.get(f"session {session.slug}"), is_cancelled=is_cancelled)
    return _said(facts | {"location": _place(session)})


def _url(row: Event | Session) -> str:
    if isinstance(row, Event):
        return absolute("events.page", slug=row.slug)
    return absolute("agenda.session", slug=row.event.slug, session_slug=row.slug)


def _of_everyone(event: Event) -> Facts:
    _name, phone, email = event.contact
    organisation = {"@type": "Organization", "name": event.organisation.name, "email": email, "telephone": phone}
    return {"organizer": _said(organisation), "isAccessibleForFree": True, "inLanguage": "fr"}


def _offer(event: Event, step: str) -> Facts | None:
    if step not in AVAILABILITY or event.audience is not Audience.PUBLIC:
        return None
    facts = {
        "@type": "Offer",
        "price": 0,
        "priceCurrency": "EUR",
        "availability": f"{CONTEXT}/{AVAILABILITY[step]}",
        "url": absolute("registrations.form", slug=event.slug),
        "validFrom": event.opens_at.astimezone(event.zone).isoformat() if event.opens_at else None,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _mode(*, has_place: bool, is_online: bool) -> str:
    mode = ("Mixed" if has_place else "Online") if is_online else "Offline"
    return f"{CONTEXT}/{mode}EventAttendanceMode"


def _place(session: Session) -> Any:
    """Where it is held; and the address at which it may be followed from afar."""
    venue = _venue(session.event)
    inside = venue or {"@type": "Place"}
    room = inside | {"name": session.room.name} if session.room is not None else venue
    if not session.online_url or session.cancelled_at is not None:
        return room
    virtual = {"@type": "VirtualLocation", "url": session.online_url}
    return [room, virtual] if room else virtual


def _venue(event: Event) -> Facts | None:
    venue = event.venue
    if not venue.one_line:
        return None
    address = {
        "@type": "PostalAddress",
        "streetAddress": venue.address,
        "postalCode": venue.postcode,
        "addressLocality": venue.city,
        "addressCountry": "FR",
    }
    facts = {"@type": "Place", "name": venue.name or venue.city or venue.address, "address": _said(address)}
    if venue.latitude is not None and venue.longitude is not None:
        facts["geo"] = {"@type": "GeoCoordinates", "latitude": venue.latitude, "longitude": venue.longitude}
    return facts


def _person(appearance: Appearance) -> Facts:
    """With what is not sure of their coming, as everywhere their name is said."""
    speaker = appearance.speaker
    organisation = {"@type": "Organization", "name": speaker.organisation} if speaker.organisation else None
    return _said({
        "@type": "Person",
        "name": person(speaker),
        "jobTitle": speaker.function,
        "worksFor": organisation,
        "description": appearance.note,
    })  # fmt: skip


def _said(facts: Facts) -> Facts:
    """Without what is empty."""
    return {name: value for name, value in facts.items() if value not in (None, "", [])}
