"""The filtered list as CSV, XLSX or ODS. Sensitive answers stay out: they are read one person at a time."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from flask import Response, request
from sqlalchemy.orm import selectinload

from eventapp import access, downloads
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import phone
from eventapp.registrations.desk.selection import ORDERS, Filters, find_registrations
from eventapp.registrations.models import Registration
from eventapp.registrations.questions.answers import applying, asked, reserved
from eventapp.registrations.questions.models import Question
from eventapp.registrations.views.organiser import bp, find_event

COLUMNS = (
    "Nom",
    "Prénom",
    "Adresse électronique",
    "Téléphone",
    "Fonction",
    "Structure ou organisme",
    "Commune",
    "Département",
    "Catégorie",
    "État",
    "Origine",
    "Inscription le",
    "Confirmation le",
    "Sessions réservées",
    "Sessions en attente",
)


@bp.get("/gestion/evenements/<slug>/inscriptions.<kind>")
@access.member
def export(slug: str, kind: str) -> Response:
    event = find_event(slug)
    order = ORDERS.get(request.args.get("tri", ""), ORDERS["nom"])
    columns = (c.desc() if order.descending else c.asc() for c in order.columns)
    query = find_registrations(event, Filters.of(request.args)).order_by(None).order_by(*columns)
    rows = db.session.scalars(query.options(selectinload(Registration.bookings), selectinload(Registration.answers)))
    hidden = reserved(event)
    questions = [question for question in asked(event) if question.slug not in hidden]
    header = [*COLUMNS, *(question.label for question in questions)]
    return downloads.spreadsheet(kind, f"Inscriptions {event.title}", header, cells(event, rows, questions))


def cells(event: Event, rows: Iterable[Registration], questions: Iterable[Question]) -> Iterator[list[Any]]:
    """An answer whose question no longer applies to the person is kept, and left out here."""
    questions, every = list(questions), asked(event)
    for registration in rows:
        answers = {answer.question.slug: answer for answer in registration.answers}
        applicable = applying(every, {slug: answer.value for slug, answer in answers.items()})
        given = (answers.get(question.slug) if question in applicable else None for question in questions)
        yield [*_facts(event, registration), *(answer.in_words if answer else "" for answer in given)]


def _facts(event: Event, registration: Registration) -> list[Any]:
    structure = registration.structure
    return [
        registration.last_name,
        registration.first_name,
        registration.email,
        phone(registration.phone) if registration.phone else "",
        registration.function,
        registration.organisation_name,
        structure.commune if structure else "",
        structure.departement_code if structure else "",
        registration.category.name if registration.category else "",
        registration.status.label,
        registration.source.label,
        _local(event, registration.created_at),
        _local(event, registration.confirmed_at),
        _titles(registration, held=True),
        _titles(registration, held=False),
    ]


def _local(event: Event, moment: datetime | None) -> datetime | str:
    return "" if moment is None else moment.astimezone(event.zone).replace(second=0, microsecond=0)


def _titles(registration: Registration, *, held: bool) -> str:
    return ", ".join(b.session.title for b in registration.live_bookings if b.is_confirmed is held)
