"""Wording a letter: Markdown with {placeholders}; each edit is a new, frozen version."""

from datetime import datetime

from sqlalchemy import Select, select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.events.locks import hold
from eventapp.events.models import Event, Wording
from eventapp.extensions import db
from eventapp.formats import NBSP
from eventapp.letters.defaults import PROPOSALS, STRUCTURE_REMINDERS, Proposal
from eventapp.letters.kinds import TITLES
from eventapp.letters.models import Letter, LetterKind
from eventapp.outbox.letters import once
from eventapp.text import many_lines, one_line

SPOKEN = {Wording.INVITATION: "invitation", Wording.CONVOCATION: "convocation"}


def current(event: Event, kind: LetterKind) -> Letter | None:
    """The latest version written for this event, if any."""
    return db.session.scalar(_versions(event.id, kind).limit(1))


def proposal(event: Event, kind: LetterKind) -> Proposal:
    """What is proposed for this event while nobody has worded it."""
    return PROPOSALS[event.wording][kind]


def current_or_proposal(event: Event, kind: LetterKind) -> Letter | Proposal:
    """What would be sent now; nothing is written down."""
    written = current(event, kind)
    return written if written is not None and is_worded(written) else proposal(event, kind)


def worded(event: Event) -> dict[LetterKind, Letter]:
    """The latest version of each letter that says something else than what is proposed."""
    versions = select(Letter).where(Letter.event_id == event.id).order_by(Letter.version)
    latest = {letter.name: letter for letter in db.session.scalars(versions)}
    return {kind: letter for kind, letter in latest.items() if is_worded(letter)}


def text_at(event: Event, kind: LetterKind, moment: datetime, wording: str | None = None) -> tuple[str, str]:
    """Subject and body of a letter made at that moment, in the wording that it has kept, whatever was written or chosen
    since; nothing is written down."""
    return own_text_at(event, kind, moment) or PROPOSALS[Wording(wording or event.wording)][kind]


def own_text_at(event: Event, kind: LetterKind, moment: datetime) -> tuple[str, str] | None:
    """The same where the organiser worded it. Read once for the letters that leave together."""

    def read() -> tuple[str, str] | None:
        written = db.session.scalar(_versions(event.id, kind).where(Letter.written_at <= moment).limit(1))
        return (written.subject, written.body) if written and is_worded(written) else None

    return once(("own words", event.id, kind, moment), read)


def current_or_default(event: Event, kind: LetterKind, *, now: datetime) -> Letter:
    """What would be sent now. The proposed text is written down as a version when nobody worded it otherwise: it then
    follows the event, which may come to speak of a convocation."""
    latest, proposed = current(event, kind), proposal(event, kind)
    if latest is not None and (is_worded(latest) or (latest.subject, latest.body) == proposed):
        return latest
    return _add(event, kind, *proposed, latest.version + 1 if latest else 1, by=None, now=now)


def is_worded(letter: Letter) -> bool:
    """Whether it says something else than what is proposed, in either wording."""
    return is_own(letter.name, letter.subject, letter.body)


def is_own(kind: LetterKind, subject: str, body: str) -> bool:
    return (subject, body) not in [proposals[kind] for proposals in PROPOSALS.values()]


def to_a_structure(subject: str, body: str) -> tuple[str, str]:
    """The proposed reminder speaks to a person: a structure reads another one. An organiser's own words stay."""
    same = (w for w, proposals in PROPOSALS.items() if proposals[LetterKind.REMINDER] == (subject, body))
    return next((STRUCTURE_REMINDERS[wording] for wording in same), (subject, body))


def write(event: Event, kind: LetterKind, subject: str, body: str, *, now: datetime, by: User) -> Letter:
    """A new version, unless nothing changed. What was already sent keeps its own."""
    subject, body = one_line(subject), many_lines(body)
    hold(event)
    latest = current(event, kind)
    if latest is not None and (latest.subject, latest.body) == (subject, body):
        return latest
    letter = _add(event, kind, subject, body, latest.version + 1 if latest else 1, by=by, now=now)
    sentence = f"Lettre «{NBSP}{TITLES[kind]}{NBSP}» modifiée"
    journal.record("letter.written", sentence, now=now, by=by, event=event, subject=letter)
    return letter


def speak(event: Event, wording: Wording, *, now: datetime, by: User) -> None:
    """Letters that nobody worded invite, or summon, from now on."""
    hold(event)
    if event.wording is wording:
        return
    event.wording = wording
    sentence = f"Les lettres proposées parlent désormais d’une {SPOKEN[wording]}"
    journal.record("letters.wording", sentence, now=now, by=by, event=event, subject=event)


def _versions(event_id: int, kind: LetterKind) -> Select[Letter]:
    """Of one letter, the latest first."""
    return select(Letter).where(Letter.event_id == event_id, Letter.name == kind).order_by(Letter.version.desc())


def _add(
    event: Event, kind: LetterKind, subject: str, body: str, version: int, *, by: User | None, now: datetime
) -> Letter:
    letter = Letter(
        event_id=event.id,
        name=kind,
        version=version,
        subject=subject,
        body=body,
        written_at=now,
        written_by_id=by.id if by else None,
    )
    db.session.add(letter)
    db.session.flush()
    return letter
