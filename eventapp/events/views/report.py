"""The report, written after the event, in Markdown with its preview."""

from typing import Any

from flask import flash, g, render_template

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events import lifecycle
from eventapp.events.forms import ReportForm
from eventapp.events.models import Event
from eventapp.events.views.blueprint import EVENT, back_to, bp, find_event
from eventapp.extensions import db


@bp.get(f"{EVENT}/compte-rendu")
@access.member
def report(slug: str) -> str:
    event = find_event(slug)
    return _page(event, ReportForm(obj=event))


@bp.post(f"{EVENT}/compte-rendu/apercu")
@access.member
def preview_report(slug: str) -> Any:
    """Shows what was typed; writes nothing."""
    event, form = find_event(slug), ReportForm()
    valid = form.validate_on_submit()
    return _page(event, form, preview=form.report.data if valid else ""), 200 if valid else 422


@bp.post(f"{EVENT}/compte-rendu")
@access.member
def write_report(slug: str) -> Any:
    event, form = find_event(slug), ReportForm()
    if not form.validate_on_submit():
        return _page(event, form), 422
    try:
        lifecycle.write_report(event, form.report.data or "", now=utcnow(), by=g.user, revision=form.revision.data)
    except Refused as refusal:
        db.session.rollback()
        form.revision.data, form.revision.raw_data = event.revision, None
        form.form_errors.append(str(refusal))
        return _page(event, form, stored=event.report), 409
    db.session.commit()
    flash("Le compte rendu est enregistré.", "success")
    return back_to(event, "events_organiser.report")


def _page(event: Event, form: ReportForm, *, preview: str | None = None, stored: str | None = None) -> str:
    return render_template(
        "events/organiser/report.html",
        event=event, organisation=event.organisation, form=form, preview=preview, stored=stored,
    )  # fmt: skip
