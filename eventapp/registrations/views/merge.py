"""`/gestion/evenements/<slug>/inscriptions/<id>/fusion`: one registration of two of the same person."""

from typing import Any

from flask import flash, g, render_template, request
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.formats import person_sorted
from eventapp.invitations import answering
from eventapp.registrations.desk import merge_summary, merging
from eventapp.registrations.desk.forms import MergeForm
from eventapp.registrations.desk.merge_summary import Summary
from eventapp.registrations.desk.selection import Filters, find_registrations
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.views.corrections import find_live, to_detail
from eventapp.registrations.views.organiser import bp

MOST_SHOWN = 20


@bp.get("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/fusion")
@access.member
def merge(slug: str, registration_id: int) -> Any:
    registration = find_live(slug, registration_id)
    return merge_page(registration, MergeForm())


@bp.post("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/fusion/relecture")
@access.member
def review_merge(slug: str, registration_id: int) -> Any:
    """What would be, before it is done. Writes nothing."""
    registration, form = find_live(slug, registration_id), MergeForm()
    if not form.validate_on_submit():
        return merge_page(registration, form), 422
    try:
        _, summary = unite(registration, form)
    except Refused as refusal:
        return refused(registration, form, refusal)
    db.session.rollback()
    return review_page(registration, form, summary) if summary is not None else to_detail(registration)


@bp.post("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/fusion")
@access.member
def do_merge(slug: str, registration_id: int) -> Any:
    registration, form = find_live(slug, registration_id), MergeForm()
    if not form.validate_on_submit():
        return merge_page(registration, form), 422
    try:
        stays, summary = unite(registration, form)
    except Refused as refusal:
        return refused(registration, form, refusal)
    if summary is not None and form.seen.data and form.seen.data != summary.mark:
        db.session.rollback()
        return review_page(registration, form, summary, is_other=True), 422
    answering.follow_merge(find_other(registration, form) if stays is registration else registration, stays)
    db.session.commit()
    flash(f"Les deux inscriptions de {name_of(stays)} n’en font plus qu’une.", "success")
    return to_detail(stays)


def unite(registration: Registration, form: MergeForm) -> tuple[Registration, Summary | None]:
    other = find_other(registration, form)
    kept = registration if form.address.data == "this" else other
    reads_sensitive = g.user.reads_sensitive_of(registration.event.organisation_id)
    facts: dict[str, Any] = {"address_of": kept, "reads_sensitive": reads_sensitive, "now": utcnow(), "by": g.user}
    return merge_summary.unite(registration, other, **facts)


def refused(registration: Registration, form: MergeForm, refusal: Refused) -> Any:
    db.session.rollback()
    form.other.errors = [str(refusal)]
    return merge_page(registration, form), 422


def review_page(registration: Registration, form: MergeForm, summary: Summary, *, is_other: bool = False) -> str:
    """`is_other`: something changed since it was read."""
    return render_template(
        "registrations/organiser/review_merge.html",
        event=registration.event,
        organisation=registration.event.organisation,
        registration=registration,
        other=find_other(registration, form),
        form=form,
        summary=summary,
        is_other=is_other,
    )


def merge_page(registration: Registration, form: MergeForm) -> str:
    event, searched = registration.event, Filters.of(request.args).q
    found = _found(registration, searched) if searched else merging.likely_twins(registration)
    form.other.choices = [SelectChoice(str(one.id), person_sorted(one)) for one in found]
    return render_template(
        "registrations/organiser/merge.html",
        event=event,
        organisation=event.organisation,
        registration=registration,
        form=form,
        searched=searched,
        found=found,
    )


def _found(registration: Registration, words: str) -> list[Registration]:
    query = find_registrations(registration.event, Filters(q=words))
    others = query.where(Registration.id != registration.id, Registration.status != Status.CANCELLED)
    return list(db.session.scalars(others.limit(MOST_SHOWN)).unique())


def find_other(registration: Registration, form: MergeForm) -> Registration:
    """One of the event's own; anything else is refused as an unknown choice."""
    text = form.other.data
    is_id = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10
    query = Registration.of(registration.event).where(Registration.id == (int(text) if is_id else 0))
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise Refused("Choisissez une des inscriptions de cette rencontre.")
    return found
