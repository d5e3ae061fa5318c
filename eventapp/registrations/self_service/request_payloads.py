"""What is asked, as JSON: written when the person asks, read when an organiser looks or accepts."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.network.models import Structure
from eventapp.registrations.models import Registration
from eventapp.registrations.people import Person
from eventapp.registrations.questions.answers import asked

TEXTS = ("first_name", "last_name", "email", "phone", "function", "organisation")


def details(registration: Registration, person: Person, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Sensitive answers stay out: they are given by the person alone, with their agreement, or not at all."""
    sensitive = {question.slug for question in asked(registration.event) if question.sensitive}
    return {
        **{name: getattr(person, name) for name in TEXTS},
        "category": person.category.slug if person.category else None,
        "structure": person.structure.id_fs if person.structure else None,
        "answers": {slug: value for slug, value in answers.items() if slug not in sensitive},
    }


def person_in(registration: Registration, payload: Mapping[str, Any]) -> Person:
    """A category or structure that exists no more is left as it is."""
    categories = {category.slug: category for category in registration.event.categories}
    id_fs = payload["structure"]
    structure = db.session.scalar(select(Structure).where(Structure.id_fs == id_fs)) if id_fs else None
    return Person(
        **{name: payload[name] for name in TEXTS},
        category=categories.get(payload["category"], registration.category),
        structure=registration.structure if id_fs and structure is None else structure,
    )
