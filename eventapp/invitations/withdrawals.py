"""Whoever had received a personal link is told, in a short letter, that their invitation was taken back."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from eventapp.events.models import Event, Status
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.invitations.models import Guest, Invitation
from eventapp.outbox.letters import Contents, NothingToSay, letter, post
from eventapp.outbox.models import Message, Priority, State

SENDS_THE_LINK = "invitations/invitation"
LEFT = (State.SENDING, State.SENT, State.UNCERTAIN)


def to_tell(event: Event, guests: Iterable[Guest], *, now: datetime) -> list[Invitation]:
    """The valid invitations of these guests whose link has left; not of those who declined, or whom no mail reaches."""
    if event.status is not Status.PUBLISHED or event.has_ended(now):
        return []
    reachable = [guest.invitation for guest in guests if guest.undeliverable_at is None]
    open_ones = [one for one in reachable if one is not None and not one.has_declined]
    left = _left(event) if open_ones else set()
    return [one for one in open_ones if one.id in left]


def tell(invitations: Iterable[Invitation], *, now: datetime, by_namer: bool = False) -> None:
    """`by_namer`: whoever had given their name withdrew it."""
    for invitation in invitations:
        post(
            "invitations/withdrawn",
            to=invitation.email,
            now=now,
            event=invitation.guest.event,
            priority=Priority.BULK,
            invitation_id=invitation.id,
            by_namer=by_namer,
        )


@letter("invitations/withdrawn", title="Invitation retirée")
def withdrawn_contents(_message: Message, invitation_id: int, by_namer: bool) -> Contents:
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None:
        raise NothingToSay("La personne a été effacée.")
    guest, event = invitation.guest, invitation.guest.event
    if event.cancelled_at is not None:
        raise NothingToSay("La rencontre est annulée.")
    if invitation.revoked_at is None or _is_back(guest):
        raise NothingToSay("La personne est de nouveau invitée.")
    namer = name_of(guest.named_by) if by_namer and guest.named_by is not None else ""
    return Contents(
        context={"event": event, "guest": guest, "namer": namer},
        sender_name=event.organisation.name,
        reply_to=event.contact[2],
    )


def _left(event: Event) -> set[int]:
    """The numbers of the invitations whose letter has left, or may have."""
    number = Message.context["invitation_id"].as_integer()
    sent = select(number).where(Message.event_id == event.id, Message.letter == SENDS_THE_LINK, Message.state.in_(LEFT))
    return set(db.session.scalars(sent))


def _is_back(guest: Guest) -> bool:
    """On the list again, as themselves or as another row."""
    same = Guest.of(guest.event).where(Guest.email_folded == guest.email_folded, Guest.name_folded == guest.name_folded)
    return db.session.scalar(same.with_only_columns(Guest.id).limit(1)) is not None
