"""The letters that go to guests."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import selectinload

from eventapp.events.models import Event, Wording
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.formats import plural
from eventapp.invitations import links
from eventapp.invitations.models import PUBLIC_DIRECTORY, Guest, Invitation, NamedAs
from eventapp.letters import writing
from eventapp.letters.attachments import attached
from eventapp.letters.filling import event_values, words, words_beside
from eventapp.letters.models import Letter, LetterKind
from eventapp.outbox.letters import WORDING, Contents, NothingToSay, NotYet, ahead, letter, post
from eventapp.outbox.models import Message, Priority, State
from eventapp.registrations.models import Registration, Status

# Letters to silent guests that carry the organiser's words below ours: those of which kind, and what they are about.
SAID = {
    "invitations/event_moved": (LetterKind.CHANGE, "la date ou le lieu de la rencontre"),
    "invitations/event_cancelled": (LetterKind.CANCELLATION, "la rencontre"),
}
OVER = "La rencontre est terminée."
REST = timedelta(minutes=1)  # between two letters with the same link


@ahead("invitation_id")
def invitations_with_these(ids: Collection[int]) -> object:
    wanted = select(Invitation).where(Invitation.id.in_(ids)).options(selectinload(Invitation.guest))
    return list(db.session.scalars(wanted))


@ahead("letter_id")
def versions_with_these(ids: Collection[int]) -> object:
    return list(db.session.scalars(select(Letter).where(Letter.id.in_(ids))))


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


def has_just_left(invitation: Invitation, *, now: datetime) -> bool:
    """Whether a letter with this link was asked for in this minute, and nothing says that it does not arrive."""
    recent = select(Message.context).where(
        Message.event_id == invitation.event_id,
        Message.letter == "invitations/invitation",
        Message.to == invitation.email,
        Message.created_at > now - REST,
        Message.state.not_in((State.FAILED, State.DROPPED)),
        Message.bounced_at.is_(None),
    )
    return any(context["invitation_id"] == invitation.id for context in db.session.scalars(recent))


def event_moved(event: Event, *, note: str = "", now: datetime) -> int:
    """Tell whoever was invited and has not answered the new date or place; how many letters. `note`: the organiser's
    own words."""
    return _tell("invitations/event_moved", event, now=now, **({"note": note} if note else {}))


def event_cancelled(event: Event, *, now: datetime) -> int:
    return _tell("invitations/event_cancelled", event, now=now)


def people_to_tell(event: Event) -> int:
    """How many silent guests a move or a cancellation would write to, beside the people registered."""
    return db.session.scalar(select(func.count()).select_from(_silent(event).subquery())) or 0


@letter("invitations/event_moved", title="Date ou lieu changé (invité)")
@letter("invitations/event_cancelled", title="Rencontre annulée (invité)")
def silent_contents(message: Message, invitation_id: int, note: str = "") -> Contents:
    """Nothing to say to whoever has answered meanwhile: what they then read was already right."""
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None or not invitation.is_silent:
        raise NothingToSay("La personne a répondu ou n’est plus invitée.")
    event = invitation.guest.event
    moved = message.letter == "invitations/event_moved"
    if moved and event.cancelled_at is not None:
        raise NothingToSay("La rencontre est annulée.")
    if moved:
        check_published(event)
    link, (kind, subject) = links.invitation(invitation), SAID[message.letter]
    known = values(event, invitation.guest, link) | {"sujet": subject}
    own = words_beside(writing.own_text_at(event, kind, message.created_at), known)
    return Contents(
        context={"event": event, "guest": invitation.guest, "link": link, "note": note, **own},
        sender_name=event.organisation.name,
        reply_to=event.contact[2],
        attachments=attached(event.id, kind, at=message.created_at),
        until=(event.ends_at, OVER) if moved else None,
    )


@letter("invitations/invitation", title="Invitation")
def invitation_contents(message: Message, invitation_id: int, letter_id: int) -> Contents:
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None or invitation.revoked_at is not None:
        raise NothingToSay("L’invitation n’est plus valable.")
    written = db.session.get_one(Letter, letter_id)
    event, unsubscribe = invitation.guest.event, links.unsubscribe(invitation)
    if event.cancelled_at is not None:
        raise NothingToSay("La rencontre est annulée.")
    check_published(event)
    link, wording = links.invitation(invitation), message.context.get(WORDING)
    context = contents(event, invitation.guest, written.subject, written.body, link, wording)
    return Contents(
        context=context | {"unsubscribe": unsubscribe},
        unsubscribe_url=unsubscribe,
        sender_name=event.organisation.name,
        reply_to=event.contact[2],
        attachments=attached(event.id, written.name, at=message.created_at),
        until=(event.ends_at, OVER),
    )


def check_published(event: Event) -> None:
    """The link of a letter leads to the pages of its event: while they are withdrawn, it waits."""
    if event.published_at is None:
        raise NotYet("La rencontre n’est pas publiée.")


def contents(
    event: Event, guest: Guest, subject: str, body: str, link: str, wording: str | None = None
) -> dict[str, object]:
    """The template's variables; the editor's preview uses the same. `wording`: that the message has kept."""
    known = values(event, guest, link)
    if guest.is_structure:
        subject, body = writing.to_a_structure(subject, body)
    return {
        "event": event,
        "guest": guest,
        "organisation": event.organisation,
        "source": _source(event, guest),
        "named_by": _named_by(guest),
        "link": link,
        "summons": Wording(wording or event.wording) is Wording.CONVOCATION,
        **words(subject, body, known),
    }


def values(event: Event, guest: Guest, link: str) -> dict[str, str]:
    """What the placeholders become for one guest."""
    own = {
        "prenom": guest.first_name,
        "nom": guest.last_name,
        "fonction": guest.function,
        "structure": guest.organisation_name,
        "places": plural(guest.places, "place", "places") if guest.places is not None else "",
        "lien": link,
    }
    return event_values(event) | own


def _named_by(guest: Guest) -> str:
    """Who gave the guest's name, in a sentence; empty for those whom the organisers chose themselves."""
    if guest.named_by is None:
        return ""
    said = {NamedAs.COLLEAGUE: "a donné votre nom pour venir à cette rencontre."}
    said[NamedAs.REPLACEMENT] = "ne peut pas venir à cette rencontre et vous propose d’y aller à sa place."
    return f"{name_of(guest.named_by)} {said[guest.named_as or NamedAs.COLLEAGUE]}"


