"""`/mon-inscription/<token>/transmission`: a colleague comes instead."""

from dataclasses import asdict
from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from eventapp import access, journal, limits
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.registrations import refusals
from eventapp.registrations.models import Registration
from eventapp.registrations.self_service import transfers
from eventapp.registrations.self_service.models import RequestKind
from eventapp.registrations.self_service.transfer_forms import ColleagueForm
from eventapp.registrations.views.personal import back, find, find_acting, is_asking
from eventapp.registrations.views.public import bp, find_event
from eventapp.registrations.views.requests import ask
from eventapp.registrations.wishes.wish_slots import disclosed_bookings
from eventapp.text import fold_email


@bp.get("/mon-inscription/<token>/transmission")
@access.token_holder
def transfer(token: str) -> Any:
    return transfer_page(find_confirmed(token), ColleagueForm(), token)


@bp.post("/mon-inscription/<token>/transmission/verification")
@access.token_holder
def check_transfer(token: str) -> Any:
    """Shows what would happen; the form comes back with its faults, or to be corrected."""
    registration, form = find_confirmed(token), ColleagueForm()
    if not form.validate_on_submit():
        return transfer_page(registration, form, token), 422
    return _page("registrations/check_transfer.html", registration, form, token, colleague=form.colleague())


@bp.post("/mon-inscription/<token>/transmission/correction")
@access.token_holder
def correct_transfer(token: str) -> Any:
    return transfer_page(find_confirmed(token), ColleagueForm(), token)


@bp.post("/mon-inscription/<token>/transmission")
@access.token_holder
def pass_on(token: str) -> Any:
    form = ColleagueForm()
    if Registration.of_token(token) is None:
        return _same_again(token, form)
    registration = find_confirmed(token)
    if not form.validate_on_submit():
        return transfer_page(registration, form, token), 422
    colleague = form.colleague()
    if is_asking(registration):
        return ask(registration, RequestKind.TRANSFER, asdict(colleague), token)
    limits.spend("personal link to a person", str(registration.event_id), fold_email(colleague.email))
    try:
        transfers.pass_on(registration, colleague, now=utcnow(), by=journal.PERSON)
    except refusals.AlreadyRegistered:
        return _refused(token, form, refusals.NotPassedOn())
    except Refused as refusal:
        return _refused(token, form, refusal)
    db.session.commit()
    return redirect(url_for(".passed_on", slug=registration.event.slug), 303)


@bp.get("/evenements/<slug>/inscription/transmise")
@access.visitor
def passed_on(slug: str) -> Any:
    return render_template("registrations/passed_on.html", event=find_event(slug))


def find_confirmed(token: str) -> Registration:
    """The registration, where there is a place to pass on or to ask about; otherwise its page says why not."""
    registration = find_acting(token)
    if not registration.is_confirmed:
        flash(refusals.NothingToPassOn.message, "error")
        abort(back(token))
    return registration


def transfer_page(registration: Registration, form: ColleagueForm, token: str) -> str:
    return _page("registrations/transfer.html", registration, form, token)


def _page(template: str, registration: Registration, form: ColleagueForm, token: str, **more: Any) -> str:
    context = {"event": registration.event, "registration": registration, "form": form, "token": token}
    context |= {"bookings": disclosed_bookings(registration), "asks": is_asking(registration)}
    return render_template(template, **context, **more)


def _same_again(token: str, form: ColleagueForm) -> Any:
    """A double click: the link has just died, and the answer is the first one's. To anybody else it opens nothing."""
    registration = transfers.ended(token) or abort(404)
    successor = transfers.successor_of(registration)
    if not form.validate_on_submit() or successor is None or not transfers.is_of(successor, form.colleague()):
        abort(404)
    return redirect(url_for(".passed_on", slug=registration.event.slug), 303)


def _refused(token: str, form: ColleagueForm, refusal: Refused) -> Any:
    db.session.rollback()
    if refusal.field == "email":
        form.email.errors = [str(refusal)]
    else:
        form.form_errors.append(str(refusal))
    return transfer_page(find(token), form, token), 422
