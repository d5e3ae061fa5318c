"""`/mon-inscription/<token>/modification`: identity and answers, summed up before they are written, or asked for."""

from typing import Any

from flask import flash, render_template, request

from eventapp import access, journal, limits
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.registrations import refusals, seats
from eventapp.registrations.forms import correction_form
from eventapp.registrations.models import Registration
from eventapp.registrations.person_forms import PersonForm
from eventapp.registrations.self_service import request_payloads, summaries
from eventapp.registrations.self_service.models import RequestKind
from eventapp.registrations.self_service.request_forms import MessageForm
from eventapp.registrations.views.fields import structure_labels
from eventapp.registrations.views.personal import back, find_acting, is_asking
from eventapp.registrations.views.public import bp
from eventapp.registrations.views.requests import ask

NOTHING_CHANGES = "Vous n’avez rien changé."


@bp.get("/mon-inscription/<token>/modification")
@access.token_holder
def edit(token: str) -> Any:
    registration = find_acting(token)
    return edit_page(registration, own_form(registration), token)


@bp.post("/mon-inscription/<token>/modification/verification")
@access.token_holder
def check_details(token: str) -> Any:
    """Shows what would change; the form comes back with its faults, or with the questions that an answer brings."""
    registration = find_acting(token)
    form = own_form(registration)
    if not form.validate_on_submit() or form.questions.brings_more(form):
        return edit_page(registration, form, token), 422
    changes = summaries.detail_changes(registration, form.person(), form.answers(), form.consents)
    if not changes:
        flash(NOTHING_CHANGES, "info")
        return back(token)
    return render_template(
        "registrations/check_details.html",
        event=registration.event,
        token=token,
        changes=changes,
        copied=copied_fields(),
        form=MessageForm(),
        asks=is_asking(registration),
    )


@bp.post("/mon-inscription/<token>/modification/correction")
@access.token_holder
def correct_details(token: str) -> Any:
    """Back from the summary to the form, with what was written in it."""
    registration = find_acting(token)
    return edit_page(registration, own_form(registration), token)


@bp.post("/mon-inscription/<token>/modification")
@access.token_holder
def change_details(token: str) -> Any:
    registration = find_acting(token)
    form = own_form(registration)
    if not form.validate_on_submit():
        return edit_page(registration, form, token), 422
    person = form.person()
    if is_asking(registration):
        payload = request_payloads.details(registration, person, form.answers())
        return ask(registration, RequestKind.DETAILS, payload, token)
    letter = _count_letter(registration, person)
    try:
        facts: dict[str, Any] = {"consents": form.consents, "now": utcnow(), "by": journal.PERSON}
        seats.change_details(registration, person, form.answers(), **facts)
    except Refused as refusal:
        db.session.rollback()
        form.attach(_without_names(refusal))
        return edit_page(registration, form, token), 422
    db.session.commit()
    flash(f"Vos informations sont enregistrées.{letter}", "success")
    return back(token)


def own_form(registration: Registration) -> PersonForm:
    """A sensitive answer is given by the person, with their agreement, and never asked for by way of the organisers."""
    return correction_form(registration, reads_sensitive=not is_asking(registration))


def edit_page(registration: Registration, form: PersonForm, token: str) -> str:
    event = registration.event
    context = {"event": event, "form": form, "token": token, "structures": structure_labels(event)}
    return render_template("registrations/edit.html", asks=is_asking(registration), **context)


def copied_fields() -> list[tuple[str, str]]:
    """The form as it was sent, to be sent again."""
    fields = request.form.items(multi=True)
    return [(name, value) for name, value in fields if name not in ("csrf_token", "message")]


def _count_letter(registration: Registration, person: seats.Person) -> str:
    """What to say of the letter to a new address; nobody makes us write to one without end."""
    if person.email_folded == registration.email_folded:
        return ""
    limits.spend("personal link to a person", str(registration.event_id), person.email_folded)
    return f" Votre lien personnel part à {person.email}."


def _without_names(refusal: Refused) -> Refused:
    return refusals.NotAcceptedHere() if isinstance(refusal, refusals.AlreadyRegistered) else refusal