def _source(event: Event, guest: Guest) -> str:
    """Where we have the address from, said at first contact: an organiser's file keeps its name for organisers."""
    if guest.named_by is not None:
        return name_of(guest.named_by)
    return guest.origin if guest.origin == PUBLIC_DIRECTORY else f"liste transmise par {event.organisation.name}"


def _tell(name: str, event: Event, *, now: datetime, **said: Any) -> int:
    told = list(db.session.scalars(_silent(event)))
    for silent in told:
        post(name, to=silent.email, now=now, event=event, priority=Priority.BULK, invitation_id=silent.id, **said)
    return len(told)


def _silent(event: Event) -> Select["Invitation"]:
    """The valid invitations without a reply; who registered otherwise gets the letter of the people registered."""
    return (
        select(Invitation)
        .join(Invitation.guest)
        .where(
            Invitation.event_id == event.id,
            Invitation.revoked_at.is_(None),
            Invitation.reply.is_(None),
            Guest.removed_at.is_(None),
            ~_is_registered(),
        )
        .order_by(Invitation.id)
    )


def _is_registered() -> ColumnElement[bool]:
    return exists().where(
        Registration.event_id == Guest.event_id,
        Registration.email_folded == Guest.email_folded,
        Registration.name_folded == Guest.name_folded,
        Registration.status != Status.CANCELLED,
    )
