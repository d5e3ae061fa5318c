"""`/invitation/<token>/…`: a structure says whom it sends, a guest sends someone else, a name is withdrawn."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from eventapp import access, limits
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.formats import plural
from eventapp.invitations import answering, delegating, naming, places, withdrawals
from eventapp.invitations.delegation_forms import NamesForm, names_form
from eventapp.invitations.forms import WithdrawalForm
from eventapp.invitations.models import Guest, Invitation
from eventapp.invitations.views.public import bp, find_invitation
from eventapp.registrations.groups.parties import Outcome
from eventapp.registrations.people import Person
from eventapp.registrations.self_service.transfer_forms import ColleagueForm
from eventapp.registrations.views.public import send_link
from eventapp.text import fold_email


@bp.route("/invitation/<token>/personnes", methods=["GET", "POST"])
@access.token_holder
def names(token: str) -> Any:
    invitation = _find(token, is_structure=True)
    left = places.left(invitation.guest)
    closed = answering.why_not_answerable(invitation.guest.event, utcnow()) is not None
    if closed or (request.method != "POST" and not left):
        return redirect(url_for(".page", token=token), 303)
    form = names_form(invitation.guest, left, request.form)
    if not form.validate_on_submit():
        return _names_page(invitation, token, form), 422 if form.is_submitted() else 200
    for person in form.people():
        _spend(invitation, person.email)
    try:
        told = keep_names(invitation, form)
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.append(str(refusal))
        return _names_page(find_invitation(token), token, form), 422
    flash(told, "success")
    return redirect(url_for(".page", token=token), 303)


@bp.route("/invitation/<token>/remplacement", methods=["GET", "POST"])
@access.token_holder
def replacement(token: str) -> Any:
    invitation = _find(token, is_structure=False)
    event, now = invitation.guest.event, utcnow()
    if answering.why_not_answerable(event, now) is not None or places.registration_of(invitation) is not None:
        return redirect(url_for(".page", token=token), 303)
    form = ColleagueForm()
    if not form.validate_on_submit():
        return _replacement_page(invitation, token, form), 422 if form.is_submitted() else 200
    colleague = form.colleague()
    _spend(invitation, colleague.email)
    try:
        named = naming.send_instead(invitation, colleague, now=now)
    except Refused as refusal:
        db.session.rollback()
        _attach(form, refusal)
        return _replacement_page(find_invitation(token), token, form), 422
    told = f"{name_of(named)} reçoit son invitation à {named.email}."
    db.session.commit()
    flash(told, "success")
    return redirect(url_for(".page", token=token), 303)


@bp.route("/invitation/<token>/retrait/<mark>", methods=["GET", "POST"])
@access.token_holder
def withdrawal(token: str, mark: str) -> Any:
    invitation = find_invitation(token)
    named = _named(invitation.guest, mark)
    form = WithdrawalForm()
    if request.method != "POST" and not naming.may_take_back(named):
        return redirect(url_for(".page", token=token), 303)
    if not form.validate_on_submit():
        return _withdrawal_page(named, token, form), 422 if form.is_submitted() else 200
    if form.choice.data == "keep":
        return redirect(url_for(".page", token=token), 303)
    try:
        naming.take_back(named, now=utcnow())
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
    else:
        told = f"{name_of(named)} n’est plus invité."
        db.session.commit()
        flash(told, "success")
    return redirect(url_for(".page", token=token), 303)


def keep_names(invitation: Invitation, form: NamesForm, **by: Any) -> str:
    """Commit what the form asks; the sentence that says what was done. `by`: one of the team, on the phone."""
    people = form.people()
    if not form.answers_for_them:
        delegating.name_colleagues(invitation, people, now=utcnow(), **by)
        db.session.commit()
        return f"{plural(len(people), 'personne reçoit son invitation', 'personnes reçoivent leur invitation')}."
    key = form.idempotency_key
    outcome = delegating.answer_for(invitation, people, now=utcnow(), idempotency_key=key, **by)
    event, told = invitation.guest.event, _registered(people, outcome)
    db.session.commit()
    for registration in outcome.known:
        send_link(event, [registration], registration.email_folded)
    return told


def _registered(people: list[Person], outcome: Outcome) -> str:
    waiting = sum(row.is_waiting for row in db.session.scalars(outcome.party.people))
    said = f"{plural(len(people), 'personne est inscrite', 'personnes sont inscrites')}"
    if waiting:
        said += f", dont {waiting} sur la liste d’attente"
    return f"{said}. {'Chacune' if len(people) > 1 else 'Elle'} reçoit son lien personnel."


def _find(token: str, *, is_structure: bool) -> Invitation:
    invitation = find_invitation(token)
    if invitation.guest.is_structure is not is_structure:
        abort(404)
    return invitation


def _named(guest: Guest, mark: str) -> Guest:
    found = (named for named in guest.named for sent in named.invitations if sent.mark == mark)
    return next(found, None) or abort(404)


def _spend(invitation: Invitation, email: str) -> None:
    limits.spend("personal link to a person", str(invitation.event_id), fold_email(email))


def _attach(form: ColleagueForm, refusal: Refused) -> None:
    if refusal.field == "email":
        form.email.errors = [str(refusal)]
    else:
        form.form_errors.append(str(refusal))


def _withdrawal_page(named: Guest, token: str, form: WithdrawalForm) -> str:
    is_told = withdrawals.to_tell(named.event, [named], now=utcnow())
    facts = {"event": named.event, "named": named, "token": token, "form": form, "is_told": is_told}
    return render_template("invitations/withdrawal.html", **facts)


def _names_page(invitation: Invitation, token: str, form: NamesForm) -> str:
    return render_template(
        "invitations/names.html",
        event=invitation.guest.event,
        guest=invitation.guest,
        token=token,
        form=form,
        left=places.left(invitation.guest),
    )


def _replacement_page(invitation: Invitation, token: str, form: ColleagueForm) -> str:
    facts = {"event": invitation.guest.event, "guest": invitation.guest, "token": token, "form": form}
    return render_template("invitations/replacement.html", **facts)
