"""What is asked, as JSON: written when the person asks, read when an organiser looks or accepts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.network.models import Structure
from eventapp.registrations.models import Registration
from eventapp.registrations.people import Person, person_of
from eventapp.registrations.questions.answers import is_empty, reserved

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


def without_sensitive(registration: Registration, answers: Mapping[str, Any]) -> dict[str, Any]:
    hidden = reserved(registration.event)
    return {slug: value for slug, value in answers.items() if slug not in hidden}


def differ(one: Person, other: Person, name: str) -> bool:
    return bool(getattr(one, name) != getattr(other, name))
