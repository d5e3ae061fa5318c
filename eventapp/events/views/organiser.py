"""The organiser's events: list, creation, modification. The other acts are in the modules beside this one."""

from typing import Any

from flask import abort, flash, g, render_template, request

from eventapp import access
from eventapp.accounts.models import ORGANISING, Organisation
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events import lifecycle, listing
from eventapp.events.event_forms import DetailsForm, EventForm, NewEventForm
from eventapp.events.fields import choices_of, in_words
from eventapp.events.forms import point_at
from eventapp.events.models import Event, Venue
from eventapp.events.views import (
    agenda_imports,
    categories,
    drafts,
    files,
    preview,
    releases,
    report,
    states,
    templates,
)
from eventapp.events.views.blueprint import EVENT, back_to, bp, find_event
from eventapp.exchange.telling import everyone_to_tell
from eventapp.extensions import db
from eventapp.registrations import seats
from eventapp.registrations.places.over_limits import warnings

__all__ = [
    "agenda_imports",
    "bp",
    "categories",
    "drafts",
    "files",
    "preview",
    "releases",
    "report",
    "states",
    "templates",
]  # their routes are on `bp`


@bp.get("/gestion/")
@access.member
def index() -> str:
    wanted = listing.Wanted.of(request.args)
    page = listing.page(Event.managed_by(g.user), wanted, now=utcnow())
    return render_template(
        "events/organiser/index.html",
        page=page,
        wanted=wanted,
        states=listing.STATES,
        registered=listing.registered(page.rows),
        has_any=bool(wanted.is_narrowed or page.rows),
        may_create=bool(_organisations()),
    )


@bp.get("/gestion/evenements/nouveau")
@access.member
def new() -> Any:
    return _new_page(_new_form())


@bp.post("/gestion/evenements/nouveau")
@access.member
def create() -> Any:
    form = _new_form()
    if not form.validate_on_submit() or form.starts_at is None:
        return _new_page(form), 422
    organisation = next(o for o in _organisations() if o.slug == form.organisation.data)
    facts = form.facts(Venue())
    slug = form.slug.data or lifecycle.free_slug(form.title.data or "", form.starts_at.year)
    try:
        event = lifecycle.create(organisation, slug=slug, now=utcnow(), by=g.user, **facts)
    except Refused as refusal:
        db.session.rollback()
        point_at(form, refusal)
        return _new_page(form), 422
    db.session.commit()
    flash(
        "L’événement est créé, en brouillon\u00a0: vous seuls le voyez. Ajoutez ses catégories et son programme.",
        "success",
    )
    return back_to(event)


@bp.get(f"{EVENT}/modification")
@access.member
def edit(slug: str) -> str:
    event = find_event(slug)
    return _edit_page(event, _form_of(event))


@bp.post(f"{EVENT}/modification")
@access.member
def update(slug: str) -> Any:
    event = find_event(slug)
    form = _form_of(event)
    if not form.validate_on_submit():
        return _edit_page(event, form), 422
    now = utcnow()
    try:
        lifecycle.edit(event, form.facts(event.venue), now=now, by=g.user, revision=form.revision.data)
        seats.capacities_changed(event, now=now)
    except lifecycle.EditedMeanwhile as refusal:
        db.session.rollback()
        return _meanwhile(event, form, refusal), 409
    except Refused as refusal:
        db.session.rollback()
        point_at(form, refusal)
        return _edit_page(event, form), 422
    db.session.commit()
    flash("Les modifications sont enregistrées.", "success")
    for sentence in warnings(event, now=now):
        flash(sentence, "warning")
    return back_to(event)


def _form_of(event: Event) -> DetailsForm:
    """Once released or awaited, date and place change through « Déplacer », which says whom it tells."""
    is_awaited = event.is_public or event.cancelled_at is not None or everyone_to_tell(event) > 0
    return DetailsForm.of(event) if is_awaited else EventForm.of(event)


def _edit_page(event: Event, form: DetailsForm, **more: Any) -> str:
    return render_template(
        "events/organiser/edit.html", event=event, organisation=event.organisation, form=form,
        dated=isinstance(form, EventForm), differences=more.get("differences", []),
    )  # fmt: skip


def _meanwhile(event: Event, form: DetailsForm, refusal: Refused) -> str:
    """What was typed, beside what a colleague saved; sending again keeps what was typed."""
    stored = type(form).of(event, formdata=None)
    differences = [
        (field.label.text, in_words(stored[field.name]))
        for field in form
        if field.name in stored and field.name != "revision" and (field.data or "") != (stored[field.name].data or "")
    ]
    form.revision.data = event.revision
    form.revision.raw_data = None
    form.form_errors.append(str(refusal))
    return _edit_page(event, form, differences=differences)


def _new_form() -> NewEventForm:
    """404 for whoever organises nothing."""
    organisations = _organisations()
    if not organisations:
        abort(404)
    form = NewEventForm()
    form.organisation.choices = choices_of({o.slug: o.name for o in organisations})
    return form


def _new_page(form: NewEventForm) -> str:
    return render_template("events/organiser/new.html", form=form)


def _organisations() -> list[Organisation]:
    mine = Organisation.id.in_(g.user.organisation_ids(*ORGANISING))
    return list(db.session.scalars(db.select(Organisation).where(mine).order_by(Organisation.name, Organisation.id)))
