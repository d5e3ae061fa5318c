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
from eventapp.registrations.desk import merging
from eventapp.registrations.desk.forms import MergeForm
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


@bp.post("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/fusion")
@access.member
def do_merge(slug: str, registration_id: int) -> Any:
    registration, form = find_live(slug, registration_id), MergeForm()
    if not form.validate_on_submit():
        return merge_page(registration, form), 422
    try:
        other = _other(registration, form.other.data)
        kept = registration if form.address.data == "this" else other
        stays = merging.merge(registration, other, address_of=kept, now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        form.other.errors = [str(refusal)]
        return merge_page(registration, form), 422
    answering.follow_merge(other if stays is registration else registration, stays)
    db.session.commit()
    flash(f"Les deux inscriptions de {name_of(stays)} n’en font plus qu’une.", "success")
    return to_detail(stays)


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


def _other(registration: Registration, text: Any) -> Registration:
    """One of the event's own; anything else is refused as an unknown choice."""
    is_id = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10
    query = Registration.of(registration.event).where(Registration.id == (int(text) if is_id else 0))
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise Refused("Choisissez une des inscriptions de cette rencontre.")
    return found
