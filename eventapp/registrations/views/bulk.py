"""`/gestion/evenements/<slug>/inscriptions/annulation-groupee`: choosing people, reading, cancelling them together."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import plural
from eventapp.registrations import changes
from eventapp.registrations.desk import selection
from eventapp.registrations.desk.forms import CancelManyForm
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.views.organiser import bp, choices, find_event

MOST_AT_ONCE = 500


@bp.get("/gestion/evenements/<slug>/inscriptions/annulation-groupee")
@access.member
def choose_many(slug: str) -> str:
    """The live registrations, filtered as in the list, each with a box."""
    event, filters = find_event(slug), selection.Filters.of(request.args)
    query = selection.find_registrations(event, filters).where(Registration.status != Status.CANCELLED)
    return render_template(
        "registrations/organiser/choose_many.html",
        event=event,
        organisation=event.organisation,
        filters=filters,
        found=selection.count(query),
        rows=db.session.scalars(query.limit(MOST_AT_ONCE)).unique().all(),
        most=MOST_AT_ONCE,
        all_ticked=request.args.get("cocher") == "tout",
        **choices(event),
    )


@bp.post("/gestion/evenements/<slug>/inscriptions/annulation-groupee/relecture")
@access.member
def review_many(slug: str) -> Any:
    """Who is cancelled and what they will read, before anything happens. Writes nothing."""
    event = find_event(slug)
    people = ticked(event)
    if not people:
        return nobody_ticked(slug)
    return review_page(event, people, CancelManyForm(formdata=None, data={"tell": True}))


@bp.post("/gestion/evenements/<slug>/inscriptions/annulation-groupee")
@access.member
def cancel_many(slug: str) -> Any:
    event, form = find_event(slug), CancelManyForm()
    people = ticked(event)
    if not people:
        return already_cancelled(event) or nobody_ticked(slug)
    if not form.validate_on_submit():
        return review_page(event, people, form), 422
    words: dict[str, Any] = {"reason": form.reason.data or "", "message": form.message.data or ""}
    ids = {one.id for one in people}
    ended = changes.cancel_many(event, ids, now=utcnow(), by=g.user, tell=bool(form.tell.data), **words)
    db.session.commit()
    told = " Un courriel part à chaque personne." if form.tell.data and ended else ""
    flash(f"{plural(len(ended), 'inscription annulée', 'inscriptions annulées')}.{told}", "success")
    return redirect(url_for(".index", slug=slug, etat=Status.CANCELLED.value), 303)


def ticked(event: Event) -> list[Registration]:
    """Those of the ticked boxes that are live registrations of this event."""
    ids = ticked_ids()
    live = Registration.of(event).where(Registration.id.in_(ids), Registration.status != Status.CANCELLED)
    return list(db.session.scalars(live).unique()) if ids else []


def ticked_ids() -> set[int]:
    found = request.form.getlist("inscriptions")[:MOST_AT_ONCE]
    return {int(text) for text in found if text.isascii() and text.isdigit() and len(text) < 10}


def already_cancelled(event: Event) -> Any:
    """A second press of the button: where the first one led."""
    known = db.session.scalars(Registration.of(event).where(Registration.id.in_(ticked_ids())).limit(1)).first()
    if known is None:
        return None
    flash("Ces inscriptions sont annulées.", "info")
    return redirect(url_for(".index", slug=event.slug, etat=Status.CANCELLED.value), 303)


def nobody_ticked(slug: str) -> Any:
    flash("Cochez au moins une personne encore inscrite.", "error")
    return redirect(url_for(".choose_many", slug=slug), 303)


def review_page(event: Event, people: list[Registration], form: CancelManyForm) -> str:
    return render_template(
        "registrations/organiser/review_many.html",
        event=event,
        organisation=event.organisation,
        people=people,
        confirmed=sum(one.is_confirmed for one in people),
        form=form,
    )
