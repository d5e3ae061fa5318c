"""What waits beside a released event: its differences in words, whom it affects; publish it, abandon it."""

from typing import Any

from flask import abort, flash, g, render_template

from eventapp import access
from eventapp.agenda.views.points import points_of
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.events.views.blueprint import EVENT, back_to, bp, check_token, find_event, refused
from eventapp.exchange import applying, drafting, taking
from eventapp.exchange.affected import affected
from eventapp.exchange.differences import differences
from eventapp.exchange.release_forms import CONCERNED, ReleaseForm
from eventapp.exchange.telling import moves, will_be_told
from eventapp.extensions import db
from eventapp.formats import plural
from eventapp.registrations import notices
from eventapp.registrations.places.over_limits import warnings


@bp.get(f"{EVENT}/brouillon")
@access.member
def draft(slug: str) -> str:
    event = find_event(slug)
    return _page(event, ReleaseForm(formdata=None, whom=CONCERNED))


@bp.post(f"{EVENT}/brouillon/publication")
@access.member
def publish_draft(slug: str) -> Any:
    event, form = find_event(slug), ReleaseForm()
    if not form.validate_on_submit():
        return _page(event, form), 422
    try:
        told = applying.publish_draft(event, telling=form.telling, seen=form.seen.data, now=utcnow(), by=g.user)
    except applying.DraftChanged as refusal:
        db.session.rollback()
        form.form_errors.append(str(refusal))
        return _page(event, form), 422
    except Refused as refusal:
        return refused(event, refusal)
    db.session.commit()
    people = plural(told, "personne est prévenue.", "personnes sont prévenues.")
    flash(f"Le brouillon est publié. {people}", "success")
    for sentence in warnings(event, now=utcnow()):
        flash(sentence, "warning")
    return back_to(event, "agenda_organiser.programme")


@bp.post(f"{EVENT}/brouillon/abandon")
@access.member
def abandon_draft(slug: str) -> Any:
    event = find_event(slug)
    check_token()
    try:
        applying.abandon_draft(event, now=utcnow(), by=g.user)
    except Refused as refusal:
        return refused(event, refusal)
    db.session.commit()
    flash("Le brouillon est abandonné\u00a0: l’événement reste comme il était.", "success")
    return back_to(event, "agenda_organiser.programme")


def _page(event: Event, form: ReleaseForm) -> str:
    file = applying.waiting_file(event)
    if file is None:
        abort(404)
    before = taking.take(event)
    form.seen.data = applying.mark(event)
    told = will_be_told(event, before, file)
    if not told:
        form.say_nobody()
    return render_template(
        "events/organiser/draft.html",
        event=event, organisation=event.organisation, form=form, desk_room="agenda_organiser",
        differences=differences(before, file), affected=affected(event, before, file),
        told=told, registered=notices.people_to_tell(event),
        moves=moves(before, file), points=points_of(drafting.plan(event)),
    )  # fmt: skip
