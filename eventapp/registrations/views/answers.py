"""`/gestion/evenements/<slug>/questions/<question>/reponses`: counted for the team, named for who may read them."""

from collections.abc import Iterator
from typing import Any

from flask import Response, abort, g, render_template, request
from sqlalchemy.orm import contains_eager

from eventapp import access, downloads, journal
from eventapp.clock import utcnow
from eventapp.extensions import db
from eventapp.pagination import Order, page
from eventapp.registrations.models import Registration
from eventapp.registrations.questions.answers import reserved
from eventapp.registrations.questions.figures import answers_to, figures
from eventapp.registrations.questions.models import Answer, Question
from eventapp.registrations.views.organiser import bp, find_event
from eventapp.spreadsheets.cells import Value
from eventapp.spreadsheets.writing import FORMATS

HEADER = ("Nom", "Prénom", "Structure ou organisme", "État", "Réponse")
BY_NAME = Order((Registration.name_folded, Answer.id), lambda answer: (answer.registration.name_folded, answer.id))


@bp.get("/gestion/evenements/<slug>/questions/<question_slug>/reponses")
@access.member
def answers(slug: str, question_slug: str) -> Any:
    question = find_question(slug, question_slug)
    before, after = request.args.get("avant"), request.args.get("apres")
    return render_template(
        "registrations/organiser/answers.html",
        event=question.event,
        organisation=question.event.organisation,
        question=question,
        figures=figures(question),
        page=None if is_reserved(question) else page(_named(question), BY_NAME, before=before, after=after),
        may_read=may_read(question),
        formats=list(FORMATS),
    )


@bp.post("/gestion/evenements/<slug>/questions/<question_slug>/reponses.<kind>")
@access.member
def answer_list(slug: str, question_slug: str, kind: str) -> Response:
    """With names: whoever opens it is written down."""
    question = find_question(slug, question_slug)
    if not may_read(question):
        abort(403)
    event, label = question.event, question.label
    listed = downloads.spreadsheet(kind, f"Réponses {label} {event.title}", HEADER, _cells(question))
    sentence = f"Réponses nominatives à «\u00a0{label}\u00a0» téléchargées."
    journal.record("answers.read", sentence, now=utcnow(), by=g.user, event=event, subject=question)
    db.session.commit()
    return listed


def find_question(slug: str, question_slug: str) -> Question:
    """Retired ones too: their answers stay."""
    event = find_event(slug)
    return db.first_or_404(db.select(Question).where(Question.event_id == event.id, Question.slug == question_slug))


def may_read(question: Question) -> bool:
    return not is_reserved(question) or g.user.reads_sensitive_of(question.event.organisation_id)


def is_reserved(question: Question) -> bool:
    """Retired ones as well."""
    return question.sensitive or question.slug in reserved(question.event)


def _named(question: Question) -> Any:
    return answers_to(question).options(contains_eager(Answer.registration))


def _cells(question: Question) -> Iterator[list[Value]]:
    for answer in db.session.scalars(_named(question).order_by(*BY_NAME.columns)):
        person = answer.registration
        state = person.status.label
        yield [person.last_name, person.first_name, person.organisation_name, state, answer.in_words]
