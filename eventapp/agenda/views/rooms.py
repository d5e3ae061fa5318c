"""The rooms of an event: the list in order with its form, one room to change."""

from typing import Any

from flask import g

from eventapp import access
from eventapp.agenda import editing, rooms
from eventapp.agenda.forms import RoomForm
from eventapp.agenda.models import Room
from eventapp.agenda.views.changing import said
from eventapp.agenda.views.desk import (
    back_to,
    bp,
    edited,
    find_event,
    find_plan,
    find_room,
    point_at,
    refused,
    row,
    show,
)
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.registrations.sessions import programme_changes

ALL = "/gestion/evenements/<slug>/salles"
ONE = f"{ALL}/<room_slug>"


@bp.get(ALL, endpoint="rooms")
@access.member
def show_rooms(slug: str) -> Any:
    return show("agenda/organiser/rooms.html", find_plan(slug), form=RoomForm())


@bp.post(ALL)
@access.member
def add_room(slug: str) -> Any:
    event = find_event(slug)
    form = RoomForm()
    if not form.validate_on_submit():
        return show("agenda/organiser/rooms.html", find_plan(slug), form=form), 422
    with edited(event):
        rooms.add_room(event, now=utcnow(), by=g.user, **form.facts())
    return back_to("rooms", event, f"{form.name.data} est ajoutée.")


@bp.route(ONE, methods=["GET", "POST"])
@access.member
def room(slug: str, room_slug: str) -> Any:
    plan, found = find_room(slug, room_slug)
    form = RoomForm(obj=found, seen=editing.mark_of(found))
    if not form.validate_on_submit():
        return show("agenda/organiser/room.html", plan, form=form, room=found), 422 if form.errors else 200
    try:
        with edited(plan.event) as is_draft:
            told = _edit(row(Room, plan.event, room_slug), form, is_draft)
    except editing.WrittenMeanwhile as refusal:
        point_at(form, refusal)
        plan, found = find_room(slug, room_slug)
        form.seen.data = editing.mark_of(found)
        return show("agenda/organiser/room.html", plan, form=form, room=found), 422
    except Refused as refusal:
        return refused("rooms", plan.event, refusal)
    return back_to("rooms", plan.event, said(f"{form.name.data} est enregistrée.", told))


def _edit(room: Room, form: RoomForm, is_draft: bool) -> int:
    """How many people are told."""
    change: dict[str, Any] = {"seen": form.seen.data, "now": utcnow(), "by": g.user}
    if not is_draft:
        return programme_changes.edit_room(room, form.facts(), **change)
    rooms.edit_room(room, form.facts(), **change)
    return 0


@bp.post(f"{ONE}/montee")
@access.member
def raise_room(slug: str, room_slug: str) -> Any:
    return _moved(slug, room_slug, -1)


@bp.post(f"{ONE}/descente")
@access.member
def lower_room(slug: str, room_slug: str) -> Any:
    return _moved(slug, room_slug, 1)


@bp.post(f"{ONE}/suppression")
@access.member
def remove_room(slug: str, room_slug: str) -> Any:
    plan, found = find_room(slug, room_slug)
    event, name = plan.event, found.name
    try:
        with edited(event):
            rooms.remove_room(row(Room, event, room_slug), now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        plan, found = find_room(slug, room_slug)
        form = RoomForm(formdata=None, obj=found, seen=editing.mark_of(found))
        form.form_errors.append(str(refusal))
        return show("agenda/organiser/room.html", plan, form=form, room=found), 422
    return back_to("rooms", event, f"{name} est supprimée.")


def _moved(slug: str, room_slug: str, step: int) -> Any:
    plan, found = find_room(slug, room_slug)
    name = found.name
    try:
        with edited(plan.event):
            rooms.move_room(row(Room, plan.event, room_slug), step, now=utcnow(), by=g.user)
    except Refused as refusal:
        return refused("rooms", plan.event, refusal)
    return back_to("rooms", plan.event, f"{name} a changé de rang.")
