"""`/gestion/evenements/<slug>/inscriptions/import`: send a file, read what would happen, apply or give up."""

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
from eventapp.registrations.desk import importing
from eventapp.registrations.desk.forms import ImportForm, OverLimitsForm
from eventapp.registrations.desk.models import RegistrationImport
from eventapp.registrations.desk.reading_people import COLUMNS, PHONE
from eventapp.registrations.views.organiser import bp, find_event
from eventapp.registrations.views.telling import say_each
from eventapp.spreadsheets.reading import read

TOO_LARGE = "Le fichier dépasse 5\u00a0Mo."
EXAMPLE = {
    "Prénom": "Amandine",
    "Nom": "Lefèvre-Duquesnoy",
    "Adresse électronique": "a.lefevre@france-services.example",
    "Structure": "France services de Saint-Erme",
    "Fonction": "Conseillère",
    "Téléphone": "03 23 97 53 90",
}


@bp.route("/gestion/evenements/<slug>/inscriptions/import", methods=["GET", "POST"])
@access.member
def import_file(slug: str) -> Any:
    event, form = find_event(slug), ImportForm()
    if not form.validate_on_submit():
        return upload_page(event, form), 422 if form.is_submitted() else 200
    try:
        with closing(form.file.data) as upload:
            table = read(upload.stream, importing.LIMITS)
        importing.preview(event, table, now=utcnow())
    except Refused as refusal:
        db.session.rollback()
        form.file.errors = [str(refusal)]
        return upload_page(event, form), 422
    name = form.file.data.filename
    draft = RegistrationImport.keep(event.id, table, name, now=utcnow(), by_id=g.user.id)
    db.session.commit()
    more: dict[str, Any] = {"incomplets": "oui"} if form.incomplete.data else {}
    return redirect(url_for(".import_preview", slug=slug, import_id=draft.id, **more), 303)


@bp.get("/gestion/evenements/<slug>/inscriptions/import/<int:import_id>")
@access.member
def import_preview(slug: str, import_id: int) -> Any:
    event = find_event(slug)
    draft = RegistrationImport.find_or_404(event.id, import_id)
    try:
        incomplete = bool(request.args.get("incomplets"))
        preview = importing.preview(event, draft.table, now=utcnow(), incomplete=incomplete)
    except Refused as refusal:
        flash(str(refusal), "error")
        return redirect(url_for(".import_file", slug=slug), 303)
    return render_template(
        "registrations/organiser/import_preview.html",
        event=event,
        organisation=event.organisation,
        draft=draft,
        preview=preview,
        incomplete=incomplete,
    )


@bp.post("/gestion/evenements/<slug>/inscriptions/import/<int:import_id>/application")
@access.member
def import_apply(slug: str, import_id: int) -> Any:
    event = find_event(slug)
    hold(event)
    draft = RegistrationImport.find(event.id, import_id)
    if draft is None:
        return _already_done(event, import_id)
    beyond = OverLimitsForm()
    if beyond.lacks_reason:
        flash("Personne n’est encore inscrit\u00a0: écrivez le motif pour aller au-delà des limites.", "error")
        return _preview_again(slug, import_id)
    about = _wanted(beyond)
    table, about["filename"], about["draft_id"] = draft.table, draft.filename, import_id
    db.session.delete(draft)
    try:
        applied = importing.apply(event, table, now=utcnow(), by=g.user, **about)
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return redirect(url_for(".import_file", slug=slug), 303)
    db.session.commit()
    return _applied(event, applied)


@bp.post("/gestion/evenements/<slug>/inscriptions/import/<int:import_id>/abandon")
@access.member
def import_leave(slug: str, import_id: int) -> Any:
    event = find_event(slug)
    hold(event)
    draft = RegistrationImport.find(event.id, import_id)
    if draft is None:
        return _already_done(event, import_id)
    importing.note_left(event, import_id, draft.filename, now=utcnow(), by=g.user)
    db.session.delete(draft)
    db.session.commit()
    return _left(event)


@bp.get("/gestion/evenements/<slug>/inscriptions/modele.<kind>")
@access.member
def import_model(slug: str, kind: str) -> Response:
    """An empty file with the right titles and one example."""
    event = find_event(slug)
    columns = ordered_columns(event)
    example = EXAMPLE | {"Catégorie": event.categories[0].name if event.categories else ""}
    return downloads.spreadsheet(kind, "Modèle inscriptions", columns, [[example.get(name, "") for name in columns]])


def _too_large(slug: str) -> str:
    form = ImportForm(formdata=None)
    form.file.errors = [TOO_LARGE]
    return upload_page(find_event(slug), form)


uploads.explain_too_large(bp, "import_file", _too_large)


def _preview_again(slug: str, import_id: int) -> Any:
    more: dict[str, Any] = {"incomplets": "oui"} if request.form.get("incomplete") else {}
    return redirect(url_for(".import_preview", slug=slug, import_id=import_id, **more), 303)


def _wanted(beyond: OverLimitsForm) -> dict[str, Any]:
    ticked: dict[str, Any] = {name: bool(request.form.get(name)) for name in ("tell", "incomplete")}
    return ticked | {"over_limits": bool(beyond.over_limits.data), "reason": beyond.over_reason.data or ""}


def ordered_columns(event: Event) -> list[str]:
    """Identity first, then sessions, then the event's own questions."""
    wanted = importing.columns_of(event)
    usual = COLUMNS | PHONE | importing.SESSIONS
    return [*usual, *(name for name in wanted if name not in usual)]


def _already_done(event: Event, import_id: int) -> Any:
    """The second press of a button: it hears what the first one did."""
    ended = importing.ended(event, import_id) or abort(404)
    return _left(event) if ended is True else _applied(event, ended)


def _applied(event: Event, applied: importing.Applied) -> Any:
    beyond = f", dont {applied.forced} au-delà des limites" if applied.forced else ""
    waiting = f", {plural(applied.waiting, 'personne', 'personnes')} en attente" if applied.waiting else ""
    flash(f"{plural(applied.confirmed, 'place confirmée', 'places confirmées')}{beyond}{waiting}.", "success")
    say_each(applied.said, ("autre ligne refusée", "autres lignes refusées"))
    return redirect(url_for(".index", slug=event.slug, tri="-date"), 303)


def _left(event: Event) -> Any:
    flash("L’import est abandonné\u00a0: personne n’a été inscrit.", "info")
    return redirect(url_for(".index", slug=event.slug), 303)


def upload_page(event: Event, form: ImportForm) -> str:
    return render_template(
        "registrations/organiser/import.html",
        event=event,
        organisation=event.organisation,
        form=form,
        waiting=RegistrationImport.latest(event.id),
        columns=ordered_columns(event),
        needed=importing.needed_columns(event),
        most=importing.MOST_LINES,
        models=[
            (kind.upper(), url_for(".import_model", slug=event.slug, kind=kind)) for kind in ("csv", "xlsx", "ods")
        ],
    )
