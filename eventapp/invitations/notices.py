"""The letters that go to guests."""

from datetime import datetime

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import letters, links
from eventapp.invitations.models import Guest, Invitation, Letter
from eventapp.outbox.letters import Contents, NothingToSay, letter, post
from eventapp.outbox.models import Message, Priority


def invitation(invitation: Invitation, *, priority: Priority, now: datetime) -> Message:
    return post(
        "invitations/invitation",
        to=invitation.email,
        now=now,
        event=invitation.guest.event,
        priority=priority,
        invitation_id=invitation.id,
        letter_id=invitation.letter_id,
    )


@letter("invitations/invitation", title="Invitation")
def invitation_contents(_message: Message, invitation_id: int, letter_id: int) -> Contents:
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None or invitation.revoked_at is not None:
        raise NothingToSay("L’invitation n’est plus valable.")
    written = db.session.get_one(Letter, letter_id)
    event = invitation.guest.event
    return Contents(
        context=contents(event, invitation.guest, written.subject, written.body, links.invitation(invitation)),
        sender_name=event.organisation.name,
        reply_to=event.contact[2],
    )


def contents(event: Event, guest: Guest, subject: str, body: str, link: str) -> dict[str, object]:
    """The template's variables; the editor's preview uses the same."""
    known = letters.values(event, guest, link)
    return {
        "event": event,
        "guest": guest,
        "organisation": event.organisation,
        "letter_subject": letters.subject_for(subject, known),
        "letter_text": letters.text_for(body, known),
        "letter_html": letters.html_for(body, known),
        "link": link,
    }
