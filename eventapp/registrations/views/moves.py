"""`/gestion/evenements/<slug>/inscriptions/deplacement`: people who go from one session to another together."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from eventapp import access
from eventapp.agenda.models import Session
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.formats import plural
from eventapp.registrations.desk import moving
from eventapp.registrations.desk.forms import OverLimitsForm
from eventapp.registrations.sessions.session_places import bookable_sessions, session_places
from eventapp.registrations.views.bulk import ticked_ids
from eventapp.registrations.views.organiser import bp, find_event
from eventapp.registrations.views.telling import say_each


@bp.get("/gestion/evenements/<slug>/inscriptions/deplacement")
@access.member
def move(slug: str) -> Any:
    event = find_event(slug)
    sessions = {session.slug: session for session in bookable_sessions(event)}
    source, target = (sessions.get(request.args.get(name, "")) for name in ("de", "vers"))
    return move_page(event, sessions, source, target)


@bp.post("/gestion/evenements/<slug>/inscriptions/deplacement")
@access.member
def do_move(slug: str) -> Any:
    event = find_event(slug)
    sessions = {session.slug: session for session in bookable_sessions(event)}
    source, target = (sessions.get(request.form.get(name, "")) for name in ("de", "vers"))
    if source is None or target is None:
        flash("Choisissez les deux sessions.", "error")
        return redirect(url_for(".move", slug=slug), 303)
    beyond, ids = OverLimitsForm(), ticked_ids()
    if not beyond.validate():
        return move_page(event, sessions, source, target, beyond), 422
    try:
        moved = moving.move_bookings(source, target, ids, now=utcnow(), by=g.user, **beyond.facts())
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return redirect(url_for(".move", slug=slug), 303)
    db.session.commit()
    tell(moved, source, target, anybody=bool(ids))
    return redirect(url_for(".move", slug=slug, de=source.slug, vers=target.slug), 303)


def tell(moved: moving.Moved, source: Session, target: Session, *, anybody: bool) -> None:
    done = plural(len(moved.done), "personne est maintenant", "personnes sont maintenant")
    title = f"«\u00a0{target.title}\u00a0»"
    if moved.done:
        when = "reçoit un courriel" if moved.told else "le lira dans l’annonce de l’attribution"
        flash(f"{done} dans {title}. Chacune {when}.", "success")
    elif anybody and not moved.left:  # a second press of the button
        flash(f"Ces personnes ne sont plus dans «\u00a0{source.title}\u00a0».", "info")
    elif not moved.left:
        flash("Cochez au moins une personne.", "error")
    stay = [f"{name_of(registration)} reste à sa place\u00a0: {reason}" for registration, reason in moved.left]
    say_each(stay, ("autre personne reste", "autres personnes restent"))


def move_page(
    event: Event,
    sessions: dict[str, Session],
    source: Session | None,
    target: Session | None,
    beyond: OverLimitsForm | None = None,
) -> str:
    has_both = source is not None and target is not None and source is not target
    bookings = moving.bookings_of(source) if has_both and source is not None else []
    return render_template(
        "registrations/organiser/move.html",
        event=event,
        organisation=event.organisation,
        session_choices=[(session.slug, session.title) for session in sessions.values()],
        source=source,
        target=target,
        has_both=has_both,
        all_ticked=request.args.get("cocher") == "tout",
        ticked=ticked_ids(),
        beyond=beyond or OverLimitsForm(),
        rows=[(booking, moving.obstacle(booking, target) if target is not None else None) for booking in bookings],
        places=session_places(event).get(target.id) if target is not None else None,
    )
