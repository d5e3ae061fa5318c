"""`/mon-inscription/<token>/sessions`: the sessions that a person chooses, what it changes, what they wait for."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from eventapp import access, journal
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.registrations import seats
from eventapp.registrations.forms import SessionsForm, sessions_form
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.self_service import request_payloads
from eventapp.registrations.self_service.models import RequestKind
from eventapp.registrations.self_service.request_forms import MessageForm
from eventapp.registrations.sessions import choices, session_summary, session_waiting
from eventapp.registrations.sessions.session_places import session_positions
from eventapp.registrations.views.fields import sessions_context
from eventapp.registrations.views.personal import back, find, find_acting, is_asking
from eventapp.registrations.views.public import bp
from eventapp.registrations.views.requests import ask
from eventapp.registrations.wishes.wish_slots import disclosed, disclosed_bookings

TOO_LATE = "Cette proposition n’est plus ouverte\u00a0: voici où en sont vos sessions."


@bp.get("/mon-inscription/<token>/sessions")
@access.token_holder
def sessions(token: str) -> Any:
    registration = find_acting(token)
    beside = choices.beside(registration)
    wanted = {booking.session.slug for booking in disclosed_bookings(registration) if booking not in beside}
    return sessions_page(registration, sessions_form(registration.event, wanted), token)


@bp.post("/mon-inscription/<token>/sessions/verification")
@access.token_holder
def check_sessions(token: str) -> Any:
    """Shows what would change; the form comes back with its faults."""
    registration = find_acting(token)
    form = sessions_form(registration.event, set())
    if not form.validate_on_submit():
        return sessions_page(registration, form, token), 422
    changes = session_summary.summary(registration, form.sessions, form.beside)
    if changes.is_empty:
        flash("Vous n’avez rien changé.", "info")
        return back(token)
    asks = is_asking(registration)
    context = {"event": registration.event, "registration": registration, "token": token, "form": MessageForm()}
    return render_template("registrations/check_sessions.html", sent=form, changes=changes, asks=asks, **context)


@bp.post("/mon-inscription/<token>/sessions")
@access.token_holder
def change_sessions(token: str) -> Any:
    registration = find_acting(token)
    form = sessions_form(registration.event, set())
    if not form.validate_on_submit():
        return sessions_page(registration, form, token), 422
    if is_asking(registration):
        return ask(registration, RequestKind.SESSIONS, request_payloads.sessions(registration, form.sessions), token)
    try:
        seats.change_sessions(registration, form.sessions, beside=form.beside, now=utcnow(), by=journal.PERSON)
    except Refused as refusal:
        db.session.rollback()
        form.session_errors = [str(refusal)]
        return sessions_page(registration, form, token), 422
    db.session.commit()
    flash("Vos sessions sont enregistrées.", "success")
    return back(token)


@bp.post("/mon-inscription/<token>/sessions/<session_slug>/acceptation")
@access.token_holder
def take_session(token: str, session_slug: str) -> Any:
    booking = find_booking(token, session_slug)
    done = f"«\u00a0{booking.session.title}\u00a0» est à vous. Un courriel vous le confirme."
    return _act(token, booking, session_waiting.take_seat, done)


@bp.post("/mon-inscription/<token>/sessions/<session_slug>/refus")
@access.token_holder
def decline_session(token: str, session_slug: str) -> Any:
    booking = find_booking(token, session_slug)
    return _act(token, booking, session_waiting.decline_seat, "La place est rendue. Merci d’avoir prévenu.")


@bp.post("/mon-inscription/<token>/sessions/<session_slug>/attente/retrait")
@access.token_holder
def leave_session_queue(token: str, session_slug: str) -> Any:
    booking = find_booking(token, session_slug)
    done = f"Vous n’attendez plus «\u00a0{booking.session.title}\u00a0»."
    return _act(token, booking, session_waiting.leave_queue, done)


def find_booking(token: str, session_slug: str) -> Booking:
    """The last one of this session, also when it was given up since: what is done twice is no fault."""
    registration = find(token)
    known = disclosed(registration.event, registration.bookings)
    found = [booking for booking in known if booking.session.slug == session_slug]
    return found[-1] if found else abort(404)


def sessions_page(registration: Registration, form: SessionsForm, token: str) -> str:
    known = disclosed_bookings(registration)
    return render_template(
        "registrations/sessions.html",
        event=registration.event,
        form=form,
        token=token,
        asks=is_asking(registration),
        beside=[booking for booking in choices.beside(registration) if booking in known],
        own={booking.session_id: booking for booking in known},
        positions=session_positions(registration),
        **sessions_context(registration.event),
    )


def _act(token: str, booking: Booking, verb: Callable[..., bool | None], done: str) -> Any:
    """What a late answer sets going, the seat passed on, is kept as well."""
    try:
        was_open = verb(booking, now=utcnow()) is not False
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return back(token)
    db.session.commit()
    flash(*((done, "success") if was_open else (TOO_LATE, "error")))
    return redirect(url_for("registrations.person", token=token, _anchor="sessions"), 303)
