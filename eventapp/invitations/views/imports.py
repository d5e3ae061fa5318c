"""Guests from a file: send it, read what would happen, apply or give up."""

from contextlib import closing
from typing import Any

from flask import Response, abort, flash, g, redirect, render_template, request, url_for

from eventapp import access, downloads, uploads
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import plural
from eventapp.invitations import importing
from eventapp.invitations.forms import ImportForm
from eventapp.invitations.listing import number
from eventapp.invitations.models import GuestImport
from eventapp.invitations.views.organiser import bp, managed
from eventapp.spreadsheets.reading import read

SHOWN = 200  # lines of each kind on the preview; the counts are exact
MOST_DOUBTS = 800  # each has a box, and a form has at most 1,000
TOO_LARGE = "Le fichier dépasse 5\u00a0Mo."
EXAMPLE = (
    "Amandine",
    "Lefèvre-Duquesnoy",
    "a.lefevre@france-services.example",
    "France services de Saint-Erme",
    "",
    "Conseillère",
    "",
    "",
)
STRUCTURE_EXAMPLE = ("", "", "laon@france-services.example", "France services de Laon", "", "", "", "2")


@bp.route("/gestion/evenements/<slug>/invites/import", methods=["GET", "POST"])
@access.member
def import_file(slug: str) -> Any:
    event = managed(slug)
    form = ImportForm()
    if not form.validate_on_submit():
        return _upload_page(event, form), 422 if form.is_submitted() else 200
    try:
        with closing(form.file.data) as upload:
            table = read(upload.stream)
        importing.preview(event, table)
    except Refused as refusal:
        db.session.rollback()
        form.file.errors = [str(refusal)]
        return _upload_page(event, form), 422
    draft = GuestImport.keep(event.id, table, form.file.data.filename, now=utcnow(), by_id=g.user.id)
    db.session.commit()
    return redirect(url_for(".import_preview", slug=slug, import_id=draft.id), 303)


@bp.get("/gestion/evenements/<slug>/invites/import/<int:import_id>")
@access.member
def import_preview(slug: str, import_id: int) -> str:
    event = managed(slug)
    draft = GuestImport.find_or_404(event.id, import_id)
    return render_template(
        "invitations/organiser/import_preview.html",
        event=event,
        organisation=event.organisation,
        draft=draft,
        preview=_preview(event, draft),
        shown=SHOWN,
        most_doubts=MOST_DOUBTS,
    )


@bp.post("/gestion/evenements/<slug>/invites/import/<int:import_id>/application")
@access.member
def import_apply(slug: str, import_id: int) -> Any:
    event = managed(slug)
    hold(event)
    draft = GuestImport.find(event.id, import_id)
    if draft is None:
        return _already_done(event, import_id)
    decided = _preview(event, draft)
    ticked = {number(text) for text in request.form.getlist("lignes")}
    origin = f"fichier «\u00a0{draft.filename}\u00a0»"[:200]
    added = importing.apply(event, decided, origin=origin, now=utcnow(), by=g.user, ticked=ticked)
    importing.note_applied(event, draft, added, now=utcnow(), by=g.user)
    db.session.delete(draft)
    db.session.commit()
    return _applied(event, added)


@bp.post("/gestion/evenements/<slug>/invites/import/<int:import_id>/abandon")
@access.member
def import_leave(slug: str, import_id: int) -> Any:
    event = managed(slug)
    hold(event)
    draft = GuestImport.find(event.id, import_id)
    if draft is None:
        return _already_done(event, import_id)
    importing.note_left(event, draft, now=utcnow(), by=g.user)
    db.session.delete(draft)
    db.session.commit()
    return _left(event)


@bp.get("/gestion/evenements/<slug>/invites/modele.<kind>")
@access.member
def import_model(slug: str, kind: str) -> Response:
    """A file with the right titles, a person and a structure as examples."""
    event = managed(slug)
    category = event.categories[0].name if event.categories else ""
    rows = [(*EXAMPLE[:-2], category, ""), STRUCTURE_EXAMPLE]
    return downloads.spreadsheet(kind, "Modèle invités", tuple(importing.COLUMNS), rows)


def _already_done(event: Event, import_id: int) -> Any:
    """The second press of a button: it hears what the first one did."""
    entry = importing.ended(event, import_id) or abort(404)
    return _applied(event, entry.details["added"]) if "added" in entry.details else _left(event)


def _applied(event: Event, added: int) -> Any:
    flash(f"{plural(added, 'invité ajouté', 'invités ajoutés')}. Aucune invitation n’est encore partie.", "success")
    return redirect(url_for(".guests", slug=event.slug), 303)


def _left(event: Event) -> Any:
    flash("L’import est abandonné\u00a0: rien n’a été ajouté.", "info")
    return redirect(url_for(".guests", slug=event.slug), 303)


def _preview(event: Event, draft: GuestImport) -> importing.Preview:
    others = [other for other in GuestImport.latest(event.id) if other.id != draft.id]
    return importing.preview(event, draft.table, others=others)


def _too_large(slug: str) -> str:
    form = ImportForm(formdata=None)
    form.file.errors = [TOO_LARGE]
    return _upload_page(managed(slug), form)


uploads.explain_too_large(bp, "import_file", _too_large)


def _upload_page(event: Event, form: ImportForm) -> str:
    return render_template(
        "invitations/organiser/import.html",
        event=event,
        organisation=event.organisation,
        form=form,
        waiting=GuestImport.latest(event.id),
        columns=importing.COLUMNS,
        needed=importing.NEEDED,
    )
