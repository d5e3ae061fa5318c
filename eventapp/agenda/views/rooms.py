"""The rooms of an event: the list in order with its form, one room to change."""

from typing import Any

from flask import g, render_template

from eventapp import access
from eventapp.agenda import rooms
from eventapp.agenda.forms import RoomForm
from eventapp.agenda.models import Room
from eventapp.agenda.views.desk import back_to, bp, find_event, find_room, rooms_of
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db

ALL = "/gestion/evenements/<slug>/salles"
ONE = f"{ALL}/<room_slug>"


@bp.get(ALL, endpoint="rooms")
@access.member
def show(slug: str) -> Any:
    return _page(find_event(slug), RoomForm())


@bp.post(ALL)
@access.member
def add_room(slug: str) -> Any:
    event = find_event(slug)
    form = RoomForm()
    if not form.validate_on_submit():
        return _page(event, form), 422
    room = rooms.add_room(event, now=utcnow(), by=g.user, **form.facts())
    db.session.commit()
    return back_to("rooms", event, f"{room.name} est ajoutée.")


@bp.route(ONE, methods=["GET", "POST"])
@access.member
def room(slug: str, room_slug: str) -> Any:
    found = find_room(slug, room_slug)
    form = RoomForm(obj=found)
    if form.validate_on_submit():
        rooms.edit_room(found, form.facts(), now=utcnow(), by=g.user)
        db.session.commit()
        return back_to("rooms", found.event, f"{found.name} est enregistrée.")
    return _room_page(found, form), 422 if form.errors else 200


@bp.post(f"{ONE}/montee")
@access.member
def raise_room(slug: str, room_slug: str) -> Any:
    return _moved(find_room(slug, room_slug), -1)


@bp.post(f"{ONE}/descente")
@access.member
def lower_room(slug: str, room_slug: str) -> Any:
    return _moved(find_room(slug, room_slug), 1)


@bp.post(f"{ONE}/suppression")
@access.member
def remove_room(slug: str, room_slug: str) -> Any:
    found = find_room(slug, room_slug)
    event, name = found.event, found.name
    try:
        rooms.remove_room(found, now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        form = RoomForm(formdata=None, obj=found)
        form.form_errors.append(str(refusal))
        return _room_page(found, form), 422
    db.session.commit()
    return back_to("rooms", event, f"{name} est supprimée.")


def _moved(found: Room, step: int) -> Any:
    rooms.move_room(found, step, now=utcnow(), by=g.user)
    db.session.commit()
    return back_to("rooms", found.event, f"{found.name} a changé de rang.")


def _page(event: Event, form: RoomForm) -> str:
    values = {"event": event, "organisation": event.organisation, "form": form, "rooms": rooms_of(event)}
    return render_template("agenda/organiser/rooms.html", **values)


def _room_page(room: Room, form: RoomForm) -> str:
    values = {"event": room.event, "organisation": room.event.organisation, "form": form, "room": room}
    return render_template("agenda/organiser/room.html", **values)
