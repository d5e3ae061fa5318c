"""What an act would change, said before it is confirmed: to the person, or to the organiser whom they ask."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eventapp.formats import phone
from eventapp.registrations.models import Registration
from eventapp.registrations.people import Person, person_of
from eventapp.registrations.questions.answers import applying, asked, is_empty, reserved
from eventapp.registrations.questions.models import Answer, Question


@dataclass(frozen=True)
class Change:
    """One line; an empty text is something that was, or would be, left out."""

    label: str
    before: str
    after: str
    is_fact: bool = False  # said with the request, and changing nothing


RESERVED = "réponse réservée"


def detail_changes(
    registration: Registration,
    person: Person,
    answers: Mapping[str, Any],
    consents: Collection[str] = (),
    *,
    reads_sensitive: bool = True,
) -> list[Change]:
    """In the order of the form. The arguments are those of `changes.change_details`; `reads_sensitive`: whether the
    answers to sensitive questions may be read here."""
    facts = zip(_facts(person_of(registration)), _facts(person), strict=True)
    changes = [Change(label, before, after) for (label, before), (_, after) in facts if before != after]
    hidden = set() if reads_sensitive else reserved(registration.event)
    of_answers = _answer_changes(registration, answers, consents)
    return changes + [_hidden(change) if question.slug in hidden else change for question, change in of_answers]


def _facts(person: Person) -> list[tuple[str, str]]:
    structure, category = person.structure, person.category
    return [
        ("Prénom", person.first_name),
        ("Nom", person.last_name),
        ("Adresse électronique", person.email),
        ("Téléphone", phone(person.phone)),
        ("Fonction", person.function),
        ("Structure ou organisme", structure.full_label if structure else person.organisation),
        ("Catégorie", category.name if category else ""),
    ]


def _answer_changes(
    registration: Registration, answers: Mapping[str, Any], consents: Collection[str]
) -> Iterator[tuple[Question, Change]]:
    """Those that `answers.change_answers` would write."""
    held = {answer.question.slug: answer for answer in registration.answers}
    before = {slug: answer.value for slug, answer in held.items()}
    questions = asked(registration.event)
    applied, applicable = applying(questions, before), applying(questions, {**before, **answers})
    for question in questions:
        slug = question.slug
        old, new = before.get(slug), before.get(slug)
        if question in applicable and slug in answers:
            new = answers[slug]
        elif question in applied and question not in applicable:
            new = None
        if in_words(old) != in_words(new):
            yield question, Change(question.label, in_words(old), in_words(new))
        elif slug in consents and slug in held and held[slug].consented_at is None:
            yield question, Change(question.label, "sans votre accord", "avec votre accord")


def _hidden(change: Change) -> Change:
    return Change(change.label, change.before and RESERVED, change.after and RESERVED)


def in_words(value: Any) -> str:
    return "" if is_empty(value) else Answer(value=value).in_words
