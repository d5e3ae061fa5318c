"""What is asked, as JSON: written when the person asks, read when an organiser looks or accepts."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from eventapp.agenda.models import Session
from eventapp.extensions import db
from eventapp.network.models import Structure
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.people import Person, person_of
from eventapp.registrations.questions.answers import is_empty, reserved
from eventapp.registrations.self_service.models import ChangeRequest
from eventapp.registrations.wishes.wish_slots import disclosed_bookings

TEXTS = ("first_name", "last_name", "email", "phone", "function")


def details(registration: Registration, person: Person, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Only what would change: what is corrected meanwhile stays so. Sensitive answers stay out: they are given by the
    person alone, with their agreement, or not at all."""
    known, held = person_of(registration), {answer.question.slug: answer.value for answer in registration.answers}
    payload: dict[str, Any] = {name: getattr(person, name) for name in TEXTS if differ(person, known, name)}
    if differ(person, known, "category"):
        payload["category"] = person.category.slug if person.category else None
    if differ(person, known, "structure") or differ(person, known, "organisation"):
        payload["structure"] = person.structure.id_fs if person.structure else None
        payload["organisation"] = person.organisation
    changed = {
        slug: value for slug, value in answers.items() if value != held.get(slug, value if is_empty(value) else None)
    }
    return payload | {"answers": without_sensitive(registration, changed)}


def person_in(registration: Registration, payload: Mapping[str, Any]) -> Person:
    """What is not asked for, or asks for a category or structure that exists no more, is left as it is."""
    facts = {name: payload[name] for name in TEXTS if name in payload}
    if "category" in payload:
        categories = {category.slug: category for category in registration.event.categories}
        facts["category"] = categories.get(payload["category"], registration.category)
    if "structure" in payload:
        id_fs = payload["structure"]
        structure = db.session.scalar(select(Structure).where(Structure.id_fs == id_fs)) if id_fs else None
        if structure is not None or not id_fs:
            facts |= {"structure": structure, "organisation": payload["organisation"]}
    return replace(person_of(registration), **facts)


def answers_in(registration: Registration, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Without those to questions that became sensitive since."""
    return without_sensitive(registration, payload["answers"])


def sessions(registration: Registration, wanted: Collection[Session]) -> dict[str, Any]:
    """With what the person had before their eyes: what they are given later, they did not ask to give up."""
    known = [booking.session.slug for booking in disclosed_bookings(registration)]
    return {"sessions": [session.slug for session in wanted], "known": known}


def known_bookings(request: ChangeRequest) -> list[Booking]:
    """Those that this request for other sessions is about. Of an older one: what was booked by then."""
    live = request.registration.live_bookings
    if "known" in request.payload:
        return [booking for booking in live if booking.session.slug in request.payload["known"]]
    granted_at = request.registration.event.allocated_at or request.created_at
    return [b for b in live if b.created_at <= request.created_at and (b.rank is None or b.created_at < granted_at)]


def without_sensitive(registration: Registration, answers: Mapping[str, Any]) -> dict[str, Any]:
    hidden = reserved(registration.event)
    return {slug: value for slug, value in answers.items() if slug not in hidden}


def differ(one: Person, other: Person, name: str) -> bool:
    return bool(getattr(one, name) != getattr(other, name))
