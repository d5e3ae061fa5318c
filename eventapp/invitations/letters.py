"""The organiser's letter of invitation: Markdown with {placeholders}; each edit is a new, frozen version."""

from collections.abc import Mapping
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import select

from eventapp import journal, markdown
from eventapp.accounts.models import User
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import NBSP, french_date, french_day_range, french_hours
from eventapp.invitations.models import Guest, Letter
from eventapp.outbox import placeholders
from eventapp.text import many_lines, one_line

INVITATION = "invitation"

# name → what it becomes, as listed beside the editor
PLACEHOLDERS = {
    "prenom": "prénom de la personne invitée",
    "nom": "nom de la personne invitée",
    "fonction": "sa fonction",
    "structure": "sa structure ou son organisme",
    "evenement": "titre de la rencontre",
    "date": "jour de la rencontre",
    "horaires": "heures de début et de fin",
    "lieu": "nom et adresse du lieu",
    "date_limite": "dernier jour pour répondre",
    "organisation": "nom de votre organisation",
    "lien": "adresse personnelle pour répondre",
}

DEFAULT_SUBJECT = f"Invitation{NBSP}: {{evenement}}, {{date}}"
DEFAULT_BODY = """Bonjour {prenom} {nom},

{organisation} a le plaisir de vous inviter.

- **Quand** : {date}, {horaires}
- **Où** : {lieu}

Merci de nous dire avant le {date_limite} si vous serez des nôtres. Une minute suffit, sans créer de compte.

Au plaisir de vous accueillir,

{organisation}"""


def current(event: Event) -> Letter | None:
    """The latest version written for this event, if any."""
    return db.session.scalar(
        select(Letter)
        .where(Letter.event_id == event.id, Letter.name == INVITATION)
        .order_by(Letter.version.desc())
        .limit(1)
    )


def current_or_default(event: Event, *, now: datetime) -> Letter:
    """What would be sent now; the proposed text is written down as version 1 when nobody changed it."""
    return current(event) or _add(event, DEFAULT_SUBJECT, DEFAULT_BODY, 1, by=None, now=now)


def write(event: Event, subject: str, body: str, *, now: datetime, by: User) -> Letter:
    """A new version, unless nothing changed. What was already sent keeps its own."""
    subject, body = one_line(subject), many_lines(body)
    hold(event)
    latest = current(event)
    if latest is not None and (latest.subject, latest.body) == (subject, body):
        return latest
    letter = _add(event, subject, body, latest.version + 1 if latest else 1, by=by, now=now)
    journal.record("letter.written", "Lettre d’invitation modifiée", now=now, by=by, event=event, subject=letter)
    return letter


def values(event: Event, guest: Guest, link: str) -> dict[str, str]:
    """What the placeholders become for one guest."""
    return {
        "prenom": guest.first_name,
        "nom": guest.last_name,
        "fonction": guest.function,
        "structure": guest.organisation_name,
        "evenement": event.title,
        "date": french_day_range(event.starts_at, event.ends_at, event.timezone),
        "horaires": french_hours(event.starts_at, event.ends_at, event.timezone),
        "lieu": event.venue.one_line,
        "date_limite": french_date(event.closes_at or event.starts_at, event.timezone),
        "organisation": event.organisation.name,
        "lien": link,
    }


def subject_for(subject: str, known: Mapping[str, str]) -> str:
    return one_line(placeholders.fill(subject, known))


def text_for(body: str, known: Mapping[str, str]) -> str:
    """The letter as plain text."""
    return markdown.plain(_filled(body, known))


def html_for(body: str, known: Mapping[str, str]) -> Markup:
    """The letter as HTML."""
    return markdown.render(_filled(body, known), top=2)


def _filled(body: str, known: Mapping[str, str]) -> str:
    """What a guest typed stays text, whatever it looks like; our own link stays a link."""
    escaped = {name: placeholders.escape_markdown(value) for name, value in known.items()}
    return placeholders.fill(body, escaped | {"lien": f"<{known['lien']}>"})


def unknown_placeholders(*texts: str) -> list[str]:
    return sorted({name for text in texts for name in placeholders.unknown_in(text, PLACEHOLDERS)})


def _add(event: Event, subject: str, body: str, version: int, *, by: User | None, now: datetime) -> Letter:
    letter = Letter(
        event_id=event.id,
        name=INVITATION,
        version=version,
        subject=subject,
        body=body,
        written_at=now,
        written_by_id=by.id if by else None,
    )
    db.session.add(letter)
    db.session.flush()
    return letter
