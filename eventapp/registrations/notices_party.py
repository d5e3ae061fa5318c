"""The letter to whoever registered a group; each of its people gets the usual one (see notices)."""

from datetime import datetime

from eventapp.outbox.letters import post
from eventapp.registrations import letters_party
from eventapp.registrations.party_models import Party

LETTERS = letters_party  # importing it registers what is posted here


def registered(party: Party, *, now: datetime) -> None:
    post("registrations/party", to=party.email, now=now, event=party.event, party_id=party.id)
