"""The organiser's own words in the letters to people registered. What happened, the facts, the links and the calendar
stay ours, around them."""

from datetime import datetime
from typing import Any, Protocol

from eventapp.events.models import Event
from eventapp.formats import french_datetime
from eventapp.letters import attachments, writing
from eventapp.letters.filling import event_values, words
from eventapp.letters.models import LetterKind
from eventapp.outbox.letters import Attachment, once
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


def of(message: Message, registration: Registration, link: str) -> dict[str, object]:
    """As they were worded when the letter was posted; nothing for letters that nobody words."""
    if (kind := KINDS.get(message.letter)) is None:
        return {}
    event, made_at = registration.event, message.created_at
    subject, body = once(("text", event.id, kind, made_at), lambda: writing.text_at(event, kind, made_at))
    return words(subject, body, values(registration.event, registration, link))


def files(message: Message, registration: Registration) -> list[Attachment]:
    if (kind := KINDS.get(message.letter)) is None:
        return []
    event_id, at = registration.event_id, message.created_at
    return once(("files", event_id, kind, at), lambda: attachments.attached(event_id, kind, at=at))


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
