"""Everything after an hour, earlier or later: what moves and what it brings about is shown first."""

from dataclasses import replace
from typing import Any

from flask import g, request

from eventapp import access
from eventapp.agenda import moving
from eventapp.agenda.editing import mark_of_all
from eventapp.agenda.models import Session
from eventapp.agenda.moving import Move
from eventapp.agenda.programme_forms import ShiftForm
from eventapp.agenda.views.changing import move_sessions, said
from eventapp.agenda.views.desk import ProgrammeChanged, back_to, bp, edited, find_plan, point_at, refused, show
from eventapp.agenda.views.points import appearing
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.exchange.drafting import Plan
from eventapp.extensions import db
from eventapp.formats import plural

SHIFT = "/gestion/evenements/<slug>/programme/decalage"


@bp.get(SHIFT)
@access.member
def shift(slug: str) -> Any:
    plan = find_plan(slug)
    is_asked = "minutes" in request.args
    form = ShiftForm(request.args if is_asked else None, data=_proposed(plan), meta={"csrf": False})
    form.offer(plan.rooms)
    if not is_asked:
        return _page(plan, form)
    try:
        moves = _moves(plan, form) if form.validate() else None
    except Refused as refusal:
        point_at(form, refusal)
        moves = None
    return _page(plan, form, moves), 200 if moves else 422


@bp.post(SHIFT)
@access.member
def do_shift(slug: str) -> Any:
    plan, form = find_plan(slug), ShiftForm()
    form.offer(plan.rooms)
    if not form.validate_on_submit():
        return _page(plan, form), 422
    try:
        moves = {move.session.slug: move for move in _moves(plan, form)}
        with edited(plan.event, form.seen.data) as is_draft:
            told = _apply(plan, moves, is_draft)
    except ProgrammeChanged as refusal:
        return refused("programme", plan.event, refusal)
    except Refused as refusal:
        point_at(form, refusal)
        return _page(find_plan(slug), form), 422
    done = plural(len(moves), "session est décalée.", "sessions sont décalées.")
    return back_to("programme", plan.event, said(done, told))


def _apply(plan: Plan, moves: dict[str, Move], is_draft: bool) -> int:
    event = plan.event
    rows = list(db.session.scalars(Session.of(event)))
    before = {session.slug: session.starts_at for session in rows if session.slug in moves}
    found = [replace(moves[session.slug], session=session) for session in rows if session.slug in moves]
    told = move_sessions(event, found, is_draft)
    moving.follow_choices(event, rows, before, now=utcnow(), by=g.user)
    return told


def _moves(plan: Plan, form: ShiftForm) -> list[Move]:
    after = form.instant("starts", plan.event)
    sessions = moving.following(plan.event, plan.sessions, after, form.room.data or None)
    return moving.shift(plan.event, sessions, form.minutes.data or 0)


def _proposed(plan: Plan) -> dict[str, Any]:
    """From the session that the link names, else from the first one."""
    first = plan.session(request.args.get("session", "")) or next(iter(plan.sessions), None)
    local = (first.starts_at if first is not None else plan.starts_at).astimezone(plan.event.zone)
    return {"day": local.date(), "starts": local.time(), "minutes": 15, "room": ""}


def _page(plan: Plan, form: ShiftForm, moves: list[Move] | None = None) -> str:
    new = appearing(plan, moving.after(plan.sessions, moves)) if moves else []
    seen = mark_of_all(plan.sessions)
    return show("agenda/organiser/shift.html", plan, form=form, moves=moves, appearing=new, seen=seen)
