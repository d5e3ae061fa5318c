"""`…/programme` of the organiser: each day as a grid, a quick line to add, what to look at; required choices."""

from datetime import timedelta
from typing import Any

from flask import current_app, g, make_response

from eventapp import access, headers
from eventapp.agenda import editing
from eventapp.agenda.forms import ChoicesForm, DecisionForm, QuickSessionForm
from eventapp.agenda.grid import grid
from eventapp.agenda.programme import programme, required_instants, slots_between
from eventapp.agenda.views import copies, leaving, moving, points, rooms, sessions, shifting, speakers
from eventapp.agenda.views.desk import back_to, bp, edited, find_plan, show
from eventapp.clock import utcnow
from eventapp.exchange.drafting import Plan
from eventapp.registrations.wishes.wish_slots import shown_places

__all__ = ["bp", "copies", "leaving", "moving", "points", "rooms", "sessions", "shifting", "speakers"]


@bp.get("/gestion/evenements/<slug>/programme", endpoint="programme")
@access.member
def show_programme(slug: str) -> Any:
    plan = find_plan(slug)
    form = QuickSessionForm(formdata=None, data=_next_line(plan))
    form.offer(plan.rooms)
    found = points.points_of(plan)
    page = make_response(
        show(
            "agenda/organiser/programme.html",
            plan,
            days=[grid(day, plan.rooms) for day in programme(plan.event, plan.sessions)],
            points=found,
            marked={conflict.session.slug for conflict in found.open},
            seen=editing.mark,
            places=shown_places(plan.event),
            quick=form,
            token=DecisionForm(),
        )
    )
    policy = headers.DSFR_CSP if current_app.config["DSFR_DIR"] else headers.CSP
    page.headers["Content-Security-Policy"] = f"{policy}; connect-src 'self'"  # the grid sends what is moved
    return page


@bp.route("/gestion/evenements/<slug>/programme/choix-obligatoires", methods=["GET", "POST"])
@access.member
def choices(slug: str) -> Any:
    plan = find_plan(slug)
    slots = slots_between(plan.event, [s for s in plan.sessions if s.can_be_booked], plan.required)
    required = required_instants(plan.event, plan.required)
    form = ChoicesForm(data={"slots": [slot.key for slot in slots if slot.starts_at in required]})
    form.offer(slots)
    if form.validate_on_submit():
        with edited(plan.event):
            editing.require_choice(plan.event, form.slots.data or [], now=utcnow(), by=g.user)
        return back_to("programme", plan.event, "Les créneaux où choisir est obligatoire sont enregistrés.")
    return show("agenda/organiser/choices.html", plan, form=form, slots=slots), 422 if form.errors else 200


def _next_line(plan: Plan) -> dict[str, Any]:
    """What probably comes next: after the last session, for as long."""
    held, zone = plan.sessions, plan.event.zone
    starts_at = held[-1].ends_at if held else plan.starts_at
    lasts = held[-1].ends_at - held[-1].starts_at if held else timedelta(minutes=30)
    starts, ends = starts_at.astimezone(zone), (starts_at + lasts).astimezone(zone)
    return {"day": starts.date(), "starts": starts.time(), "ends": ends.time()}
