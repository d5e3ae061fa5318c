"""`/gestion/evenements/<slug>/liste-attente`: who waits and why, what was decided, and a place given by hand."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

from eventapp import access
from eventapp.agenda.models import Session
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event, Status
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.formats import typo
from eventapp.registrations import refusals
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.sessions.choices import in_the_way
from eventapp.registrations.sessions.session_places import bookable_sessions, session_positions
from eventapp.registrations.views.organiser import bp, find, find_event
from eventapp.registrations.waiting import promotion, waiting_lines
from eventapp.registrations.waiting.forms import PromotionForm
from eventapp.registrations.waiting.full import full_limits
from eventapp.registrations.waiting.queue import count_waiting, position


@bp.get("/gestion/evenements/<slug>/liste-attente")
@access.member
def waiting_list(slug: str) -> Any:
    event, now = find_event(slug), utcnow()
    session = _session_asked_for(event)
    where: Any = {"before": request.args.get("avant"), "after": request.args.get("apres"), "now": now}
    of_event, of_session = waiting_lines.of_event, waiting_lines.of_session
    return render_template(
        "registrations/organiser/waiting_list.html",
        event=event,
        organisation=event.organisation,
        session=session,
        lists=_lists(event, session),
        full=full_limits(event, session, now=now),
        waiting=of_session(event, session, **where) if session else of_event(event, **where),
        decisions=waiting_lines.decisions(event, session),
        can_promote=event.status is Status.PUBLISHED and not event.has_ended(now),
    )


@bp.get("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/attribution")
@access.member
def promote(slug: str, registration_id: int) -> Any:
    registration = find(slug, registration_id)
    return _promotion_page(registration, None, PromotionForm()) if registration.is_waiting else _done(registration)


@bp.post("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/attribution")
@access.member
def do_promote(slug: str, registration_id: int) -> Any:
    registration = find(slug, registration_id)
    return _promote(registration, None, promotion.promote, registration)


@bp.get("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/attribution/<session_slug>")
@access.member
def promote_in_session(slug: str, registration_id: int, session_slug: str) -> Any:
    registration = find(slug, registration_id)
    booking = _find_booking(registration, session_slug)
    return _done(registration) if booking.is_confirmed else _promotion_page(registration, booking, PromotionForm())


@bp.post("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/attribution/<session_slug>")
@access.member
def do_promote_in_session(slug: str, registration_id: int, session_slug: str) -> Any:
    registration = find(slug, registration_id)
    booking = _find_booking(registration, session_slug)
    ticked = request.form.getlist("giving_up")
    giving_up = [other.session for other in in_the_way(booking) if other.session.slug in ticked]
    return _promote(registration, booking, promotion.promote_in_session, booking, giving_up=giving_up)


def _promote(
    registration: Registration, booking: Booking | None, verb: Callable[..., None], waiting: Any, **more: Any
) -> Any:
    form = PromotionForm()
    if not form.validate_on_submit():
        return _promotion_page(registration, booking, form), 422
    facts = {"reason": form.reason.data, "over_limits": bool(form.over_limits.data)}
    try:
        verb(waiting, now=utcnow(), by=g.user, **facts, **more)
    except Refused as refusal:
        db.session.rollback()
        _say(form, refusal)
        return _promotion_page(registration, booking, form), 422
    db.session.commit()
    flash(f"{name_of(registration)} a sa place. Un courriel le lui apprend.", "success")
    return _done(registration)


def _say(form: PromotionForm, refusal: Refused) -> None:
    if isinstance(refusal, refusals.OverLimits):
        form.over_limits.errors = [f"Cochez cette case pour aller au-delà\u00a0: {', '.join(refusal.limits)}."]
    elif isinstance(refusal, refusals.SeatsInTheWay):
        form.giving_up.errors = [str(refusal)]
    else:
        form.form_errors.append(str(refusal))


def _promotion_page(registration: Registration, booking: Booking | None, form: PromotionForm) -> str:
    event, now = registration.event, utcnow()
    place = position(registration) if booking is None else session_positions(registration).get(booking.session_id)
    reached = promotion.session_obstacles(booking, now=now) if booking else promotion.obstacles(registration, now=now)
    held = in_the_way(booking) if booking else []
    form.giving_up.choices = [(other.session.slug, typo(other.session.title)) for other in held]
    return render_template(
        "registrations/organiser/promote.html",
        event=event,
        organisation=event.organisation,
        registration=registration,
        session=booking.session if booking else None,
        position=place,
        reached=reached,
        form=form,
    )


def _lists(event: Event, shown: Session | None) -> list[tuple[str, str, bool, int]]:
    """Of the event, then of each session that somebody waits for: its name, its page, whether it is shown, how many."""
    page = partial(url_for, ".waiting_list", slug=event.slug)
    counts = dict(waiting_lines.awaited_sessions(event))
    if shown is not None:
        counts.setdefault(shown, 0)
    of_sessions = [(session.title, page(session=session.slug), session is shown, n) for session, n in counts.items()]
    return [("La rencontre", page(), shown is None, count_waiting(event.id)), *of_sessions]


def _session_asked_for(event: Event) -> Session | None:
    slug = request.args.get("session")
    found = (session for session in bookable_sessions(event) if session.slug == slug)
    return (next(found, None) or abort(404)) if slug else None


def _find_booking(registration: Registration, session_slug: str) -> Booking:
    found = (booking for booking in registration.live_bookings if booking.session.slug == session_slug)
    return next(found, None) or abort(404)


def _done(registration: Registration) -> Any:
    return redirect(url_for(".detail", slug=registration.event.slug, registration_id=registration.id), 303)
