"""The letter that says which wishes were granted."""

from eventapp.outbox.letters import Contents, letter
from eventapp.outbox.models import Message
from eventapp.registrations.letters import contents_of, find_registration, over


@letter("registrations/allocated", title="Souhaits attribués")
def allocated_contents(message: Message, registration_id: int) -> Contents:
    registration = find_registration(registration_id)
    if registration.is_cancelled:
        return over(message, registration, "l’inscription est annulée")
    return contents_of(message, registration)
