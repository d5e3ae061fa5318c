"""Somebody new, as the forms that ask for a person send them."""

from typing import Any

from tests.factories import number
from tests.faults.rows import Rows


def person(**more: Any) -> dict[str, Any]:
    n = next(number)
    names = {"first_name": "Zoé", "last_name": f"Lefèvre {n}", "email": f"zoe.lefevre-{n}@agents.example"}
    return names | {"function": "conseillère", "organization": "Mairie"} | more


def registering(side: Rows) -> dict[str, Any]:
    answers = {f"question-{side.question.slug}": "Rien", "sessions": side.session.slug}
    return person(category=side.category.slug) | answers
