"""The letters about what the organisers did to one registration: restored, merged."""

from dataclasses import replace

from eventapp.outbox.letters import Contents, letter
from eventapp.outbox.models import Message
from eventapp.registrations.letters import contents_of, find_registration, over


@letter("registrations/restored", title="Inscription rétablie")
@letter("registrations/merged", title="Inscriptions réunies")
def live_contents(message: Message, registration_id: int) -> Contents:
    registration = find_registration(registration_id)
    if registration.is_cancelled:
        return over(message, registration, "l’inscription est annulée")
    return contents_of(message, registration)


@letter("registrations/merged_away", title="Inscription réunie à une autre adresse")
def merged_away_contents(message: Message, registration_id: int) -> Contents:
    """To the address that is no longer written to; says nothing about the other one."""
    return replace(contents_of(message, find_registration(registration_id)), until=None)
