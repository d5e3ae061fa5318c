"""A guest's address is corrected: what has not left for the old one goes to the new one, with the new link."""

from datetime import datetime

from eventapp.invitations.models import Invitation
from eventapp.outbox import following
from eventapp.outbox.following import STILL_HERE

SENDS_THE_LINK = "invitations/invitation"
REMINDER = "invitations/reminder"


def follow(old: Invitation, new: Invitation, *, now: datetime) -> bool:
    """Whether the letter with the link is among them. One such letter is enough, and no reminder leaves beside it."""
    event, has_link = old.guest.event, False
    for message in following.waiting(event, old.email):
        if message.context.get("invitation_id") != old.id:
            continue
        sends_the_link = message.letter == SENDS_THE_LINK
        if message.letter == REMINDER or (sends_the_link and (has_link or message.state not in STILL_HERE)):
            following.withdraw(message)
            continue
        context = message.context | {"invitation_id": new.id}
        moved = following.follow(message, new.email, event=event, now=now, context=context)
        has_link = has_link or (sends_the_link and moved is not None)
    return has_link
