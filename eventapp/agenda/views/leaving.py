"""A session that no longer takes place: cancelled at once, which those who booked learn, or taken off the programme."""

from typing import Any

from flask import g

from eventapp import access
from eventapp.agenda import editing
from eventapp.agenda.forms import DecisionForm
from eventapp.agenda.models import Session
from eventapp.agenda.views.changing import said
from eventapp.agenda.views.desk import back_to, bp, edited, find_event, find_plan, find_session, row, show
from eventapp.agenda.views.sessions import ONE
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.exchange import drafting
from eventapp.extensions import db
from eventapp.registrations.sessions import programme_changes, session_changes


@bp.route(f"{ONE}/annulation", methods=["GET", "POST"])
@access.member
def cancel_session(slug: str, session_slug: str) -> Any:
    """An act of its own, even on a programme that is shown: nobody should come to what does not take place."""
    event = find_event(slug)
    found = db.first_or_404(Session.of(event).where(Session.slug == session_slug))
    if not DecisionForm().validate_on_submit():
        return _decision("agenda/organiser/cancel_session.html", slug, found)
    now = utcnow()
    try:
        editing.cancel_session(found, now=now, by=g.user)
    except Refused as refusal:
        return _decision("agenda/organiser/cancel_session.html", slug, found, str(refusal)), 422
    told = session_changes.release_session(found, now=now, by=g.user)
    drafting.leave_out(event, session_slug)
    db.session.commit()
    return back_to("programme", event, said(f"«\u00a0{found.title}\u00a0» est annulée.", told))


@bp.route(f"{ONE}/suppression", methods=["GET", "POST"])
@access.member
def remove_session(slug: str, session_slug: str) -> Any:
    plan, found = find_session(slug, session_slug)
    event, title = plan.event, found.title
    if not DecisionForm().validate_on_submit():
        return _decision("agenda/organiser/remove_session.html", slug, found)
    try:
        with edited(event) as is_draft:
            remove = editing.cancel_session if is_draft else programme_changes.remove_session
            remove(row(Session, event, session_slug), now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        plan, found = find_session(slug, session_slug)
        return _decision("agenda/organiser/remove_session.html", slug, found, str(refusal)), 422
    return back_to("programme", event, f"«\u00a0{title}\u00a0» ne figure plus au programme.")


def _decision(template: str, slug: str, session: Session, refusal: str = "") -> str:
    booked, told = programme_changes.booked(session), programme_changes.to_tell(session)
    return show(template, find_plan(slug), session=session, booked=booked, told=told, refusal=refusal)
