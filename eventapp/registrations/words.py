"""The organiser's own words in the letters to people registered. What happened, the facts, the links and the calendar
stay ours, around them."""

from datetime import datetime
from typing import Any, Protocol

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.formats import french_datetime, typo
from eventapp.letters import attachments, writing
from eventapp.letters.filling import event_values, words, words_beside
from eventapp.letters.models import LetterKind
from eventapp.outbox.letters import WORDING, Attachment
from eventapp.outbox.models import Message
from eventapp.registrations.models import Registration

KINDS = {
    "registrations/confirmed": LetterKind.CONFIRMATION,
    "registrations/waiting": LetterKind.WAITING,
    "registrations/offered": LetterKind.OFFER,
    "registrations/promoted": LetterKind.PROMOTED,
    "registrations/event_moved": LetterKind.CHANGE,
    "registrations/cancelled": LetterKind.CANCELLATION,
}
# What else changes or is cancelled: the letter says what, then come the same words, if the organisers wrote any.
BESIDE = {
    "registrations/session_moved": LetterKind.CHANGE,
    "registrations/sessions_changed": LetterKind.CHANGE,
    "registrations/programme_changed": LetterKind.CHANGE,
    "registrations/session_cancelled": LetterKind.CANCELLATION,
    "registrations/event_cancelled": LetterKind.CANCELLATION,
}
SUBJECTS = {
    "registrations/event_moved": "la date ou le lieu de la rencontre",
    "registrations/cancelled": "votre inscription",
    "registrations/sessions_changed": "vos sessions",
    "registrations/programme_changed": "le programme",
    "registrations/event_cancelled": "la rencontre",
}


class Reader(Protocol):
    """A registration, or a sample of one."""

    @property
    def first_name(self) -> Any: ...
    @property
    def last_name(self) -> Any: ...
    @property
    def function(self) -> Any: ...
    @property
    def organisation_name(self) -> str: ...
    @property
    def offer_until(self) -> Any: ...


def of(message: Message, registration: Registration, link: str, session: Session | None = None) -> dict[str, object]:
    """As they were worded when the letter was posted; nothing for letters that nobody words."""
    event, kind, made_at = registration.event, _kind(message), message.created_at
    if kind is None and message.letter not in BESIDE:
        return {}
    known = values(event, registration, link) | {"sujet": subject_of(message.letter, session)}
    if kind is None or message.letter in BESIDE:
        return words_beside(writing.own_text_at(event, kind, made_at) if kind else None, known)
    return words(*writing.text_at(event, kind, made_at, message.context.get(WORDING)), known)


def files(message: Message, registration: Registration) -> list[Attachment]:
    kind = _kind(message)
    return [] if kind is None else attachments.attached(registration.event_id, kind, at=message.created_at)


def subject_of(letter: str, session: Session | None) -> str:
    """What `{sujet}` becomes."""
    return typo(f"la session « {session.title} »") if session is not None else SUBJECTS.get(letter, "")


def values(event: Event, registration: Reader, link: str) -> dict[str, str]:
    """What the placeholders become for one person registered."""
    until: datetime | None = registration.offer_until
    own = {
        "prenom": registration.first_name,
        "nom": registration.last_name,
        "fonction": registration.function,
        "structure": registration.organisation_name,
        "delai": french_datetime(until, event.timezone) if until else "",
        "lien": link,
    }
    return event_values(event) | own


def _kind(message: Message) -> LetterKind | None:
    """Whoever changed their own sessions reads only that: what is said of a change is for those who did not ask."""
    if message.letter == "registrations/sessions_changed" and not message.context.get("is_news"):
        return None
    return KINDS.get(message.letter) or BESIDE.get(message.letter)
