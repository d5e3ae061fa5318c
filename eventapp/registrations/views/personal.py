"""`/mon-inscription/<token>`: what a person sees with their own link. GET shows, POST acts."""

from datetime import datetime
from typing import Any

from flask import abort, redirect, render_template, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.events.models import Audience
from eventapp.registrations import links, seats
from eventapp.registrations.models import Registration
from eventapp.registrations.questions.answers import unanswered
from eventapp.registrations.questions.completeness import missing_answers, missing_choices
from eventapp.registrations.self_service import own_history, requests, transfers, windows
from eventapp.registrations.self_service.request_summaries import summary
from eventapp.registrations.sessions.choices import clashes_of
from eventapp.registrations.sessions.session_places import only_chosen, session_positions
from eventapp.registrations.views.public import bp
from eventapp.registrations.waiting.reasons import reasons_to_wait
from eventapp.registrations.wishes import wish_slots


@bp.get("/mon-inscription/<token>")
@access.token_holder
def person(token: str) -> Any:
    registration, now = find(token), utcnow()
    return render_template(
        "registrations/person.html",
        event=registration.event,
        registration=registration,
        token=token,
        **standing(registration, now),
        **rights(registration, now),
        **own_sessions(registration, now),
        **so_far(registration),
    )


def find(token: str) -> Registration:
    return Registration.of_token(token) or abort(404)


def find_acting(token: str) -> Registration:
    """The registration, where there is something left to change or to ask; otherwise its page says why not."""
    registration = find(token)
    if not windows.may_ask(registration, utcnow()):
        abort(back(token))
    return registration


def is_asking(registration: Registration) -> bool:
    """What the person changes alone until then, they ask for afterwards."""
    return not windows.may_change(registration, utcnow())


def standing(registration: Registration, now: datetime) -> dict[str, Any]:
    """Where the person stands: their place or their rank, and what is missing of them."""
    return {
        "position": seats.position(registration),
        "reasons": [reason.to_them for reason in reasons_to_wait(registration, now=now)],
        "offer_is_open": has_open_offer(registration),
        "again": step_again(registration),
        "missing_answers": missing_answers(registration) if registration.is_confirmed else [],
        "missing_choices": missing_choices(registration) if registration.is_confirmed else [],
        "unanswered": [] if registration.is_cancelled else unanswered(registration),
    }


def own_sessions(registration: Registration, now: datetime) -> dict[str, Any]:
    event, bookings = registration.event, wish_slots.disclosed_bookings(registration)
    return {
        "bookings": bookings,
        "has_sessions": bool(bookings) or wish_slots.may_choose_sessions(event),
        "rankings": wish_slots.shown_ranking_of(registration),
        "wishes_until": wish_slots.closing(event),
        "wishes_are_open": wish_slots.takes_wishes(event) and not wish_slots.are_closed(event, now),
        "session_positions": session_positions(registration),
        "only_chosen": only_chosen(registration),
        "session_clashes": clashes_of(registration),
        "feed_url": links.feed(registration) if registration.feed_revoked_at is None else "",
    }


def so_far(registration: Registration) -> dict[str, Any]:
    return {
        "predecessor": transfers.predecessor_of(registration),
        "requests": [(request, summary(request)) for request in requests.of_registration(registration)],
        "moments": own_history.moments(registration),
    }


def rights(registration: Registration, now: datetime) -> dict[str, Any]:
    """What the person may do alone, and until when; what they may not, while `can_ask`, they ask."""
    return {
        "changes_end": windows.changes_end(registration.event),
        "cancellations_end": windows.cancellations_end(registration.event),
        "can_ask": windows.may_ask(registration, now),
        "can_change": windows.may_change(registration, now),
        "can_cancel": windows.may_cancel(registration, now),
    }


def has_open_offer(registration: Registration) -> bool:
    """Also false in the seconds between the deadline and the worker's passage."""
    until = registration.offer_until
    return until is not None and until > utcnow() and registration.event.cancelled_at is None


def step_again(registration: Registration) -> str | None:
    """Whether whoever cancelled may come back by the public form: « open », « few » or « waiting »."""
    event = registration.event
    if not registration.is_cancelled or event.audience is Audience.INVITED:
        return None
    step = seats.availability(event, now=utcnow()).step
    return step if step in seats.OPEN_STEPS else None


def back(token: str) -> Any:
    return redirect(url_for("registrations.person", token=token), 303)
