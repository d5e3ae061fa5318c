"""Publish, withdraw, cancel, move: each page says first whom it tells, then acts by POST."""

from typing import Any

from flask import flash, g, render_template, request

from eventapp import access
from eventapp.agenda.views.points import points_of
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events import lifecycle
from eventapp.events.event_forms import MoveForm
from eventapp.events.forms import CancelForm, EmptyForm, point_at
from eventapp.events.models import Event
from eventapp.events.views.blueprint import EVENT, back_to, bp, check_token, find_event, refused
from eventapp.exchange import drafting, telling
from eventapp.exchange.releases import keep_release
from eventapp.exchange.shifting import clock_time, shift_sessions
from eventapp.extensions import db
from eventapp.formats import plural
from eventapp.invitations import notices as guest_notices
from eventapp.registrations import notices, seats


@bp.get(f"{EVENT}/publication")
@access.member
def publish(slug: str) -> str:
    event = find_event(slug)
    shown, waiting = drafting.plan_of_rows(event), drafting.plan(event).differences
    return _page("events/organiser/publish.html", event, EmptyForm(), points=points_of(shown), waiting=waiting)


@bp.post(f"{EVENT}/publication")
@access.member
def do_publish(slug: str) -> Any:
    event, now = find_event(slug), utcnow()
    check_token()
    try:
        lifecycle.publish(event, beside_draft="beside_draft" in request.form, now=now, by=g.user)
        keep_release(event, now=now, by=g.user)
        seats.capacities_changed(event, now=now)
    except lifecycle.DraftWaits as refusal:
        return refused(event, refusal, "events_organiser.publish")
    except Refused as refusal:
        return refused(event, refusal)
    db.session.commit()
    flash("L’événement est publié\u00a0: sa page est en ligne.", "success")
    return back_to(event, "statistics.desk")


@bp.get(f"{EVENT}/retrait")
@access.member
def withdraw(slug: str) -> str:
    return _page("events/organiser/withdraw.html", find_event(slug), EmptyForm())


@bp.post(f"{EVENT}/retrait")
@access.member
def do_withdraw(slug: str) -> Any:
    event = find_event(slug)
    check_token()
    try:
        lifecycle.withdraw(event, now=utcnow(), by=g.user)
    except Refused as refusal:
        return refused(event, refusal)
    db.session.commit()
    flash("L’événement est retiré\u00a0: sa page n’est plus visible.", "success")
    return back_to(event)


@bp.get(f"{EVENT}/annulation")
@access.member
def cancel(slug: str) -> str:
    return _page("events/organiser/cancel.html", find_event(slug), CancelForm())


@bp.post(f"{EVENT}/annulation")
@access.member
def do_cancel(slug: str) -> Any:
    event, form, now = find_event(slug), CancelForm(), utcnow()
    if not form.validate_on_submit():
        return _page("events/organiser/cancel.html", event, form), 422
    try:
        lifecycle.cancel(event, reason=form.reason.data or "", now=now, by=g.user)
        told = telling.tell_of_cancellation(event, now=now)
    except Refused as refusal:
        return refused(event, refusal)
    db.session.commit()
    flash(f"L’événement est annulé. {_told(told)}", "success")
    return back_to(event)


@bp.get(f"{EVENT}/deplacement")
@access.member
def move(slug: str) -> str:
    event = find_event(slug)
    return _page("events/organiser/move.html", event, MoveForm.of(event))


@bp.post(f"{EVENT}/deplacement")
@access.member
def do_move(slug: str) -> Any:
    event = find_event(slug)
    form = MoveForm.of(event)
    if not form.validate_on_submit():
        return _page("events/organiser/move.html", event, form), 422
    try:
        told = _move(event, form)
    except Refused as refusal:
        db.session.rollback()
        point_at(form, refusal)
        return _page("events/organiser/move.html", event, form), 422
    db.session.commit()
    flash(f"L’événement est déplacé. {_told(told)} Vérifiez la période d’inscription.", "success")
    return back_to(event)


def _move(event: Event, form: MoveForm) -> int:
    """The event, then its sessions by as much clock time; the number of people told."""
    now, before = utcnow(), clock_time(event.starts_at, event)
    assert form.starts_at is not None and form.ends_at is not None  # noqa: PT018, S101 - a valid form has both
    lifecycle.move(
        event, starts_at=form.starts_at, ends_at=form.ends_at, venue=form.place(event.venue), now=now, by=g.user
    )
    delta = clock_time(event.starts_at, event) - before
    if form.with_sessions.data and delta:
        shift_sessions(event, delta, now=now, by=g.user, field="starts_date")
        drafting.follow(event, delta, field="starts_date")
    seats.capacities_changed(event, now=now)
    return telling.tell_of_move(event, now=now)


def _page(template: str, event: Event, form: Any, **more: Any) -> str:
    return render_template(
        template, event=event, organisation=event.organisation, form=form,
        told=notices.people_to_tell(event), silent=guest_notices.people_to_tell(event), **more,
    )  # fmt: skip


def _told(count: int) -> str:
    if not count:
        return "Personne n’était inscrit ni invité\u00a0: aucun courriel n’est envoyé."
    return plural(count, "personne est prévenue par courriel.", "personnes sont prévenues par courriel.")
