"""One session moved to another hour or room: the same address for a form, a key pressed and a drag."""

from typing import Any

from flask import g

from eventapp import access
from eventapp.agenda import editing, moving
from eventapp.agenda.models import Session
from eventapp.agenda.programme_forms import MoveForm
from eventapp.agenda.views.changing import change_session, consequences, said
from eventapp.agenda.views.desk import back_to, bp, edited, find_event, find_session, point_at, rooms_of, row, show
from eventapp.agenda.views.sessions import ONE
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.exchange.drafting import Plan
from eventapp.extensions import db
from eventapp.formats import french_date, french_hours


@bp.get(f"{ONE}/deplacement")
@access.member
def move_session(slug: str, session_slug: str) -> Any:
    plan, found = find_session(slug, session_slug)
    local = found.starts_at.astimezone(plan.event.zone)
    room = found.room.slug if found.room is not None else ""
    data = {"day": local.date(), "starts": local.time(), "room": room, "seen": editing.mark(found)}
    return _page(plan, found, MoveForm(formdata=None, data=data))


@bp.post(f"{ONE}/deplacement")
@access.member
def do_move_session(slug: str, session_slug: str) -> Any:
    plan, found = find_session(slug, session_slug)
    event, form = plan.event, MoveForm()
    form.offer(plan.rooms)
    if not form.validate_on_submit():
        return _page(plan, found, form), 422
    try:
        with edited(event) as is_draft:
            sentence = _move(event, row(Session, event, session_slug), form, is_draft)
    except Refused as refusal:
        point_at(form, refusal)
        plan, found = find_session(slug, session_slug)
        form.seen.data = editing.mark(found)
        return _page(plan, found, form), 422
    sentence += consequences(find_event(slug), session_slug)
    return back_to("programme", event, sentence, _anchor=f"session-{session_slug}")


def _move(event: Event, session: Session, form: MoveForm, is_draft: bool) -> str:
    """What to say of where it is now."""
    form.offer(rooms_of(event))
    before = {session.slug: session.starts_at}
    move = moving.moved(session, form.instant("starts", event))
    facts = {"starts_at": move.starts_at, "ends_at": move.ends_at, "room": form.chosen_room}
    told = change_session(session, facts, is_draft, seen=form.seen.data)
    moving.follow_choices(event, db.session.scalars(Session.of(event)).all(), before, now=utcnow(), by=g.user)
    hours = french_hours(move.starts_at, move.ends_at, event.zone)
    day = french_date(move.starts_at, event.zone)
    where = f", {form.chosen_room.name}" if form.chosen_room is not None else ""
    return said(f"«\u00a0{session.title}\u00a0»\u00a0: {day}, {hours}{where}.", told)


def _page(plan: Plan, session: Session, form: MoveForm) -> str:
    form.offer(plan.rooms)
    return show("agenda/organiser/move_session.html", plan, session=session, form=form)
