"""`/gestion/evenements/<slug>/invites/<id>/…`: a reply received by phone, which one of the team enters."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.invitations import answering, delegating, places
from eventapp.invitations.delegation_forms import NamesForm, names_form
from eventapp.invitations.forms import DeclineForm
from eventapp.invitations.models import Guest, Invitation
from eventapp.invitations.views.guests import find_guest
from eventapp.invitations.views.naming import keep_names
from eventapp.invitations.views.organiser import bp, managed
from eventapp.invitations.views.public import prefill
from eventapp.registrations.forms import OrganiserForm, registration_form
from eventapp.registrations.views.fields import fields_context, tell_left_open


@bp.route("/gestion/evenements/<slug>/invites/<int:guest_id>/acceptation", methods=["GET", "POST"])
@access.member
def accept(slug: str, guest_id: int) -> Any:
    invitation = _answering(slug, guest_id, is_structure=False)
    if places.registration_of(invitation) is not None:
        return _back(slug, guest_id)
    form: OrganiserForm = registration_form(invitation.guest.event, OrganiserForm, **prefill(invitation))
    if not form.validate_on_submit():
        return _accept_page(invitation.guest, form), 422 if form.is_submitted() else 200
    now = utcnow()
    facts = form.wishes(now) | {"by": g.user, **form.beyond()}
    try:
        registration = answering.accept(invitation, form.person(), now=now, **facts)
    except Refused as refusal:
        db.session.rollback()
        form.attach(refusal)
        return _accept_page(_answering(slug, guest_id, is_structure=False).guest, form), 422
    told = f"{name_of(registration)} a accepté\u00a0: inscription {registration.status.label}."
    tell_left_open(form, "Corriger les informations")
    return _done(told, slug, guest_id)


@bp.route("/gestion/evenements/<slug>/invites/<int:guest_id>/refus", methods=["GET", "POST"])
@access.member
def decline(slug: str, guest_id: int) -> Any:
    invitation = _answering(slug, guest_id)
    guest, form = invitation.guest, DeclineForm()
    if not form.validate_on_submit():
        return _decline_page(guest, form), 422 if form.is_submitted() else 200
    verb = delegating.decline if guest.is_structure else answering.decline
    try:
        verb(invitation, reason=form.reason.data or "", now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.append(str(refusal))
        return _decline_page(_answering(slug, guest_id).guest, form), 422
    return _done(f"Le refus de {name_of(guest)} est noté.", slug, guest_id)


@bp.route("/gestion/evenements/<slug>/invites/<int:guest_id>/personnes", methods=["GET", "POST"])
@access.member
def names(slug: str, guest_id: int) -> Any:
    invitation = _answering(slug, guest_id, is_structure=True)
    form = names_form(invitation.guest, places.left(invitation.guest), request.form)
    if not form.validate_on_submit():
        return _names_page(invitation.guest, form), 422 if form.is_submitted() else 200
    try:
        told = keep_names(invitation, form, by=g.user)
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.append(str(refusal))
        return _names_page(_answering(slug, guest_id, is_structure=True).guest, form), 422
    return _done(told, slug, guest_id)


def _answering(slug: str, guest_id: int, *, is_structure: bool | None = None) -> Invitation:
    """The invitation that is answered; 404 before it is sent."""
    guest = find_guest(managed(slug), guest_id)
    if guest.invitation is None or is_structure not in (None, guest.is_structure):
        abort(404)
    return guest.invitation


def _done(told: str, slug: str, guest_id: int) -> Any:
    db.session.commit()
    flash(told, "success")
    return _back(slug, guest_id)


def _back(slug: str, guest_id: int) -> Any:
    return redirect(url_for(".guest", slug=slug, guest_id=guest_id), 303)


def _accept_page(guest: Guest, form: OrganiserForm) -> str:
    event = guest.event
    context = fields_context(event, form) | {"organisation": event.organisation, "guest": guest}
    return render_template("invitations/organiser/accept.html", **context)


def _decline_page(guest: Guest, form: DeclineForm) -> str:
    event, invitation = guest.event, guest.invitation
    facts = {"event": event, "organisation": event.organisation, "guest": guest, "form": form}
    registered = invitation is not None and places.registration_of(invitation) is not None
    return render_template("invitations/organiser/decline.html", **facts, registered=registered)


def _names_page(guest: Guest, form: NamesForm) -> str:
    event, left = guest.event, places.left(guest)
    facts = {"event": event, "organisation": event.organisation, "guest": guest, "form": form}
    return render_template("invitations/organiser/names.html", **facts, left=left)
