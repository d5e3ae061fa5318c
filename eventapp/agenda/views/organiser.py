"""`…/programme` of the organiser: the whole day by slot, a quick line to add, what to look at; required choices."""

from datetime import timedelta
from typing import Any

from flask import g, render_template

import eventapp.agenda.conflict_models  # noqa: F401
from eventapp import access
from eventapp.agenda import editing
from eventapp.agenda.forms import ChoicesForm, QuickSessionForm
from eventapp.agenda.models import Session
from eventapp.agenda.programme import booking_slots, programme, required_instants
from eventapp.agenda.remarks import remarks
from eventapp.agenda.views import rooms, sessions, speakers
from eventapp.agenda.views.desk import back_to, bp, find_event, rooms_of
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations.wishes.wish_slots import shown_places

__all__ = ["bp", "rooms", "sessions", "speakers"]


@bp.get("/gestion/evenements/<slug>/programme", endpoint="programme")
@access.member
def show(slug: str) -> Any:
    event = find_event(slug)
    held = list(db.session.scalars(Session.of(event)))
    form = QuickSessionForm(formdata=None, data=_next_line(event, held))
    form.offer(rooms_of(event))
    return render_template(
        "agenda/organiser/programme.html",
        event=event,
        organisation=event.organisation,
        days=programme(event, held),
        remarks=remarks(event, held),
        places=shown_places(event),
        quick=form,
    )


@bp.route("/gestion/evenements/<slug>/programme/choix-obligatoires", methods=["GET", "POST"])
@access.member
def choices(slug: str) -> Any:
    event = find_event(slug)
    slots = booking_slots(event)
    form = ChoicesForm(data={"slots": [slot.key for slot in slots if slot.starts_at in required_instants(event)]})
    form.offer(slots)
    if form.validate_on_submit():
        editing.require_choice(event, form.slots.data or [], now=utcnow(), by=g.user)
        db.session.commit()
        return back_to("programme", event, "Les créneaux où choisir est obligatoire sont enregistrés.")
    page = render_template(
        "agenda/organiser/choices.html", event=event, organisation=event.organisation, form=form, slots=slots
    )
    return page, 422 if form.errors else 200


def _next_line(event: Event, held: list[Session]) -> dict[str, Any]:
    """What probably comes next: after the last session, for as long."""
    starts_at = held[-1].ends_at if held else event.starts_at
    lasts = held[-1].ends_at - held[-1].starts_at if held else timedelta(minutes=30)
    starts, ends = starts_at.astimezone(event.zone), (starts_at + lasts).astimezone(event.zone)
    return {"day": starts.date(), "starts": starts.time(), "ends": ends.time()}
