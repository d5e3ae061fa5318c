"""Half a day from a model or from the event itself, and one session several times: looked at, then added."""

from collections.abc import Iterable
from textwrap import shorten
from typing import Any

from flask import g, request

from eventapp import access
from eventapp.agenda import copying, half_days
from eventapp.agenda.editing import mark_of_all
from eventapp.agenda.models import Session
from eventapp.agenda.programme_forms import CopyForm, HalfDayForm
from eventapp.agenda.views.desk import (
    ProgrammeChanged,
    back_to,
    bp,
    edited,
    find_plan,
    find_session,
    point_at,
    refused,
    rooms_of,
    show,
    speakers_of,
)
from eventapp.agenda.views.points import appearing
from eventapp.agenda.views.sessions import ONE
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.exchange.drafting import Plan
from eventapp.formats import french_date, plural

HALF_DAYS = "/gestion/evenements/<slug>/programme/demi-journees"
COPY = "copie"


@bp.get(HALF_DAYS, endpoint="half_days")
@access.member
def show_half_days(slug: str) -> Any:
    """The choice; once made, what it would add."""
    plan = find_plan(slug)
    form = HalfDayForm(request.args if "source" in request.args else None, data=_proposed(plan), meta={"csrf": False})
    form.offer(_sources(plan))
    if "source" not in request.args:
        return _page(plan, form)
    try:
        proposals = _asked(plan, form) if form.validate() else None
    except Refused as refusal:
        point_at(form, refusal)
        proposals = None
    return _page(plan, form, proposals), 200 if proposals else 422


@bp.post(HALF_DAYS)
@access.member
def add_half_day(slug: str) -> Any:
    plan, form = find_plan(slug), HalfDayForm()
    form.offer(_sources(plan))
    if not form.validate_on_submit():
        return _page(plan, form), 422
    try:
        number = _add(plan, _asked(plan, form), form.seen.data)
    except ProgrammeChanged as refusal:
        return refused("programme", plan.event, refusal)
    except Refused as refusal:
        point_at(form, refusal)
        return _page(find_plan(slug), form), 422
    added = plural(number, "session est ajoutée", "sessions sont ajoutées")
    return back_to("programme", plan.event, f"{added}\u00a0: réécrivez leurs titres.")


@bp.get(f"{ONE}/copie")
@access.member
def copy_session(slug: str, session_slug: str) -> Any:
    plan, found = find_session(slug, session_slug)
    local = found.ends_at.astimezone(plan.event.zone)
    room = found.room.slug if found.room is not None else ""
    form = CopyForm(formdata=None, data={"day": local.date(), "starts": local.time(), "room": room, "count": 1})
    return _copy_page(plan, found, form)


@bp.post(f"{ONE}/copie")
@access.member
def do_copy_session(slug: str, session_slug: str) -> Any:
    plan, found = find_session(slug, session_slug)
    form = CopyForm()
    form.offer(plan.rooms)
    if not form.validate_on_submit():
        return _copy_page(plan, found, form), 422
    try:
        starts_at = form.instant("starts", plan.event)
        times = {"count": form.count.data or 1, "pause": form.pause.data or 0}
        number = _add(plan, copying.repeated(found, starts_at, form.chosen_room, **times), form.seen.data)
    except ProgrammeChanged as refusal:
        return refused("programme", plan.event, refusal)
    except Refused as refusal:
        point_at(form, refusal)
        plan, found = find_session(slug, session_slug)
        return _copy_page(plan, found, form), 422
    return back_to("programme", plan.event, plural(number, "copie est ajoutée.", "copies sont ajoutées."))


def _add(plan: Plan, proposals: Iterable[Session], seen: str | None) -> int:
    """How many were added. The proposals are made before anything else is read: they stand on the plan."""
    event, proposals = plan.event, list(proposals)
    with edited(event, seen):
        rooms = {room.slug: room for room in rooms_of(event)}
        copying.add_all(event, proposals, rooms, speakers_of(event), now=utcnow(), by=g.user)
    return len(proposals)


def _sources(plan: Plan) -> list[tuple[str, str]]:
    models = [(model.key, model.label) for model in half_days.MODELS]
    held = copying.halves(plan.event, plan.sessions)
    return models + [
        (f"{COPY}-{day.isoformat()}-{half}", f"Copier\u00a0: {french_date(day)}, {copying.HALVES[half]}")
        for day, half in held
    ]


def _asked(plan: Plan, form: HalfDayForm) -> list[Session]:
    starts_at = form.instant("starts", plan.event)
    for (day, half), sessions in copying.halves(plan.event, plan.sessions).items():
        if form.source.data == f"{COPY}-{day.isoformat()}-{half}":
            return list(copying.held_again(sessions, starts_at))
    model = next(model for model in half_days.MODELS if model.key == form.source.data)
    return list(half_days.written(model, plan.event, plan.rooms, starts_at, form.tracks.data or 1))


def _proposed(plan: Plan) -> dict[str, Any]:
    """The next half-day that is free, at its usual hour."""
    local = plan.starts_at.astimezone(plan.event.zone)
    return {"source": half_days.MODELS[0].key, "day": local.date(), "starts": local.time(), "tracks": 3}


def _page(plan: Plan, form: HalfDayForm, proposals: list[Session] | None = None) -> str:
    summaries = {model.key: model.summary for model in half_days.MODELS}
    held = copying.halves(plan.event, plan.sessions)
    summaries |= {
        f"{COPY}-{day.isoformat()}-{half}": shorten(", ".join(s.title for s in sessions), 200, placeholder=" …")
        for (day, half), sessions in held.items()
    }
    new = appearing(plan, [*plan.sessions, *proposals]) if proposals else []
    more = {"summaries": summaries, "proposals": proposals, "appearing": new, "seen": mark_of_all(plan.sessions)}
    return show("agenda/organiser/half_days.html", plan, form=form, **more)


def _copy_page(plan: Plan, session: Session, form: CopyForm) -> str:
    form.offer(plan.rooms)
    form.seen.data = mark_of_all(plan.sessions)
    return show("agenda/organiser/copy_session.html", plan, session=session, form=form)
