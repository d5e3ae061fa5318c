"""`/gestion/evenements/<slug>/questions`: what the registration form asks in addition."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations.questions import editing
from eventapp.registrations.questions.figures import count_received
from eventapp.registrations.questions.forms import QuestionForm
from eventapp.registrations.questions.models import Question
from eventapp.registrations.views.organiser import bp, find_event


@bp.get("/gestion/evenements/<slug>/questions")
@access.member
def questions(slug: str) -> Any:
    event = find_event(slug)
    return render_template(
        "registrations/organiser/questions.html",
        event=event,
        organisation=event.organisation,
        questions=db.session.scalars(Question.asked(event)).all(),
        retired=db.session.scalars(Question.retired(event)).all(),
        received=count_received(event),
    )


@bp.get("/gestion/evenements/<slug>/nouvelle-question")
@access.member
def new_question(slug: str) -> Any:
    event = find_event(slug)
    return question_page(event, QuestionForm(editing.conditions(event)))


@bp.post("/gestion/evenements/<slug>/nouvelle-question")
@access.member
def create_question(slug: str) -> Any:
    event = find_event(slug)
    form = QuestionForm(editing.conditions(event))
    if not form.validate_on_submit():
        return question_page(event, form), 422
    try:
        editing.add_question(event, form.facts(), now=utcnow(), by=g.user, key=form.idempotency_key)
    except Refused as refusal:
        db.session.rollback()
        form[refusal.field or "kind"].errors = [str(refusal)]
        return question_page(event, form), 422
    db.session.commit()
    flash("La question est ajoutée.", "success")
    return redirect(url_for(".questions", slug=slug), 303)


@bp.get("/gestion/evenements/<slug>/questions/<question_slug>")
@access.member
def edit_question(slug: str, question_slug: str) -> Any:
    question = find_question(slug, question_slug)
    form = QuestionForm(editing.conditions(question.event, question), question)
    return question_page(question.event, form, question)


@bp.post("/gestion/evenements/<slug>/questions/<question_slug>")
@access.member
def save_question(slug: str, question_slug: str) -> Any:
    question = find_question(slug, question_slug)
    form = QuestionForm(editing.conditions(question.event, question), question)
    if not form.validate_on_submit():
        return question_page(question.event, form, question), 422
    try:
        editing.edit_question(question, form.facts(), now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        form[refusal.field or "kind"].errors = [str(refusal)]
        return question_page(question.event, form, question), 422
    db.session.commit()
    flash("La question est enregistrée.", "success")
    return redirect(url_for(".questions", slug=slug), 303)


@bp.post("/gestion/evenements/<slug>/questions/<question_slug>/retrait")
@access.member
def retire_question(slug: str, question_slug: str) -> Any:
    done = "La question n’est plus posée. Les réponses déjà reçues sont gardées."
    return act(slug, editing.retire_question, find_question(slug, question_slug), done=done, by=g.user)


@bp.post("/gestion/evenements/<slug>/questions/<question_slug>/rang")
@access.member
def move_question(slug: str, question_slug: str) -> Any:
    up = request.form.get("sens") == "monter"
    return act(slug, editing.move_question, find_question(slug, question_slug), up=up)


def act(slug: str, verb: Any, question: Question, *, done: str = "", **facts: Any) -> Any:
    """One verb on one question; a refusal is said on the list."""
    try:
        verb(question, now=utcnow(), **facts)
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
    else:
        db.session.commit()
        if done:
            flash(done, "success")
    return redirect(url_for(".questions", slug=slug), 303)


def find_question(slug: str, question_slug: str) -> Question:
    return db.first_or_404(Question.asked(find_event(slug)).where(Question.slug == question_slug))


def question_page(event: Event, form: QuestionForm, question: Question | None = None) -> str:
    return render_template(
        "registrations/organiser/question.html",
        event=event,
        organisation=event.organisation,
        form=form,
        question=question,
    )
