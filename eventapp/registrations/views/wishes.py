"""`/mon-inscription/<token>/souhaits`: the sessions that a person ranks, until the organisers grant them."""

from typing import Any

from flask import flash, render_template

from eventapp import access, journal
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.registrations.forms import WishesForm, wishes_form
from eventapp.registrations.models import Registration
from eventapp.registrations.views.fields import wishes_context
from eventapp.registrations.views.personal import back, find_acting
from eventapp.registrations.views.public import bp
from eventapp.registrations.wishes import ranking, wish_slots


@bp.get("/mon-inscription/<token>/souhaits")
@access.token_holder
def wishes(token: str) -> Any:
    registration = find_acting(token)
    form = wishes_form(registration.event)
    form.show_wishes([session for ranking in wish_slots.ranking_of(registration) for session in ranking.sessions])
    return wishes_page(registration, form, token)


@bp.post("/mon-inscription/<token>/souhaits")
@access.token_holder
def change_wishes(token: str) -> Any:
    registration = find_acting(token)
    form = wishes_form(registration.event)
    if not form.validate_on_submit():
        return wishes_page(registration, form, token), 422
    try:
        ranking.change_wishes(registration, form.ranked, now=utcnow(), by=journal.PERSON)
    except Refused as refusal:
        db.session.rollback()
        form.wish_errors = [str(refusal)]
        return wishes_page(registration, form, token), 422
    db.session.commit()
    flash("Vos souhaits sont enregistrés.", "success")
    return back(token)


def wishes_page(registration: Registration, form: WishesForm, token: str) -> str:
    event = registration.event
    context = {"event": event, "registration": registration, "token": token, "form": form}
    return render_template("registrations/wishes.html", **context, **wishes_context(event))
