"""One letter for whatever a release of the programme changes for somebody: what it was, what it becomes, what to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eventapp.agenda.models import Session
from eventapp.extensions import db
from eventapp.outbox.letters import Contents, letter
from eventapp.outbox.models import Message
from eventapp.registrations.letters import contents_of, find_registration, over
from eventapp.registrations.models import Registration
from eventapp.registrations.sessions.choices import clashes_of

LETTER = "registrations/programme_changed"


@dataclass(frozen=True)
class Change:
    """A session that they booked; `clashes`: others of the same hour, which they hold too."""

    session: Session
    starts_at: datetime
    ends_at: datetime
    room: str
    clashes: Sequence[Session]

    @property
    def is_cancelled(self) -> bool:
        return self.session.cancelled_at is not None

    @property
    def is_elsewhere(self) -> bool:
        """At another hour or in another room; else only the link to follow it changed."""
        room = self.session.room.name if self.session.room is not None else ""
        return (self.session.starts_at, self.session.ends_at, room) != (self.starts_at, self.ends_at, self.room)


@letter(LETTER, title="Programme modifié")
def programme_changed_contents(
    message: Message,
    registration_id: int,
    changes: Sequence[Mapping[str, Any]] = (),
    summary: Sequence[str] = (),
    note: str = "",
) -> Contents:
    """`changes`: session_id, and when and where it was. `summary`: for those who booked none of what changed, in
    words. `note`: the organiser's, in Markdown."""
    registration = find_registration(registration_id)
    if registration.is_cancelled:
        return over(message, registration, "l’inscription est annulée")
    told = list(_changes(registration, changes))
    return contents_of(message, registration, changes=told, summary=summary, note=note)


@letter("registrations/event_moved", title="Date ou lieu changé")
def event_moved_contents(
    message: Message, registration_id: int, changes: Sequence[Mapping[str, Any]] = (), note: str = ""
) -> Contents:
    """`changes`, `note`: as above, of a release that moves the event too."""
    return programme_changed_contents(message, registration_id, changes, note=note)


def _changes(registration: Registration, kept: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
    clashes = clashes_of(registration)
    for was in kept:
        session = db.session.get(Session, was["session_id"])
        if session is not None:
            starts_at, ends_at = (datetime.fromisoformat(was[name]) for name in ("starts_at", "ends_at"))
            yield Change(session, starts_at, ends_at, was["room"], clashes.get(session.id, []))
