"""A programme from a file of another program: send it, read what would change, put it into the draft or leave it."""

from contextlib import closing
from typing import Any

from flask import flash, g, redirect, render_template, url_for

from eventapp import access, uploads
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.events.views.blueprint import EVENT, back_to, bp, check_token, find_event, refused
from eventapp.exchange import agenda_import
from eventapp.exchange.agenda_forms import REPLACE, AgendaDecisionForm, AgendaFileForm
from eventapp.exchange.faults import BadFile
from eventapp.exchange.foreign import LARGEST_FILE, AgendaTooLarge
from eventapp.exchange.models import AgendaImport
from eventapp.extensions import db

PROGRAMME = "agenda_organiser.programme"
SHOWN = 400  # rows; the counts are exact


@bp.get(f"{EVENT}/programme/import")
@access.member
def import_agenda(slug: str) -> str:
    return _upload_page(find_event(slug), AgendaFileForm())


@bp.post(f"{EVENT}/programme/import")
@access.member
def do_import_agenda(slug: str) -> Any:
    event, form = find_event(slug), AgendaFileForm()
    if not form.validate_on_submit():
        return _upload_page(event, form), 422
    try:
        with closing(form.file.data) as upload:
            content = upload.stream.read(LARGEST_FILE + 1)
        hold(event)
        name, moves = form.file.data.filename or "", form.to_first_day.data
        kept = agenda_import.keep(event, name, content, now=utcnow(), by=g.user, to_first_day=moves)
    except Refused as refusal:
        db.session.rollback()
        form.file.errors = [str(refusal)]
        return _upload_page(event, form, refusal.faults[:100] if isinstance(refusal, BadFile) else []), 422
    db.session.commit()
    return redirect(url_for(".agenda_preview", slug=slug, import_key=kept.key), 303)


@bp.get(f"{EVENT}/programme/import/<import_key>")
@access.member
def agenda_preview(slug: str, import_key: str) -> Any:
    event = find_event(slug)
    kept = _find(event, import_key)
    return _preview_page(event, kept, AgendaDecisionForm()) if kept.taken_at is None else _taken(event)


@bp.post(f"{EVENT}/programme/import/<import_key>/reprise")
@access.member
def take_agenda(slug: str, import_key: str) -> Any:
    event, form = find_event(slug), AgendaDecisionForm()
    hold(event)
    kept = _find(event, import_key)
    if kept.taken_at is not None:
        return _taken(event)
    if not form.validate_on_submit():
        return _preview_page(event, kept, form), 422
    try:
        changes = agenda_import.take_over(event, kept, replaces=form.way.data == REPLACE, now=utcnow(), by=g.user)
    except Refused as refusal:
        return refused(event, refusal, "events_organiser.import_agenda")
    db.session.commit()
    if not changes:
        flash("Ce fichier ne change rien au programme\u00a0: tout y est déjà.", "info")
        return back_to(event, PROGRAMME)
    return _taken(event)


@bp.post(f"{EVENT}/programme/import/<import_key>/abandon")
@access.member
def leave_agenda(slug: str, import_key: str) -> Any:
    event = find_event(slug)
    check_token()
    hold(event)
    db.session.delete(_find(event, import_key))
    db.session.commit()
    flash("L’import est abandonné\u00a0: le programme reste comme il était.", "info")
    return back_to(event, PROGRAMME)


def _too_large(slug: str) -> str:
    form = AgendaFileForm(formdata=None)
    form.file.errors = [AgendaTooLarge.message]
    return _upload_page(find_event(slug), form)


uploads.explain_too_large(bp, "do_import_agenda", _too_large)


def _find(event: Event, import_key: str) -> AgendaImport:
    mine = AgendaImport.event_id == event.id, AgendaImport.key == import_key
    found: AgendaImport = db.first_or_404(db.select(AgendaImport).where(*mine))
    return found


def _taken(event: Event) -> Any:
    """The same to a second press of the button."""
    done = "dans le brouillon\u00a0: relisez, puis publiez" if event.draft else "dans le programme"
    flash(f"Les sessions du fichier sont {done}.", "success")
    return back_to(event, "events_organiser.draft" if event.draft else PROGRAMME)


def _upload_page(event: Event, form: AgendaFileForm, faults: Any = ()) -> str:
    open_ones = AgendaImport.event_id == event.id, AgendaImport.taken_at.is_(None)
    waiting = db.select(AgendaImport).where(*open_ones).order_by(AgendaImport.id.desc())
    return render_template(
        "events/organiser/agenda_import.html",
        event=event, organisation=event.organisation, desk_room="agenda_organiser", form=form, faults=faults,
        waiting=db.session.scalars(waiting.limit(5)).all(),
    )  # fmt: skip


def _preview_page(event: Event, kept: AgendaImport, form: AgendaDecisionForm) -> str:
    return render_template(
        "events/organiser/agenda_preview.html",
        event=event, organisation=event.organisation, desk_room="agenda_organiser", form=form, kept=kept,
        preview=agenda_import.preview(event, kept), shown=SHOWN,
    )  # fmt: skip
