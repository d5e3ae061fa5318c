"""`/mon-inscription/<token>/place`: the answer to a place that was offered."""

from collections.abc import Callable
from typing import Any

from flask import flash

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.registrations import seats
from eventapp.registrations.models import Registration
from eventapp.registrations.views.personal import back, find
from eventapp.registrations.views.public import bp

TOO_LATE = "Cette proposition de place n’est plus valable\u00a0: sa date limite est passée."


@bp.post("/mon-inscription/<token>/place/acceptation")
@access.token_holder
def accept(token: str) -> Any:
    done = "Merci de votre réponse\u00a0: un courriel vous confirme votre place."
    return _answer(find(token), token, seats.accept_offer, done)


@bp.post("/mon-inscription/<token>/place/refus")
@access.token_holder
def refuse(token: str) -> Any:
    return _answer(find(token), token, seats.refuse_offer, "La place est rendue. Merci d’avoir prévenu.")


def _answer(registration: Registration, token: str, verb: Callable[..., bool], done: str) -> Any:
    """What a late answer sets going, the place passed on, is kept as well."""
    try:
        is_done = verb(registration, now=utcnow())
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return back(token)
    db.session.commit()
    flash(*((done, "success") if is_done else (TOO_LATE, "error")))
    return back(token)
