"""`/gestion/evenements/<slug>/souhaits`: how sessions are chosen, what people wish, and granting it: drawn, shown,
applied, announced."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.database import looking
from eventapp.errors import Refused
from eventapp.events.models import Event, SessionChoice
from eventapp.extensions import db
from eventapp.formats import ordinal, plural
from eventapp.registrations.desk.selection import count
from eventapp.registrations.views.organiser import LARGEST_ID, bp, find_event
from eventapp.registrations.wishes import allocation as verbs
from eventapp.registrations.wishes import ranking
from eventapp.registrations.wishes.figures import people_and_wishes, slots_of
from eventapp.registrations.wishes.forms import DrawForm, ModeForm, mode_form
from eventapp.registrations.wishes.models import Allocation
from eventapp.registrations.wishes.wish_slots import MOST_WISHES, are_closed, closing, people_to_tell, takes_wishes


@bp.get("/gestion/evenements/<slug>/souhaits")
@access.member
def wishes(slug: str) -> Any:
    event = find_event(slug)
    return wishes_page(event, mode_form(event), DrawForm(formdata=None))


@bp.post("/gestion/evenements/<slug>/souhaits")
@access.member
def choose_mode(slug: str) -> Any:
    event = find_event(slug)
    form = mode_form(event)
    if not form.validate_on_submit():
        return wishes_page(event, form, DrawForm(formdata=None)), 422
    try:
        mode = SessionChoice(form.session_choice.data)
        ranking.choose_mode(event, mode, form.close_at, now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        form.attach(refusal)
        return wishes_page(event, form, DrawForm(formdata=None)), 422
    db.session.commit()
    flash("Les réglages des souhaits sont enregistrés.", "success")
    return redirect(url_for(".wishes", slug=slug), 303)


@bp.post("/gestion/evenements/<slug>/souhaits/apercus")
@access.member
def draw_allocation(slug: str) -> Any:
    """Computed while only reading: nobody waits for it."""
    with looking(db.session()):
        event, form = find_event(slug), DrawForm()
        if not form.validate_on_submit():
            return wishes_page(event, mode_form(event), form), 422
        try:
            drawn = verbs.draw(event, seed=form.number)
        except Refused as refusal:
            flash(str(refusal), "error")
            return redirect(url_for(".wishes", slug=slug), 303)
    allocation = verbs.keep(event, drawn, now=utcnow(), by=g.user)
    db.session.commit()
    return back(allocation)


@bp.get("/gestion/evenements/<slug>/souhaits/apercus/<int:allocation_id>")
@access.member
def allocation(slug: str, allocation_id: int) -> Any:
    found = find(slug, allocation_id)
    event = found.event
    return render_template(
        "registrations/organiser/allocation.html",
        event=event,
        organisation=event.organisation,
        allocation=found,
        slots=slots_of(found),
        to_tell=count(people_to_tell(event)),
        can_apply=takes_wishes(event) and event.cancelled_at is None,
        is_early=not are_closed(event, utcnow()),
        wishes_until=closing(event),
    )


@bp.post("/gestion/evenements/<slug>/souhaits/apercus/<int:allocation_id>/application")
@access.member
def apply_allocation(slug: str, allocation_id: int) -> Any:
    return act(find(slug, allocation_id), verbs.apply, "Les souhaits sont attribués. Il reste à les annoncer.")


@bp.post("/gestion/evenements/<slug>/souhaits/apercus/<int:allocation_id>/annonce")
@access.member
def announce_allocation(slug: str, allocation_id: int) -> Any:
    found = find(slug, allocation_id)
    letters = plural(count(people_to_tell(found.event)), "courriel part", "courriels partent")
    return act(found, verbs.announce, f"L’attribution est annoncée\u00a0: {letters}.")


@bp.post("/gestion/evenements/<slug>/souhaits/apercus/<int:allocation_id>/abandon")
@access.member
def discard_allocation(slug: str, allocation_id: int) -> Any:
    act(find(slug, allocation_id), verbs.discard, "L’aperçu est abandonné.")
    return redirect(url_for(".wishes", slug=slug), 303)


def find(slug: str, allocation_id: int) -> Allocation:
    if allocation_id > LARGEST_ID:
        abort(404)
    return db.first_or_404(verbs.allocations(find_event(slug)).where(Allocation.id == allocation_id))


def act(found: Allocation, verb: Any, done: str) -> Any:
    where = back(found)
    try:
        verb(found, now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return where
    db.session.commit()
    flash(done, "success")
    return where


def back(found: Allocation) -> Any:
    return redirect(url_for(".allocation", slug=found.event.slug, allocation_id=found.id), 303)


def wishes_page(event: Event, form: ModeForm, draw: DrawForm) -> str:
    return render_template(
        "registrations/organiser/wishes.html",
        event=event,
        organisation=event.organisation,
        form=form,
        draw=draw,
        wished=people_and_wishes(event),
        ordinals=[(f"{ordinal(rank)} souhait", "", "num") for rank in range(1, MOST_WISHES + 1)],
        allocations=db.session.scalars(verbs.allocations(event)).all(),
        takes_wishes=takes_wishes(event),
        is_early=not are_closed(event, utcnow()),
        wishes_until=closing(event),
    )
