"""What was registered for a group, to whoever did it: names and states, nobody's personal link."""

from eventapp.extensions import db
from eventapp.outbox.letters import Contents, NothingToSay, letter
from eventapp.outbox.models import Message
from eventapp.registrations import links
from eventapp.registrations.groups.models import Party


@letter("registrations/party", title="Récapitulatif d’un groupe")
def party_contents(_message: Message, party_id: int) -> Contents:
    party = db.session.get(Party, party_id)
    if party is None:
        raise NothingToSay("le groupe a été effacé")
    event = party.event
    people = db.session.scalars(party.people).all()
    context = {"event": event, "party": party, "people": people, "party_url": links.of_party(party)}
    return Contents(context=context, sender_name=event.organisation.name, reply_to=event.contact[2])
