"""`/mon-inscription/<token>/sessions`: the sessions that a person chooses, and what they wait for."""

from typing import Any

from flask import flash, render_template

from eventapp import access, journal
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.registrations import seats
from eventapp.registrations.forms import sessions_form
from eventapp.registrations.models import Registration
from eventapp.registrations.views.fields import sessions_context
from eventapp.registrations.views.personal import back, find_acting
from eventapp.registrations.views.public import bp


@bp.get("/mon-inscription/<token>/sessions")
@access.token_holder
def sessions(token: str) -> Any:
    registration = find_acting(token)
    wanted = {booking.session.slug for booking in registration.live_bookings}
    return sessions_page(registration, sessions_form(registration.event, wanted), token)


@bp.post("/mon-inscription/<token>/sessions")
@access.token_holder
def change_sessions(token: str) -> Any:
    registration = find_acting(token)
    form = sessions_form(registration.event, set())
    if not form.validate_on_submit():
        return sessions_page(registration, form, token), 422
    try:
        seats.change_sessions(registration, form.sessions, now=utcnow(), by=journal.PERSON)
    except Refused as refusal:
        db.session.rollback()
        form.session_errors = [str(refusal)]
        return sessions_page(registration, form, token), 422
    db.session.commit()
    flash("Vos sessions sont enregistrées.", "success")
    return back(token)


def sessions_page(registration: Registration, form: Any, token: str) -> str:
    context = sessions_context(registration.event)
    event = registration.event
    return render_template(
        "registrations/sessions.html", event=event, registration=registration, form=form, token=token, **context
    )
