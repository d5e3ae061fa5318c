"""What waits beside a released event: its differences in words, publish it, abandon it."""

from typing import Any

from flask import abort, flash, g, render_template

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.views.blueprint import EVENT, back_to, bp, check_token, find_event, refused
from eventapp.exchange import applying, taking
from eventapp.exchange.differences import differences
from eventapp.exchange.telling import will_be_told
from eventapp.extensions import db
from eventapp.formats import plural
from eventapp.registrations.places.over_limits import warnings


@bp.get(f"{EVENT}/brouillon")
@access.member
def draft(slug: str) -> str:
    event = find_event(slug)
    file = applying.waiting_file(event)
    if file is None:
        abort(404)
    before = taking.take(event)
    return render_template(
        "events/organiser/draft.html",
        event=event, organisation=event.organisation,
        differences=differences(before, file), told=will_be_told(event, before, file),
    )  # fmt: skip


@bp.post(f"{EVENT}/brouillon/publication")
@access.member
def publish_draft(slug: str) -> Any:
    event = find_event(slug)
    check_token()
    try:
        told = applying.publish_draft(event, now=utcnow(), by=g.user)
    except Refused as refusal:
        return refused(event, refusal)
    db.session.commit()
    people = plural(told, "personne est prévenue.", "personnes sont prévenues.")
    flash(f"Le brouillon est publié. {people}", "success")
    for sentence in warnings(event, now=utcnow()):
        flash(sentence, "warning")
    return back_to(event)


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
    return back_to(event)
