"""A registration as the first values of its form."""

from typing import Any

from eventapp.registrations.models import Registration
from eventapp.registrations.questions.fields import as_field_data, consent_name, field_name


def facts_of(registration: Registration) -> dict[str, Any]:
    structure = registration.structure
    facts: dict[str, Any] = {
        "first_name": registration.first_name,
        "last_name": registration.last_name,
        "email": registration.email,
        "phone": registration.phone,
        "function": registration.function,
        "organization": structure.full_label if structure else registration.organisation,
        "category": registration.category.slug if registration.category else None,
    }
    for answer in registration.answers:
        facts[field_name(answer.question)] = as_field_data(answer.question, answer.value)
        facts[consent_name(answer.question)] = answer.consented_at is not None
    return facts
