"""One session: write it, change it."""

from typing import Any

from flask import flash, g, request

from eventapp import access
from eventapp.agenda import editing
from eventapp.agenda.cast import Rows
from eventapp.agenda.forms import SessionForm, session_data
from eventapp.agenda.models import Kind, Session, SpeakerRole
from eventapp.agenda.presence import Presence
from eventapp.agenda.views.changing import change_session, consequences, said
from eventapp.agenda.views.desk import (
    NoLonger,
    back_to,
    bp,
    edited,
    find_event,
    find_plan,
    find_row,
    find_session,
    point_at,
    rooms_of,
    row,
    show,
    speakers_of,
)
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.exchange.drafting import Plan
from eventapp.registrations.places.over_limits import warnings
from eventapp.registrations.sessions import programme_changes

NEW = "/gestion/evenements/<slug>/programme/nouvelle-session"
ONE = "/gestion/evenements/<slug>/sessions/<session_slug>"
KEPT = f"{NoLonger.message} Votre saisie est conservée\u00a0: vous pouvez l’ajouter de nouveau."


@bp.get(NEW)
@access.member
def new_session(slug: str) -> Any:
    plan = find_plan(slug)
    local = plan.starts_at.astimezone(plan.event.zone)
    form = SessionForm(formdata=None, data={"day": local.date()} | SessionForm.asked(request.args))
    return _page(plan, form, Rows.of(None))


@bp.post(NEW)
@access.member
def add_session(slug: str) -> Any:
    plan = find_plan(slug)
    form, rows = SessionForm(), Rows.typed(request.form)
    form.offer(plan.rooms)
    if not all([form.validate_on_submit(), rows.check(plan.speakers)]):
        return _page(plan, form, rows), 422
    try:
        with edited(plan.event):
            form.offer(rooms_of(plan.event))
            cast = rows.cast(speakers_of(plan.event), Kind(form.kind.data))
            editing.add_session(plan.event, now=utcnow(), by=g.user, cast=cast, **form.facts(plan.event))
    except Refused as refusal:
        return _refused(slug, form, rows, refusal)
    return back_to("programme", plan.event, f"«\u00a0{form.title.data}\u00a0» est au programme.")


@bp.get(ONE, endpoint="session")
@access.member
def show_session(slug: str, session_slug: str) -> Any:
    plan, found = find_session(slug, session_slug)
    return _page(plan, SessionForm(formdata=None, data=session_data(found)), Rows.of(found), found)


@bp.post(ONE)
@access.member
def edit_session(slug: str, session_slug: str) -> Any:
    plan = find_plan(slug)
    known = plan.session(session_slug) or find_row(Session, plan.event, session_slug)
    form, rows = SessionForm(), Rows.typed(request.form)
    if known is None:
        return _gone(plan, form, rows)
    form.offer(plan.rooms)
    if not all([form.validate_on_submit(), rows.check(plan.speakers)]):
        return _page(plan, form, rows, known), 422
    try:
        with edited(plan.event) as is_draft:
            found = row(Session, plan.event, session_slug)
            form.offer(rooms_of(plan.event))
            cast = rows.cast(speakers_of(plan.event), Kind(form.kind.data))
            told = change_session(found, form.facts(plan.event), is_draft, cast=cast, seen=form.seen.data)
    except Refused as refusal:
        return _refused(slug, form, rows, refusal, session_slug)
    where = " dans le brouillon" if is_draft else ""
    return _saved(slug, session_slug, said(f"«\u00a0{form.title.data}\u00a0» est enregistrée{where}.", told))


@bp.post(f"{NEW}/lignes")
@access.member
def add_rows_to_new_session(slug: str) -> Any:
    return _page(find_plan(slug), SessionForm(), Rows.typed(request.form).arranged(request.form))


@bp.post(f"{ONE}/lignes")
@access.member
def add_rows(slug: str, session_slug: str) -> Any:
    plan, form, rows = find_plan(slug), SessionForm(), Rows.typed(request.form).arranged(request.form)
    found = plan.session(session_slug)
    return _page(plan, form, rows, found) if found is not None else _gone(plan, form, rows)


def _page(plan: Plan, form: SessionForm, rows: Rows, session: Session | None = None) -> str:
    form.offer(plan.rooms)
    return show(
        "agenda/organiser/session.html",
        plan,
        form=form,
        rows=rows,
        is_refused=bool(rows.errors),
        session=session,
        speakers=plan.speakers,
        roles=list(SpeakerRole),
        presences=list(Presence),
        booked=programme_changes.booked(session) if session is not None else 0,
    )


def _refused(slug: str, form: SessionForm, rows: Rows, refusal: Refused, session_slug: str = "") -> Any:
    """What was typed stays; the sentence goes to its field, or above the form. What was removed may be added again."""
    if isinstance(refusal, NoLonger):
        refusal = NoLonger(KEPT)
    point_at(form, refusal)
    plan = find_plan(slug)
    session = plan.session(session_slug)
    if session is not None:
        form.seen.data = editing.mark(session)
    return _page(plan, form, rows, session), 422


def _gone(plan: Plan, form: SessionForm, rows: Rows) -> Any:
    """Removed by a colleague, before it was ever shown: the form adds it again, with what was typed."""
    form.form_errors.append(KEPT)
    return _page(plan, form, rows), 404


def _saved(slug: str, session_slug: str, sentence: str) -> Any:
    """What the change set going is said on the programme."""
    event = find_event(slug)
    for sentence in [] if event.edits_wait else warnings(event, now=utcnow(), about="agenda_organiser.session"):
        flash(sentence, "warning")  # a draft changes no limit
    return back_to("programme", event, sentence + consequences(event, session_slug))
