"""`/invitation/<token>`: a guest reads, accepts, declines, changes their mind. A GET never changes anything."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.invitations import answering, delegating, naming, places
from eventapp.invitations.forms import AcceptForm, DeclineForm, NobodyComesForm, OwnDeclineForm
from eventapp.invitations.models import Invitation
from eventapp.registrations import links as registration_links
from eventapp.registrations import seats
from eventapp.registrations.forms import RegistrationForm, registration_form
from eventapp.registrations.self_service import windows
from eventapp.registrations.views.fields import fields_context, tell_left_open
from eventapp.registrations.views.public import send_link

bp = Blueprint("invitations", __name__)


@bp.get("/invitation/<token>")
@access.token_holder
def page(token: str) -> str:
    invitation = find_invitation(token)
    guest, event, now = invitation.guest, invitation.guest.event, utcnow()
    facts = {
        "event": event,
        "invitation": invitation,
        "guest": guest,
        "token": token,
        "closed": answering.why_not_answerable(event, now),
        "may_decline": answering.may_decline(event, now),
        "availability": seats.availability(event, now=now),
    }
    named = naming.standings(guest)
    if guest.is_structure:
        return render_template("invitations/structure.html", named=named, left=places.left(guest), **facts)
    instead = places.given_to(guest)
    return render_template(
        "invitations/page.html",
        personal=_personal_page(invitation),
        given=places.why_none(guest),
        sent=[one for one in named if one.guest in instead],
        **facts,
    )


@bp.route("/invitation/<token>/inscription", methods=["GET", "POST"])
@access.token_holder
def accept(token: str) -> Any:
    invitation = find_invitation(token)
    event, now = invitation.guest.event, utcnow()
    personal = _personal_page(invitation)
    if personal or invitation.guest.is_structure or answering.why_not_answerable(event, now):
        return redirect(personal or url_for(".page", token=token), 303)
    form = registration_form(event, AcceptForm, **prefill(invitation))
    if not form.validate_on_submit():
        return _accept_page(invitation, token, form), 422 if form.is_submitted() else 200
    try:
        registration = answering.accept(invitation, form.person(), now=now, **form.wishes(now))
    except answering.SomebodyElse as refusal:
        db.session.rollback()
        send_link(event, [refusal.registration], refusal.registration.email_folded)
        return redirect(url_for("registrations.link_sent", slug=event.slug), 303)
    except Refused as refusal:
        db.session.rollback()
        form.attach(refusal)
        return _accept_page(find_invitation(token), token, form), 422
    person = url_for("registrations.person", token=registration_links.token(registration))
    tell_left_open(form)
    db.session.commit()
    return redirect(person, 303)


@bp.route("/invitation/<token>/refus", methods=["GET", "POST"])
@access.token_holder
def decline(token: str) -> Any:
    invitation = find_invitation(token)
    form = NobodyComesForm() if invitation.guest.is_structure else OwnDeclineForm()
    if not form.validate_on_submit():
        return _decline_page(invitation, token, form), 422 if form.is_submitted() else 200
    if form.choice.data == "keep":
        return redirect(url_for(".page", token=token), 303)
    verb = delegating.decline if invitation.guest.is_structure else answering.decline
    try:
        verb(invitation, reason=form.reason.data or "", now=utcnow())
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
    else:
        db.session.commit()
        flash("Votre réponse est enregistrée. Merci de nous avoir prévenus.", "success")
    return redirect(url_for(".page", token=token), 303)


def find_invitation(token: str) -> Invitation:
    invitation = answering.find(token)
    if invitation is None:
        abort(404)
    return invitation


def _personal_page(invitation: Invitation) -> str:
    """Where a guest who is registered goes on; empty for the others."""
    registration = places.registration_of(invitation)
    if registration is None:
        return ""
    return url_for("registrations.person", token=registration_links.token(registration))


def _decline_page(invitation: Invitation, token: str, form: DeclineForm) -> str:
    registration = places.registration_of(invitation)
    return render_template(
        "invitations/decline.html",
        event=invitation.guest.event,
        guest=invitation.guest,
        token=token,
        form=form,
        personal=_personal_page(invitation),
        asks=registration is not None and not windows.may_cancel(registration, utcnow()),
    )


def prefill(invitation: Invitation) -> dict[str, Any]:
    guest = invitation.guest
    return {
        "first_name": guest.first_name,
        "last_name": guest.last_name,
        "email": guest.email,
        "function": guest.function,
        "organization": guest.structure.full_label if guest.structure else guest.organisation,
        "category": guest.category.slug if guest.category else None,
    }


def _accept_page(invitation: Invitation, token: str, form: RegistrationForm) -> str:
    event = invitation.guest.event
    return render_template(
        "invitations/accept.html",
        invitation=invitation,
        token=token,
        availability=seats.availability(event, now=utcnow()),
        **fields_context(event, form),
    )
