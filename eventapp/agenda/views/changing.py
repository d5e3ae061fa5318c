"""A change of one session: of its row, with what follows for those who booked it, or of the draft, with nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g

from eventapp.agenda import editing
from eventapp.agenda.editing import Cast
from eventapp.agenda.models import Session
from eventapp.agenda.moving import Move
from eventapp.agenda.views.desk import NoLonger
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import plural
from eventapp.registrations.sessions import programme_changes


def change_session(
    session: Session,
    facts: Mapping[str, Any],
    is_draft: bool,
    *,
    cast: Sequence[Cast] | None = None,
    seen: str | None = None,
) -> int:
    """Inside `edited`; how many people are told."""
    change: dict[str, Any] = {"cast": cast, "seen": seen or None, "now": utcnow(), "by": g.user}
    if not is_draft:
        return programme_changes.edit_session(session, facts, **change)
    if session.cancelled_at is not None:
        raise NoLonger
    editing.edit_session(session, facts, **change)
    return 0


def move_sessions(event: Event, moves: Sequence[Move], is_draft: bool) -> int:
    """Inside `edited`; how many people are told, once each."""
    if not is_draft:
        return programme_changes.move_sessions(event, moves, now=utcnow(), by=g.user)
    for move in moves:
        change_session(move.session, {"starts_at": move.starts_at, "ends_at": move.ends_at}, is_draft)
    return 0


def said(sentence: str, told: int) -> str:
    if not told:
        return sentence
    people = plural(told, "personne concernée est prévenue", "personnes concernées sont prévenues")
    return f"{sentence} {people} par courriel."


def consequences(event: Event, session_slug: str) -> str:
    """After a change of hour; their own pages and letters ask them to choose."""
    session = db.session.scalar(db.select(Session).where(Session.event_id == event.id, Session.slug == session_slug))
    people = programme_changes.in_two_places(session) if session is not None and not event.edits_wait else 0
    if not people:
        return ""
    holders = plural(people, "personne tient", "personnes tiennent")
    return f" {holders} maintenant deux sessions à la même heure\u00a0: leur page leur demande de choisir."
