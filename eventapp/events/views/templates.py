"""Templates of events: keep an event as one, begin an event from one, rename, delete."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

from eventapp import access
from eventapp.accounts.models import ORGANISING, Organisation
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.fields import choices_of
from eventapp.events.forms import point_at
from eventapp.events.listing import LONGEST_SEARCH
from eventapp.events.models import Event, Wording
from eventapp.events.views.blueprint import EVENT, back_to, bp, check_token, find_event
from eventapp.exchange import templates as verbs
from eventapp.exchange.models import EventTemplate
from eventapp.exchange.starters import STARTERS
from eventapp.exchange.template_forms import KeepTemplateForm, StartForm, TemplateNameForm
from eventapp.extensions import db

TEMPLATE = "/gestion/modeles/<int:template_id>"
LARGEST_ID = 2**31 - 1
NO_LETTERS: dict[str, Any] = {"letters": [], "automatic": [], "wording": Wording.INVITATION}
SEARCHED_FROM = 8  # templates, below which the whole list is read as fast


@bp.get("/gestion/modeles")
@access.member
def templates() -> str:
    organisations = _organisations()
    found = list(db.session.scalars(verbs.of_user(g.user)))
    text = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    return render_template(
        "events/organiser/templates.html", templates=verbs.matching(found, text), starters=STARTERS.values(), text=text,
        searchable=len(found) >= SEARCHED_FROM, any=bool(found), several=len(organisations) > 1,
        removed=db.session.scalars(verbs.removed_of_user(g.user, now=utcnow())).all(),
    )  # fmt: skip


@bp.route(f"{EVENT}/modele", methods=["GET", "POST"])
@access.member
def keep_template(slug: str) -> Any:
    event = find_event(slug)
    form = KeepTemplateForm(data={"name": event.title[:120]})
    if not form.validate_on_submit():
        return _keep_page(event, form), 422 if form.is_submitted() else 200
    try:
        verbs.keep(event, form.name.data or "", replaces=form.replaces.data, now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        point_at(form, refusal)
        return _keep_page(event, form, taken=True), 422
    db.session.commit()
    flash(f"Le modèle «\u00a0{form.name.data}\u00a0» est enregistré.", "success")
    return redirect(url_for(".templates"), 303)


@bp.route(f"{TEMPLATE}/evenement", methods=["GET", "POST"])
@access.member
def start_from_template(template_id: int) -> Any:
    template = _find(template_id)
    kept = {"letters": template.letters, "automatic": template.automatic, "wording": template.wording}
    return _start(template.name, [template.organisation], template.file, kept)


@bp.route("/gestion/modeles/fournis/<starter>/evenement", methods=["GET", "POST"])
@access.member
def start_from_starter(starter: str) -> Any:
    organisations, found = _organisations(), STARTERS.get(starter) or abort(404)
    return _start(found.name, organisations, found.file, NO_LETTERS)


@bp.route(f"{TEMPLATE}/nom", methods=["GET", "POST"])
@access.member
def rename_template(template_id: int) -> Any:
    template = _find(template_id)
    form = TemplateNameForm(data={"name": template.name})
    if not form.validate_on_submit():
        return _rename_page(template, form), 422 if form.is_submitted() else 200
    try:
        verbs.rename(template, form.name.data or "")
    except Refused as refusal:
        db.session.rollback()
        point_at(form, refusal)
        return _rename_page(template, form), 422
    db.session.commit()
    flash("Le modèle est renommé.", "success")
    return redirect(url_for(".templates"), 303)


@bp.get(f"{TEMPLATE}/suppression")
@access.member
def remove_template(template_id: int) -> str:
    return render_template("events/organiser/template_remove.html", template=_find(template_id))


@bp.post(f"{TEMPLATE}/suppression")
@access.member
def do_remove_template(template_id: int) -> Any:
    template = _find(template_id)
    check_token()
    verbs.remove(template, now=utcnow())
    db.session.commit()
    kept = "il peut être rétabli pendant 30\u00a0jours, au bas de cette page"
    flash(f"Le modèle «\u00a0{template.name}\u00a0» est supprimé\u00a0: {kept}.", "success")
    return redirect(url_for(".templates"), 303)


@bp.post(f"{TEMPLATE}/retablissement")
@access.member
def restore_template(template_id: int) -> Any:
    template = _find(template_id, removed=True)
    check_token()
    try:
        verbs.restore(template)
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return redirect(url_for(".templates"), 303)
    db.session.commit()
    flash(f"Le modèle «\u00a0{template.name}\u00a0» est rétabli.", "success")
    return redirect(url_for(".templates"), 303)


def _start(name: str, organisations: list[Organisation], file: Mapping[str, Any], kept: Mapping[str, Any]) -> Any:
    form = StartForm(data={"title": file["title"], "key": secrets.token_hex(16)})
    form.organisation.choices = choices_of({one.slug: one.name for one in organisations})
    if not form.validate_on_submit() or form.starts_on.data is None:
        return _start_page(name, file, form, kept), 422 if form.is_submitted() else 200
    owner = next(one for one in organisations if one.slug == form.organisation.data)
    event = verbs.started(owner, form.key.data) if form.key.data else None
    try:
        event = event or _begun(name, owner, file, form, kept)
    except Refused as refusal:
        db.session.rollback()
        point_at(form, refusal)
        return _start_page(name, file, form, kept), 422
    db.session.commit()
    flash(
        "L’événement est créé d’après le modèle, en brouillon\u00a0: complétez le lieu, les dates, les noms.", "success"
    )
    return back_to(event)


def _begun(name: str, owner: Organisation, file: Any, form: StartForm, kept: Mapping[str, Any]) -> Event:
    act: dict[str, Any] = {"now": utcnow(), "by": g.user}
    asked: dict[str, Any] = {"title": form.title.data, "starts_on": form.starts_on.data}
    event = verbs.start(owner, file, **kept, **asked, **act)
    verbs.note_start(event, name, form.key.data or "", **act)
    return event


def _organisations() -> list[Organisation]:
    """404 for whoever organises nothing."""
    mine = Organisation.id.in_(g.user.organisation_ids(*ORGANISING))
    return list(db.session.scalars(db.select(Organisation).where(mine).order_by(Organisation.name))) or abort(404)


def _find(template_id: int, *, removed: bool = False) -> EventTemplate:
    found = verbs.removed_of_user(g.user, now=utcnow()) if removed else verbs.of_user(g.user)
    template: EventTemplate = db.first_or_404(found.where(EventTemplate.id == min(template_id, LARGEST_ID)))
    return template


def _keep_page(event: Event, form: KeepTemplateForm, *, taken: bool = False) -> str:
    return render_template(
        "events/organiser/template_keep.html", event=event, organisation=event.organisation, form=form, taken=taken
    )


def _rename_page(template: EventTemplate, form: TemplateNameForm) -> str:
    return render_template("events/organiser/template_rename.html", template=template, form=form)


def _start_page(name: str, file: Mapping[str, Any], form: StartForm, kept: Mapping[str, Any]) -> str:
    return render_template("events/organiser/template_start.html", name=name, file=file, form=form, kept=kept)
