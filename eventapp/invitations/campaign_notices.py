"""The letters that only campaigns send: the reminder, the practical note, the thanks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import links, notices, sending
from eventapp.invitations.campaign_models import Campaign
from eventapp.invitations.models import Guest, Invitation
from eventapp.letters.attachments import attached
from eventapp.letters.filling import words
from eventapp.letters.models import Letter, LetterKind
from eventapp.links import absolute
from eventapp.outbox.letters import WORDING, Attachment, Contents, NothingToSay, letter, post
from eventapp.outbox.models import Message, Priority
from eventapp.registrations import letters as registration_letters
from eventapp.registrations import links as registration_links
from eventapp.registrations import words as registration_words
from eventapp.registrations.changes import live_registration
from eventapp.registrations.models import Registration

NAMES = {
    LetterKind.REMINDER: "invitations/reminder",
    LetterKind.PRACTICAL: "invitations/practical",
    LetterKind.THANKS: "invitations/thanks",
}


def post_all(campaign: Campaign, people: Sequence[Any], *, now: datetime) -> list[Message]:
    """One letter for each, in their order; whoever is to be invited gets their link."""
    kind, written = campaign.letter.name, campaign.letter
    if kind in (LetterKind.INVITATION, LetterKind.STRUCTURE):
        issued = sending.issue_all(people, written, now=now)
        return [notices.invitation(one, priority=Priority.BULK, now=now) for one in issued]
    return [_post(campaign, person, written, now) for person in people]


@letter("invitations/reminder", title="Relance")
def reminder_contents(message: Message, invitation_id: int, letter_id: int) -> Contents:
    """Only to whoever is still silent when the letter leaves."""
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None or not invitation.is_silent:
        raise NothingToSay("La personne a répondu ou n’est plus invitée.")
    guest = invitation.guest
    if guest.reminders_stopped_at is not None:
        raise NothingToSay("La personne ne veut plus de relances.")
    if live_registration(guest.event, guest.email_folded, guest.name_folded) is not None:
        raise NothingToSay("La personne s’est inscrite.")
    event = guest.event
    if event.cancelled_at is not None:
        raise NothingToSay("La rencontre est annulée.")
    notices.check_published(event)
    written = db.session.get_one(Letter, letter_id)
    link = links.invitation(invitation)
    unsubscribe = links.unsubscribe(invitation)
    context = notices.contents(event, guest, written.subject, written.body, link, message.context.get(WORDING))
    return Contents(
        context=context | {"unsubscribe": unsubscribe},
        unsubscribe_url=unsubscribe,
        until=(event.closes_at or event.starts_at, "La date limite pour répondre est passée."),
        **_envelope(event, attached(event.id, written.name, at=message.created_at)),
    )


@letter("invitations/practical", title="Note pratique")
@letter("invitations/thanks", title="Remerciements")
def registered_contents(message: Message, registration_id: int, letter_id: int, waiting: bool = False) -> Contents:
    """`waiting`: written to those who wait for a place; whoever has one by now would be misled."""
    registration = db.session.get(Registration, registration_id)
    if registration is None or not (registration.is_waiting if waiting else registration.is_confirmed):
        raise NothingToSay("La personne n’attend plus." if waiting else "La personne n’a pas de place confirmée.")
    event = registration.event
    if event.cancelled_at is not None:
        raise NothingToSay("La rencontre est annulée.")
    notices.check_published(event)
    written = db.session.get_one(Letter, letter_id)
    link = registration_links.personal(registration)
    context = contents_for_registered(event, registration, written.subject, written.body, link)
    until = (event.ends_at, notices.OVER) if written.name is LetterKind.PRACTICAL else None
    if not registration_letters.is_theirs(message, registration):
        until = registration_letters.ELSEWHERE
    files = attached(event.id, written.name, at=message.created_at)
    return Contents(context=context, until=until, **_envelope(event, files))


def contents_for_registered(
    event: Event, registration: Registration, subject: str, body: str, link: str
) -> dict[str, object]:
    return {
        "event": event,
        "organisation": event.organisation,
        "link": link,
        "is_waiting": registration.is_waiting,
        "report": absolute("events.report", slug=event.slug),
        **words(subject, body, registration_words.values(event, registration, link)),
    }


def _post(campaign: Campaign, person: Guest | Registration, written: Letter, now: datetime) -> Message:
    ids: dict[str, Any] = {"letter_id": written.id}
    if isinstance(person, Guest):
        invitation = person.invitation
        assert invitation is not None  # noqa: S101 - whoever is not invited is left out
        to, ids["invitation_id"] = invitation.email, invitation.id
    else:
        to, ids["registration_id"] = person.email, person.id
        ids |= {"waiting": True} if person.is_waiting else {}
    return post(
        NAMES[written.name],
        to=to,
        now=now,
        event=campaign.event,
        priority=Priority.BULK,
        **ids,
    )


def _envelope(event: Event, files: list[Attachment]) -> dict[str, Any]:
    return {"sender_name": event.organisation.name, "reply_to": event.contact[2], "attachments": files}
