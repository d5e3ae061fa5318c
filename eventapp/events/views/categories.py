"""The categories of participants: added, changed, ordered and removed one by one, without JavaScript."""

from typing import Any

from flask import abort, flash, g, render_template

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events import categories as verbs
from eventapp.events.forms import CategoryForm, point_at
from eventapp.events.models import Category, Event
from eventapp.events.views.blueprint import EVENT, back_to, bp, check_token, find_event, refused
from eventapp.extensions import db
from eventapp.registrations import seats
from eventapp.registrations.places.limits import places
from eventapp.registrations.places.over_limits import warnings

CATEGORY = f"{EVENT}/categories/<category_slug>"


@bp.get(f"{EVENT}/categories")
@access.member
def categories(slug: str) -> str:
    return _page(find_event(slug), CategoryForm())


@bp.post(f"{EVENT}/categories")
@access.member
def add_category(slug: str) -> Any:
    event, form = find_event(slug), CategoryForm()
    if not form.validate_on_submit():
        return _page(event, form), 422
    try:
        verbs.add(event, name=form.name.data or "", capacity=form.capacity.data, now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        point_at(form, refusal)
        return _page(event, form), 422
    db.session.commit()
    flash("La catégorie est ajoutée.", "success")
    return back_to(event, "events_organiser.categories")


@bp.get(f"{CATEGORY}/modification")
@access.member
def edit_category(slug: str, category_slug: str) -> str:
    category = _find(slug, category_slug)
    return _edit_page(category, CategoryForm(obj=category))


@bp.post(f"{CATEGORY}/modification")
@access.member
def update_category(slug: str, category_slug: str) -> Any:
    category, form, now = _find(slug, category_slug), CategoryForm(), utcnow()
    if not form.validate_on_submit():
        return _edit_page(category, form), 422
    try:
        verbs.edit(category, name=form.name.data or "", capacity=form.capacity.data, now=now, by=g.user)
        seats.capacities_changed(category.event, now=now)
    except Refused as refusal:
        db.session.rollback()
        point_at(form, refusal)
        return _edit_page(category, form), 422
    db.session.commit()
    flash("La catégorie est modifiée.", "success")
    for sentence in warnings(category.event, now=now, about="events_organiser.edit_category"):
        flash(sentence, "warning")
    return back_to(category.event, "events_organiser.categories")


@bp.post(f"{CATEGORY}/montee")
@access.member
def raise_category(slug: str, category_slug: str) -> Any:
    category = _find(slug, category_slug)
    check_token()
    verbs.move_up(category, now=utcnow())
    db.session.commit()
    return back_to(category.event, "events_organiser.categories")


@bp.post(f"{CATEGORY}/suppression")
@access.member
def remove_category(slug: str, category_slug: str) -> Any:
    category = _find(slug, category_slug)
    event, now = category.event, utcnow()
    check_token()
    try:
        verbs.remove(category, now=now, by=g.user)
        seats.capacities_changed(event, now=now)
    except Refused as refusal:
        return refused(event, refusal, "events_organiser.categories")
    db.session.commit()
    flash("La catégorie est supprimée.", "success")
    return back_to(event, "events_organiser.categories")


def _find(slug: str, category_slug: str) -> Category:
    found = next((c for c in find_event(slug).categories if c.slug == category_slug), None)
    if found is None:
        abort(404)
    return found


def _page(event: Event, form: CategoryForm) -> str:
    return render_template(
        "events/organiser/categories.html",
        event=event, organisation=event.organisation, form=form, taken=places(event).taken,
    )  # fmt: skip


def _edit_page(category: Category, form: CategoryForm) -> str:
    event = category.event
    return render_template(
        "events/organiser/category.html", event=event, organisation=event.organisation, category=category, form=form,
        taken=places(event).taken[category.id],
    )  # fmt: skip
