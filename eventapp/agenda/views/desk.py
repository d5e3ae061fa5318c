"""The organiser's blueprint, what its pages show, and how its acts find their rows: always through the owner.

Pages show a `Plan`: the rows, or the draft beside them. Acts happen inside `edited`, where rows are found again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

from flask import Blueprint, abort, flash, g, make_response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm

from eventapp import errors
from eventapp.agenda import editing
from eventapp.agenda.models import Room, Session, Speaker
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.exchange import drafting
from eventapp.exchange.drafting import Plan
from eventapp.extensions import db

bp = Blueprint("agenda_organiser", __name__)

Row = TypeVar("Row", Session, Room, Speaker)


class NoLonger(Refused):
    message = "Cela ne figure plus au programme\u00a0: quelqu’un l’a retiré entre-temps."


class ProgrammeChanged(Refused):
    """A second press of a button that adds or shifts, or a colleague's change."""

    message = (
        "Le programme a changé depuis l’ouverture de cette page, peut-être par une première pression du bouton. "
        "Rien n’a été fait de plus\u00a0: relisez-le, puis recommencez si besoin."
    )


def find_event(slug: str) -> Event:
    return db.first_or_404(Event.managed_by(g.user).where(Event.slug == slug))


def find_plan(slug: str) -> Plan:
    return drafting.plan(find_event(slug))


def find_session(slug: str, session_slug: str) -> tuple[Plan, Session]:
    plan = find_plan(slug)
    return plan, plan.session(session_slug) or _gone()


def find_room(slug: str, room_slug: str) -> tuple[Plan, Room]:
    plan = find_plan(slug)
    return plan, plan.room(room_slug) or abort(404)


def find_speaker(slug: str, speaker_slug: str) -> tuple[Plan, Speaker]:
    plan = find_plan(slug)
    return plan, plan.speakers.get(speaker_slug) or abort(404)


@contextmanager
def edited(event: Event, seen: str | None = None) -> Iterator[bool]:
    """Committed when nothing was refused; whether it is a draft that changes. `seen`: the `mark_of_all` of the sessions
    that the page showed."""
    with drafting.edited(event, now=utcnow(), by=g.user) as is_draft:
        if seen and editing.mark_of_all(db.session.scalars(Session.of(event))) != seen:
            raise ProgrammeChanged
        yield is_draft
    db.session.commit()


def row(kind: type[Row], event: Event, slug: str) -> Row:
    """Inside `edited`: what the page was about, unless somebody removed it meanwhile."""
    found = find_row(kind, event, slug)
    if found is None:
        raise NoLonger
    return found


def find_row(kind: type[Row], event: Event, slug: str) -> Row | None:
    return db.session.scalar(db.select(kind).where(kind.event_id == event.id, kind.slug == slug))


def _gone() -> NoReturn:
    """An act on what a colleague removed is told so; an address never written here is not found."""
    sentence = errors.page(404, NoLonger.message) if request.method == "POST" else None
    abort(404 if sentence is None else make_response(sentence, 404))


def rooms_of(event: Event) -> list[Room]:
    return list(db.session.scalars(Room.of(event)))


def speakers_of(event: Event) -> dict[str, Speaker]:
    """By slug, in protocol order."""
    return {speaker.slug: speaker for speaker in db.session.scalars(Speaker.of(event))}


def show(template: str, plan: Plan, **values: Any) -> str:
    event = plan.event
    return render_template(template, event=event, organisation=event.organisation, plan=plan, **values)


def back_to(endpoint: str, event: Event, sentence: str, **values: Any) -> Any:
    """After a change: say what was done, on the page it shows on."""
    flash(sentence, "success")
    return redirect(url_for(f"agenda_organiser.{endpoint}", slug=event.slug, **values), 303)


def refused(endpoint: str, event: Event, refusal: Refused, **values: Any) -> Any:
    """Nothing was done; the sentence is shown on the page that the organiser comes back to."""
    db.session.rollback()
    flash(str(refusal), "error")
    return redirect(url_for(f"agenda_organiser.{endpoint}", slug=event.slug, **values), 303)


def point_at(form: FlaskForm, refusal: Refused) -> None:
    """Nothing was done; the sentence goes to its field, or above the form."""
    db.session.rollback()
    if refusal.field is not None and refusal.field in form:
        form[refusal.field].errors = [str(refusal)]
    else:
        form.form_errors.append(str(refusal))
