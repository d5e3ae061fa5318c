"""The organiser's own words in the letters to people registered. What happened, the facts, the links and the calendar
stay ours, around them."""

from datetime import datetime

from eventapp.events.models import Event
from eventapp.formats import french_datetime
from eventapp.letters import attachments, writing
from eventapp.letters.filling import event_values, words
from eventapp.letters.models import LetterKind
from eventapp.outbox.letters import Attachment
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


def of(message: Message, registration: Registration, link: str) -> dict[str, object]:
    """As they were worded when the letter was posted; nothing for letters that nobody words."""
    if (kind := KINDS.get(message.letter)) is None:
        return {}
    subject, body = writing.text_at(registration.event, kind, message.created_at)
    return words(subject, body, values(registration.event, registration, link))


def files(message: Message, registration: Registration) -> list[Attachment]:
    kind = KINDS.get(message.letter)
    return attachments.attached(registration.event_id, kind, at=message.created_at) if kind else []


def values(event: Event, registration: Registration, link: str) -> dict[str, str]:
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
