"""`/gestion/evenements/<slug>/courriels/<n>/nouvel-envoi`: a letter that has left, sent once more."""

from datetime import datetime
from typing import Any

from flask import flash, g, redirect, render_template, url_for

from eventapp import access, journal
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations.models import Invitation
from eventapp.outbox import anew
from eventapp.outbox.anew import NoLongerTrue
from eventapp.outbox.models import Message
from eventapp.outbox.views.organiser import MESSAGE, about, bp, find_event, find_message, person_of
from eventapp.registrations.models import Registration

AFTERWARDS = ("invitations/thanks",)  # what still makes sense once the event is over


@bp.get(f"{MESSAGE}/nouvel-envoi")
@access.member
def send_anew(slug: str, key: int) -> Any:
    event = find_event(slug)
    row, now = find_message(event, key), utcnow()
    context: dict[str, Any] = {"message": row, "to": _to(row), "person": person_of(row), "why_not": ""}
    try:
        _check(event, row, now)
    except Refused as refusal:
        context["why_not"] = str(refusal)
    return render_template("outbox/organiser/anew.html", **context, **about(event))


@bp.post(f"{MESSAGE}/nouvel-envoi")
@access.member
def do_send_anew(slug: str, key: int) -> Any:
    event, now = find_event(slug), utcnow()
    hold(event)
    row = find_message(event, key)
    try:
        _check(event, row, now)
    except Refused:
        db.session.rollback()
        return redirect(url_for(".send_anew", slug=slug, key=key), 303)
    sent = anew.send(row, to=_to(row), event=event, now=now)
    if sent.id is None:
        sentence = f"Courriel envoyé de nouveau à {sent.to}."
        journal.record("message.sent_anew", sentence, now=now, by=g.user, event=event, subject=row)
    db.session.commit()
    flash("Le courriel part de nouveau dans un instant.", "success")
    return redirect(url_for(".message", slug=slug, key=sent.id), 303)


def _check(event: Event, row: Message, now: datetime) -> None:
    """Raises Refused."""
    if event.has_ended(now) and row.letter not in AFTERWARDS:
        raise NoLongerTrue("la rencontre a eu lieu")
    registration = _registration(row)
    if row.letter == "registrations/cancelled" and registration is not None and not registration.is_cancelled:
        raise NoLongerTrue("l’inscription n’est plus annulée")
    anew.check(row, to=_to(row), now=now)


def _to(row: Message) -> str:
    """The address that the person has now: their link is for nobody else."""
    registration, invitation = _registration(row), db.session.get(Invitation, row.context.get("invitation_id") or 0)
    if registration is not None:
        return registration.email
    return invitation.email if invitation is not None else row.to


def _registration(row: Message) -> Registration | None:
    return db.session.get(Registration, row.context.get("registration_id") or 0)
