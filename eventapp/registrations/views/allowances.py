"""`/gestion/evenements/<slug>/places-par-structure`: the structures that may have more places than others, or fewer."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import plural
from eventapp.network.models import Structure
from eventapp.pagination import Order, page
from eventapp.registrations import seats
from eventapp.registrations.places import allowances as verbs
from eventapp.registrations.places.forms import AllowanceForm
from eventapp.registrations.places.limits import structures_are_released
from eventapp.registrations.places.over_limits import warnings
from eventapp.registrations.views.fields import structure_labels
from eventapp.registrations.views.organiser import bp, find_event

PAGE = "/gestion/evenements/<slug>/places-par-structure"
BY_NAME = Order((Structure.sort_key, Structure.id), lambda row: (row.structure.sort_key, row.structure.id))


@bp.get(PAGE)
@access.member
def allowances(slug: str) -> Any:
    """`?structure=` begins the form with one of the structures shown."""
    event = find_event(slug)
    number = request.args.get("structure", "").replace("\0", "")
    structure = db.session.scalar(db.select(Structure).where(Structure.id_fs == number))
    typed: dict[str, Any] = {}
    if structure is not None:
        row = db.session.scalar(verbs.allowances(event).where(Structure.id == structure.id))
        typed = {"structure": structure.full_label, "places": row.places if row is not None else None}
    return _page(event, AllowanceForm(formdata=None, data=typed))


@bp.post(PAGE)
@access.member
def save_allowance(slug: str) -> Any:
    event, form, now = find_event(slug), AllowanceForm(), utcnow()
    if not form.validate_on_submit() or form.found is None:
        return _page(event, form), 422
    verbs.set_allowances(event, {form.found: form.places.data}, now=now, by=g.user)
    seats.capacities_changed(event, now=now)
    db.session.commit()
    places = plural(form.places.data or 0, "place", "places")
    flash(f"{form.found.full_label}\u00a0: {places} au plus.", "success")
    return _back(event)


@bp.post(f"{PAGE}/<id_fs>/retrait")
@access.member
def remove_allowance(slug: str, id_fs: str) -> Any:
    event, now = find_event(slug), utcnow()
    structure = db.first_or_404(db.select(Structure).where(Structure.id_fs == id_fs))
    verbs.set_allowances(event, {structure: None}, now=now, by=g.user)
    seats.capacities_changed(event, now=now)
    db.session.commit()
    flash(f"{structure.full_label} a de nouveau les places de toutes les structures.", "success")
    return _back(event)


def _back(event: Event) -> Any:
    for sentence in warnings(event, now=utcnow(), about="registrations_organiser.allowances"):
        flash(sentence, "warning")
    return redirect(url_for(".allowances", slug=event.slug), 303)


def _page(event: Event, form: AllowanceForm) -> str:
    before, after = request.args.get("avant"), request.args.get("apres")
    shown = page(verbs.allowances(event), BY_NAME, before=before, after=after)
    return render_template(
        "registrations/organiser/allowances.html",
        event=event,
        organisation=event.organisation,
        form=form,
        page=shown,
        held=verbs.places_held(event, [row.structure_id for row in shown.rows]),
        demands=verbs.in_demand(event, now=utcnow()),
        is_released=structures_are_released(event, utcnow()),
        structures=structure_labels(event),
    )
