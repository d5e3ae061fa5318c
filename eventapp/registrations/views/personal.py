"""`/mon-inscription/<token>`: what a person sees and does with their own link. GET shows, POST acts."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from eventapp import access, journal, limits
from eventapp.agenda.programme import has_booking_slots
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Audience
from eventapp.extensions import db
from eventapp.registrations import links, refusals, seats
from eventapp.registrations.forms import CancelForm, PersonForm, details_form
from eventapp.registrations.models import Registration
from eventapp.registrations.prefill import facts_of
from eventapp.registrations.views.fields import structure_labels
from eventapp.registrations.views.public import bp
from eventapp.registrations.waiting_reasons import reasons_to_wait


@bp.get("/mon-inscription/<token>")
@access.token_holder
def person(token: str) -> Any:
    registration = find(token)
    return render_template(
        "registrations/person.html",
        event=registration.event,
        registration=registration,
        token=token,
        position=seats.position(registration),
        reasons=[reason.to_them for reason in reasons_to_wait(registration, now=utcnow())],
        feed_url=links.feed(registration),
        can_act=can_act(registration),
        has_sessions=has_booking_slots(registration.event),
        offer_is_open=has_open_offer(registration),
        again=step_again(registration),
    )


@bp.get("/mon-inscription/<token>/modification")
@access.token_holder
def edit(token: str) -> Any:
    registration = find_acting(token)
    return edit_page(registration, details_form(registration.event, **facts_of(registration)), token)


@bp.post("/mon-inscription/<token>/modification")
@access.token_holder
def change_details(token: str) -> Any:
    registration = find_acting(token)
    form = details_form(registration.event)
    if not form.validate_on_submit():
        return edit_page(registration, form, token), 422
    person = form.person()
    letter = _count_letter(registration, person)
    try:
        seats.change_details(registration, person, form.answers(), now=utcnow(), by=journal.PERSON)
    except Refused as refusal:
        db.session.rollback()
        form.attach(_without_names(refusal))
        return edit_page(registration, form, token), 422
    db.session.commit()
    flash(f"Vos informations sont enregistrées.{letter}", "success")
    return back(token)


@bp.get("/mon-inscription/<token>/annulation")
@access.token_holder
def cancel(token: str) -> Any:
    registration = find_acting(token)
    return cancel_page(registration, CancelForm(), token)


@bp.post("/mon-inscription/<token>/annulation")
@access.token_holder
def withdraw(token: str) -> Any:
    registration, form = find(token), CancelForm()
    if not form.validate_on_submit():
        return cancel_page(registration, form, token), 422
    return act(
        token,
        "C’est fait\u00a0: un courriel vous le confirme.",
        seats.cancel,
        by=journal.PERSON,
        reason=form.reason.data or "",
    )


@bp.post("/mon-inscription/<token>/adresse-agenda")
@access.token_holder
def renew_feed(token: str) -> Any:
    links.renew_feed(find(token))
    db.session.commit()
    flash("L’ancienne adresse d’abonnement ne fonctionne plus. Voici la nouvelle.", "success")
    return back(token)


def find(token: str) -> Registration:
    return Registration.of_token(token) or abort(404)


def find_acting(token: str) -> Registration:
    """The registration, where it may still be changed; otherwise its page says why not."""
    registration = find(token)
    if not can_act(registration):
        abort(back(token))
    return registration


def can_act(registration: Registration) -> bool:
    event = registration.event
    is_over = event.cancelled_at is not None or event.registration_has_closed(utcnow())
    return not registration.is_cancelled and not is_over


def has_open_offer(registration: Registration) -> bool:
    """Also false in the seconds between the deadline and the worker's passage."""
    until = registration.offer_until
    return until is not None and until > utcnow() and registration.event.cancelled_at is None


def step_again(registration: Registration) -> str | None:
    """Whether whoever cancelled may come back by the public form: « open », « few » or « waiting »."""
    event = registration.event
    if not registration.is_cancelled or event.audience is Audience.INVITED:
        return None
    step = seats.availability(event, now=utcnow()).step
    return step if step in seats.OPEN_STEPS else None


def act(token: str, done: str, verb: Any, **facts: Any) -> Any:
    """One verb on the person's own registration; a refusal is said on their page."""
    try:
        verb(find(token), now=utcnow(), **facts)
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return back(token)
    db.session.commit()
    flash(done, "success")
    return back(token)


def back(token: str) -> Any:
    return redirect(url_for("registrations.person", token=token), 303)


def edit_page(registration: Registration, form: PersonForm, token: str) -> str:
    event = registration.event
    return render_template(
        "registrations/edit.html", event=event, form=form, token=token, structures=structure_labels(event)
    )


def cancel_page(registration: Registration, form: CancelForm, token: str) -> str:
    event = registration.event
    return render_template("registrations/cancel.html", event=event, registration=registration, form=form, token=token)


def _count_letter(registration: Registration, person: seats.Person) -> str:
    """What to say of the letter to a new address; nobody makes us write to one without end."""
    if person.email_folded == registration.email_folded:
        return ""
    limits.spend("personal link to a person", str(registration.event_id), person.email_folded)
    return f" Votre lien personnel part à {person.email}."


def _without_names(refusal: Refused) -> Refused:
    """Whether somebody else is registered is nobody else's business."""
    if isinstance(refusal, refusals.AlreadyRegistered):
        return Refused("Ce nom et cette adresse ne peuvent pas être enregistrés ici. Écrivez-nous.", field="email")
    return refusal
