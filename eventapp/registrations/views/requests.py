"""Asking the organisers for what one may no longer do alone, and taking it back."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash

from eventapp import access, limits
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.registrations.models import Registration
from eventapp.registrations.self_service import requests
from eventapp.registrations.self_service.models import RequestKind
from eventapp.registrations.self_service.request_forms import MessageForm, TakeBackForm
from eventapp.registrations.views.personal import back, find
from eventapp.registrations.views.public import bp

SENT = "Votre demande part à l’équipe, qui vous répondra par courriel."


@bp.post("/mon-inscription/<token>/demande/retrait")
@access.token_holder
def take_back(token: str) -> Any:
    registration, form = find(token), TakeBackForm()
    if not form.validate():
        abort(400)
    requests.take_back(registration, RequestKind(form.kind.data or ""), now=utcnow())
    db.session.commit()
    flash("Votre demande est retirée.", "success")
    return back(token)


def ask(registration: Registration, kind: RequestKind, payload: Mapping[str, Any], token: str) -> Any:
    """The answer of every page whose act is over: with the message that came with it, if any."""
    limits.spend("request of a person", str(registration.id))
    try:
        requests.ask(registration, kind, payload, message=MessageForm().message.data or "", now=utcnow())
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return back(token)
    db.session.commit()
    flash(SENT, "success")
    return back(token)
