"""The cases of the letters that serve for several: what a mail of each says, for the preview."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import select

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import NBSP
from eventapp.invitations.notices import SAID
from eventapp.letters import writing
from eventapp.letters.filling import words_beside
from eventapp.letters.models import LetterKind
from eventapp.registrations.words import subject_of


class Case(NamedTuple):
    """`slug` as in the address, empty for the commonest: our proposal is worded for that one."""

    slug: str
    label: str
    letter: str


CASES = {
    LetterKind.CHANGE: (
        Case("", "Rencontre déplacée (aux inscrits)", "registrations/event_moved"),
        Case("session", "Session déplacée", "registrations/session_moved"),
        Case("invites", "Rencontre déplacée (aux invités sans réponse)", "invitations/event_moved"),
    ),
    LetterKind.CANCELLATION: (
        Case("", "Inscription annulée", "registrations/cancelled"),
        Case("session", "Session annulée", "registrations/session_cancelled"),
        Case("rencontre", "Rencontre annulée (aux inscrits)", "registrations/event_cancelled"),
        Case("invites", "Rencontre annulée (aux invités sans réponse)", "invitations/event_cancelled"),
    ),
}


def case_of(kind: LetterKind, slug: str) -> Case | None:
    """One that is not the commonest."""
    return next((case for case in CASES.get(kind, ()) if slug and case.slug == slug), None)


def context(
    case: Case, event: Event, kind: LetterKind, sample: Any, subject: str, body: str, known: dict[str, str]
) -> dict[str, Any]:
    """What the template of that case is given beside what all are given."""
    session = _session(event) if case.slug == "session" else None
    about = SAID[case.letter][1] if case.letter in SAID else subject_of(case.letter, session)
    own = (subject, body) if writing.is_own(kind, subject, body) else None
    extra = {"guest": sample, "session": session, "clashes": [], **words_beside(own, known | {"sujet": about})}
    if session is not None:
        before = {"starts_at": session.starts_at - timedelta(hours=1), "ends_at": session.ends_at - timedelta(hours=1)}
        extra |= {"was": before | {"room": ""}, "bookings": [], "only_chosen": set()}
    return extra


def _session(event: Event) -> Any:
    """One of the programme, or somebody's example."""
    first = select(Session).where(Session.event_id == event.id, Session.cancelled_at.is_(None))
    found = db.session.scalar(first.order_by(Session.starts_at, Session.id).limit(1))
    if found is not None:
        return found
    ends_at = min(event.starts_at + timedelta(hours=1), event.ends_at)
    return SimpleNamespace(title=f"Atelier d’exemple{NBSP}1", starts_at=event.starts_at, ends_at=ends_at, room=None)
