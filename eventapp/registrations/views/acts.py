"""`/gestion/evenements/<slug>/inscriptions/<id>/…`: a note about a registration, its cancellation undone."""

from typing import Any

from flask import flash, g, render_template

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.invitations import answering
from eventapp.registrations.desk import notes, undoing
from eventapp.registrations.desk.forms import NoteForm
from eventapp.registrations.models import Registration
from eventapp.registrations.views.corrections import to_detail
from eventapp.registrations.views.organiser import bp, find


@bp.get("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/note")
@access.member
def note(slug: str, registration_id: int) -> Any:
    registration = find(slug, registration_id)
    return note_page(registration, NoteForm(data={"note": registration.note}))


@bp.post("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/note")
@access.member
def write_note(slug: str, registration_id: int) -> Any:
    registration, form = find(slug, registration_id), NoteForm()
    if not form.validate_on_submit():
        return note_page(registration, form), 422
    notes.write(registration, form.note.data or "", now=utcnow(), by=g.user)
    db.session.commit()
    flash("La note est enregistrée.", "success")
    return to_detail(registration)


@bp.post("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/retablissement")
@access.member
def restore(slug: str, registration_id: int) -> Any:
    registration, now = find(slug, registration_id), utcnow()
    try:
        remarks = undoing.restore(registration, now=now, by=g.user)
        answering.undo_refusal(registration, now=now, by=g.user)
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return to_detail(registration)
    db.session.commit()
    flash(f"L’inscription de {name_of(registration)} est rétablie\u00a0: {registration.status.label}.", "success")
    for remark in remarks:
        flash(f"{remark}.", "warning")
    return to_detail(registration)


def note_page(registration: Registration, form: NoteForm) -> str:
    event = registration.event
    facts = {"event": event, "organisation": event.organisation, "registration": registration, "form": form}
    return render_template("registrations/organiser/note.html", **facts)
