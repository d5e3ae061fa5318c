"""The event file for organisers: download, upload, and a copy at another date."""

from contextlib import closing
from dataclasses import fields
from datetime import date
from typing import Any

from flask import abort, flash, g, render_template

from eventapp import access, uploads
from eventapp.accounts.models import ORGANISING, Organisation
from eventapp.clock import utcnow
from eventapp.downloads import attachment
from eventapp.errors import Refused
from eventapp.events import lifecycle
from eventapp.events.forms import DuplicateForm, FileForm, point_at
from eventapp.events.models import Event
from eventapp.events.views.blueprint import EVENT, back_to, bp, find_event
from eventapp.exchange import applying, guests_again, reading, taking, writing
from eventapp.exchange.duplicating import Parts, counts
from eventapp.exchange.duplicating import duplicate as copy
from eventapp.exchange.event_file import EventFile
from eventapp.exchange.faults import BadFile, Fault
from eventapp.exchange.guests_again import Brought
from eventapp.extensions import db


@bp.get(f"{EVENT}/fichier.json")
@access.member
def export_file(slug: str) -> Any:
    event = find_event(slug)
    return attachment(writing.as_text(taking.take(event)).encode(), f"{event.slug}.json", "application/json")


@bp.get("/gestion/evenements/fichier")
@access.member
def import_file() -> str:
    _organisers_only()
    return render_template("events/organiser/import.html", form=FileForm(), faults=[])


@bp.post("/gestion/evenements/fichier")
@access.member
def do_import_file() -> Any:
    _organisers_only()
    form = FileForm()
    if not form.validate_on_submit():
        return render_template("events/organiser/import.html", form=form, faults=[]), 422
    try:
        with closing(form.file.data) as upload:
            file = reading.read_bytes(upload.stream.read(reading.LARGEST_FILE + 1))
        _refuse_foreign(file)
        outcome = applying.import_file(file, publish=False, update=False, now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        form.file.errors = [str(refusal)]
        faults = refusal.faults if isinstance(refusal, BadFile) else []
        return render_template("events/organiser/import.html", form=form, faults=faults[:100]), 422
    db.session.commit()
    flash("L’événement du fichier est créé, en brouillon.", "success")
    return back_to(outcome.event)


def _too_large() -> str:
    _organisers_only()
    form = FileForm(formdata=None)
    form.file.errors = [reading.FileTooLarge.message]
    return render_template("events/organiser/import.html", form=form, faults=[])


uploads.explain_too_large(bp, "do_import_file", _too_large)


@bp.get(f"{EVENT}/copie")
@access.member
def duplicate(slug: str) -> str:
    event = find_event(slug)
    return _page(event, DuplicateForm(data={"title": event.title}))


@bp.post(f"{EVENT}/copie")
@access.member
def do_duplicate(slug: str) -> Any:
    event, form = find_event(slug), DuplicateForm()
    if not form.validate_on_submit() or form.starts_on.data is None:
        return _page(event, form), 422
    try:
        made, brought = _copied(event, form, form.starts_on.data)
    except Refused as refusal:
        db.session.rollback()
        point_at(form, refusal)
        return _page(event, form), 422
    db.session.commit()
    flash(f"La copie est créée, en brouillon. {brought.sentence if brought else ''}".strip(), "success")
    return back_to(made)


def _copied(event: Event, form: DuplicateForm, starts_on: date) -> tuple[Event, Brought | None]:
    title, now = form.title.data or "", utcnow()
    slug = form.slug.data or lifecycle.free_slug(title, starts_on.year)
    parts = Parts(**{part.name: form[part.name].data for part in fields(Parts)})
    made = copy(event, slug=slug, title=title, starts_on=starts_on, parts=parts, now=now, by=g.user)
    brought = guests_again.bring(event, made, now=now, by=g.user) if form.guests.data else None
    return made, brought


def _page(event: Event, form: DuplicateForm) -> str:
    return render_template(
        "events/organiser/duplicate.html",
        event=event, organisation=event.organisation, form=form, counts=counts(event, now=utcnow()),
        guests=guests_again.count(event),
    )  # fmt: skip


def _organisers_only() -> None:
    """404 for whoever organises nothing."""
    if not g.user.organisation_ids(*ORGANISING):
        abort(404)


def _refuse_foreign(file: EventFile) -> None:
    """An organiser imports only into their own organisations; new ones are made by command."""
    mine = db.select(Organisation.slug).where(Organisation.id.in_(g.user.organisation_ids(*ORGANISING)))
    if file.organisation.slug not in db.session.scalars(mine).all():
        raise BadFile([Fault("organisation.slug", "not your organisation")])
