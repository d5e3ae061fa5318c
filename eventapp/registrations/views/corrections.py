"""`/gestion/evenements/<slug>/inscriptions/<id>/modification` and `/sessions`: what the desk corrects for somebody."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.registrations import refusals, seats
from eventapp.registrations.desk.forms import OverLimitsForm
from eventapp.registrations.forms import PersonForm, SessionsForm, correction_form, sessions_form
from eventapp.registrations.models import Registration
from eventapp.registrations.sessions.choices import beside
from eventapp.registrations.views.fields import fields_context, sessions_context, tell_left_open
from eventapp.registrations.views.organiser import bp, find


@bp.get("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/modification")
@access.member
def edit(slug: str, registration_id: int) -> Any:
    registration = find_live(slug, registration_id)
    return edit_page(registration, details_form(registration))


@bp.post("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/modification")
@access.member
def change_details(slug: str, registration_id: int) -> Any:
    registration = find_live(slug, registration_id)
    form, before, beyond = details_form(registration), registration.email_folded, OverLimitsForm()
    if not (form.validate_on_submit() and beyond.validate()):
        return edit_page(registration, form, override=beyond), 422
    try:
        facts: dict[str, Any] = {"consents": form.consents, "by": g.user, **beyond.facts()}
        seats.change_details(registration, form.person(), form.answers(), now=utcnow(), **facts)
    except Refused as refusal:
        db.session.rollback()
        form.attach(refusal)
        return edit_page(registration, form, refusal), 422
    db.session.commit()
    letter = "" if registration.email_folded == before else f" Le lien personnel part à {registration.email}."
    flash(f"Les informations de {name_of(registration)} sont enregistrées.{letter}", "success")
    tell_left_open(form, "Corriger les informations")
    return to_detail(registration)


@bp.get("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/sessions")
@access.member
def sessions(slug: str, registration_id: int) -> Any:
    registration = find_live(slug, registration_id)
    alone = beside(registration)
    wanted = {booking.session.slug for booking in registration.live_bookings if booking not in alone}
    return sessions_page(registration, sessions_form(registration.event, wanted))


@bp.post("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/sessions")
@access.member
def change_sessions(slug: str, registration_id: int) -> Any:
    registration = find_live(slug, registration_id)
    form, beyond = sessions_form(registration.event, set()), OverLimitsForm()
    if not (form.validate_on_submit() and beyond.validate()):
        return sessions_page(registration, form, beyond), 422
    try:
        seats.change_sessions(registration, form.sessions, now=utcnow(), by=g.user, **beyond.facts())
    except Refused as refusal:
        db.session.rollback()
        form.session_errors = [str(refusal)]
        return sessions_page(registration, form, beyond), 422
    db.session.commit()
    flash(f"Les sessions de {name_of(registration)} sont enregistrées.", "success")
    return to_detail(registration)


def find_live(slug: str, registration_id: int) -> Registration:
    """The registration, where there is something left to correct; otherwise its page."""
    registration = find(slug, registration_id)
    if registration.is_cancelled or registration.event.cancelled_at is not None:
        abort(to_detail(registration))
    return registration


def details_form(registration: Registration) -> PersonForm:
    """Without what this organiser may not read."""
    return correction_form(registration, reads_sensitive=g.user.reads_sensitive_of(registration.event.organisation_id))


def to_detail(registration: Registration) -> Any:
    return redirect(url_for(".detail", slug=registration.event.slug, registration_id=registration.id), 303)


def edit_page(
    registration: Registration,
    form: PersonForm,
    refusal: Refused | None = None,
    override: OverLimitsForm | None = None,
) -> str:
    """The box that goes beyond a limit is offered once a limit was met; ticked, it stays."""
    known = refusal.registration if isinstance(refusal, refusals.AlreadyRegistered) else None
    if isinstance(refusal, refusals.OverLimits):
        override = OverLimitsForm()
    elif override is not None and not override.over_limits.data:
        override = None
    return _page("registrations/organiser/edit.html", registration, form, known=known, override=override)


def sessions_page(registration: Registration, form: SessionsForm, override: OverLimitsForm | None = None) -> str:
    own = {booking.session_id: booking for booking in registration.live_bookings}
    more = {"override": override or OverLimitsForm(), "own": own}
    return _page("registrations/organiser/sessions.html", registration, form, **more)


def _page(template: str, registration: Registration, form: Any, **more: Any) -> str:
    event = registration.event
    context = fields_context(event, form) | sessions_context(event, is_organiser=True)
    context |= {"organisation": event.organisation, "registration": registration}
    return render_template(template, **context, **more)
