"""`/mon-inscription/<token>/annulation`: leaving, or asking to."""

from typing import Any

from flask import flash, render_template

from eventapp import access, journal
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.registrations import seats
from eventapp.registrations.forms import OwnCancelForm
from eventapp.registrations.models import Registration
from eventapp.registrations.self_service import windows
from eventapp.registrations.self_service.models import RequestKind
from eventapp.registrations.views.personal import back, find, find_acting
from eventapp.registrations.views.public import bp
from eventapp.registrations.views.requests import ask

DONE = "C’est fait\u00a0: un courriel vous le confirme."


@bp.get("/mon-inscription/<token>/annulation")
@access.token_holder
def cancel(token: str) -> Any:
    return cancel_page(find_acting(token), OwnCancelForm(), token)


@bp.post("/mon-inscription/<token>/annulation")
@access.token_holder
def withdraw(token: str) -> Any:
    registration, form = find(token), OwnCancelForm()
    if not form.validate_on_submit():
        return cancel_page(registration, form, token), 422
    if form.choice.data == "keep":
        return back(token)
    reason = form.reason.data or ""
    if is_asking(registration):
        return ask(registration, RequestKind.CANCEL, {"reason": reason}, token)
    try:
        seats.cancel(registration, now=utcnow(), by=journal.PERSON, reason=reason)
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return back(token)
    db.session.commit()
    flash(DONE, "success")
    return back(token)


def is_asking(registration: Registration) -> bool:
    return not registration.is_cancelled and not windows.may_cancel(registration, utcnow())


def cancel_page(registration: Registration, form: OwnCancelForm, token: str) -> str:
    asks = is_asking(registration)
    context = {"event": registration.event, "registration": registration, "form": form, "token": token}
    return render_template("registrations/cancel.html", asks=asks, **context)
