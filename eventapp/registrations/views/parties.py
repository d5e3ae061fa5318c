"""`/evenements/<slug>/inscription/groupe`: several people at once; `/inscription-de-groupe/<token>`: what became of
them."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.database import looking
from eventapp.errors import Refused
from eventapp.events.models import Audience, Event
from eventapp.extensions import db
from eventapp.registrations import links, seats
from eventapp.registrations.groups import parties
from eventapp.registrations.groups.forms import MORE_LINES, MOST_PEOPLE, PartyForm, party_form
from eventapp.registrations.groups.models import Party, PartyRule
from eventapp.registrations.views.fields import structure_labels
from eventapp.registrations.views.public import bp, find_event, send_link, unavailable_page

GROUP = "/evenements/<slug>/inscription/groupe"


@bp.get(GROUP)
@access.visitor
def party_form_page(slug: str) -> Any:
    event = find_event(slug)
    return _closed_page(event) or _page(event, party_form(event))


@bp.post(f"{GROUP}/lignes")
@access.visitor
def add_people(slug: str) -> Any:
    """The same page with more lines; nothing is checked or kept."""
    event = find_event(slug)
    return _closed_page(event) or _page(event, party_form(event, request.form, more=MORE_LINES))


@bp.post(GROUP)
@access.visitor
def create_party(slug: str) -> Any:
    now = utcnow()
    with looking(db.session()):
        event = find_event(slug)
        closed, form = _closed_page(event), party_form(event, request.form)
        if closed or not form.validate_on_submit():
            return closed or _page(event, form), 422
        contact = form.contact()
        people, rule = form.people(contact.structure, contact.organisation), PartyRule(form["rule"].data)
    try:
        key = form.idempotency_key
        outcome = parties.register_party(event, contact, people, rule=rule, now=now, idempotency_key=key)
    except Refused as refusal:
        return _refused(event, form, refusal)
    token = links.party_token(outcome.party)
    db.session.commit()
    for registration in outcome.known:
        send_link(event, [registration], registration.email_folded)
    return redirect(url_for(".party", token=token), 303)


@bp.get("/inscription-de-groupe/<token>")
@access.token_holder
def party(token: str) -> Any:
    found = Party.of_token(token) or abort(404)
    people = db.session.scalars(found.people).all()
    ranks = {one.id: seats.position(one) for one in people}
    return render_template("registrations/party.html", event=found.event, party=found, people=people, positions=ranks)


def _closed_page(event: Event) -> str | None:
    """Why nobody may register now, if so."""
    availability = seats.availability(event, now=utcnow())
    if event.audience is Audience.INVITED or availability.step not in seats.OPEN_STEPS:
        return unavailable_page(event, availability)
    return None


def _page(event: Event, form: PartyForm) -> str:
    return render_template(
        "registrations/party_form.html",
        event=event,
        form=form,
        availability=seats.availability(event, now=utcnow()),
        structures=structure_labels(event),
        most=MOST_PEOPLE,
    )


def _refused(event: Event, form: PartyForm, refusal: Refused) -> Any:
    db.session.rollback()
    if refusal.field == "rule":
        form["rule"].errors = [str(refusal)]
    else:
        form.form_errors.append(str(refusal))
    return _page(event, form), 422
