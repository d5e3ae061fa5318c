"""The letter to whoever registered a group; each of its people gets the usual one (see notices)."""

from datetime import datetime

from eventapp.outbox.letters import post
from eventapp.registrations.groups import letters
from eventapp.registrations.groups.models import Party

LETTERS = letters  # importing it registers what is posted here


def registered(party: Party, *, now: datetime) -> None:
    post("registrations/party", to=party.email, now=now, event=party.event, party_id=party.id)
