"""What a guest does with their link: accept, decline, change their mind."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from eventapp import journal, tokens
from eventapp.accounts.models import User
from eventapp.agenda.models import Session
from eventapp.errors import Refused
from eventapp.events.models import Event, Status
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.invitations import places
from eventapp.invitations.models import Guest, Invitation, Reply
from eventapp.registrations import refusals, seats
from eventapp.registrations.models import Registration, Source
from eventapp.registrations.people import Person
from eventapp.registrations.self_service import requests, windows
from eventapp.registrations.self_service.models import RequestKind
from eventapp.text import fold

Actor = User | str


class NotAnswerable(Refused):
    message = "Il n’est plus possible de répondre à cette invitation."


class NotTheGuest(Refused):
    """Neither the name nor the address is the guest's: their link was passed on."""

    field = "last_name"

    def __init__(self, guest: Guest) -> None:
        super().__init__(
            f"Cette invitation est au nom de {name_of(guest)}. Pour qu’une autre personne vienne, revenez à"
            " l’invitation et choisissez «\u00a0Envoyer quelqu’un d’autre\u00a0»."
        )


class NamesOthers(Refused):
    message = "Cette invitation est celle d’une structure\u00a0: nommez les personnes qui viendront."


class SomebodyElse(Refused):
    """The form named a person who is already registered, at another address than this invitation's."""

    message = "Cette personne est déjà inscrite. Son lien personnel lui a été renvoyé à son adresse."

    def __init__(self, registration: Registration) -> None:
        super().__init__()
        self.registration = registration


class LinkIsDead(NotAnswerable):
    message = "Ce lien ne fonctionne plus\u00a0: il a été retiré ou remplacé par un autre."


def find(token: str) -> Invitation | None:
    """The valid invitation of a presented token; a revoked link finds nothing, nor does that of a draft."""
    invitation = db.session.scalar(
        select(Invitation).where(Invitation.digest == tokens.digest(token), Invitation.revoked_at.is_(None))
    )
    if invitation is None or invitation.guest.removed_at is not None or not invitation.guest.event.is_public:
        return None
    return invitation


def why_not_answerable(event: Event, now: datetime) -> str | None:
    """The sentence to show instead of the two choices, or None while replies are taken."""
    if event.status is Status.CANCELLED:
        return "Cette rencontre est annulée\u00a0: vous n’avez plus à répondre."
    if event.has_ended(now):
        return "Cette rencontre a eu lieu."
    if not event.registration_has_opened(now):
        return "Les réponses ne sont pas encore ouvertes."
    if event.registration_has_closed(now):
        return "La date limite pour répondre est passée. Pour toute question, écrivez à l’organisateur."
    return None


def may_decline(event: Event, now: datetime) -> bool:
    """After the deadline too: a place that nobody will take is better known late than never."""
    return event.status is not Status.CANCELLED and not event.has_ended(now)


def check_answerable(event: Event, *, by: Actor, now: datetime) -> None:
    """The deadline binds guests; what one of the team enters for them is only refused when nobody comes any more."""
    why = why_not_answerable(event, now)
    if why and (by == journal.PERSON or not may_decline(event, now)):
        raise NotAnswerable(why)


def hold(invitation: Invitation) -> None:
    """The event's lock; then a second look at the link, which may have died while we waited."""
    seats.hold(invitation.guest.event)
    if invitation.revoked_at is not None or invitation.guest.removed_at is not None:
        raise LinkIsDead


def accept(
    invitation: Invitation,
    person: Person,
    *,
    sessions: Collection[Session] = (),
    ranked: Sequence[Session] = (),
    answers: Mapping[str, Any] | None = None,
    now: datetime,
    by: Actor = journal.PERSON,
    idempotency_key: str | None = None,
    consented_at: datetime | None = None,
    consents: Collection[str] = (),
    over_capacity: bool = False,
    reason: str = "",
) -> Registration:
    """Register the guest under the same rules as everyone. Accepting twice gives the same registration.

    `by` a User: a reply received by phone, which one of the team enters, after the deadline too.
    """
    guest = invitation.guest
    hold(invitation)
    if invitation.has_live_registration and invitation.registration is not None:
        return invitation.registration
    _check_is_for(guest, person)
    try:
        registration = seats.register(
            guest.event,
            person,
            sessions=sessions,
            ranked=ranked,
            answers=answers or {},
            now=now,
            source=source_of(by),
            by=by,
            idempotency_key=idempotency_key,
            consented_at=consented_at,
            consents=consents,
            over_capacity=over_capacity,
            reason=reason,
        )
    except refusals.AlreadyRegistered as already:
        registration = already.registration
        if registration.email_folded != guest.email_folded:
            raise SomebodyElse(registration) from None
    if registration.is_cancelled:
        return registration  # the same form sent again, after they gave up: no new reply
    note_reply(invitation, Reply.ACCEPTED, now=now, by=by, spoken=isinstance(by, User))
    invitation.registration = registration
    db.session.flush()
    return registration


def source_of(by: Actor) -> Source:
    return Source.ORGANISER if isinstance(by, User) else Source.INVITATION


def decline(invitation: Invitation, *, reason: str = "", now: datetime, by: Actor = journal.PERSON) -> None:
    """Note the refusal; the guest's registration, if any, is cancelled and its place passed on.

    When it is too late for them to cancel alone, the refusal is noted all the same and the cancellation asked for.
    """
    event = invitation.guest.event
    hold(invitation)
    if not may_decline(event, now):
        raise NotAnswerable
    if invitation.has_declined:
        return
    registration = places.registration_of(invitation)
    note_reply(invitation, Reply.DECLINED, now=now, by=by, spoken=isinstance(by, User))
    invitation.decline_reason = reason
    if registration is None:
        return
    if by == journal.PERSON and not windows.may_cancel(registration, now):
        requests.ask(registration, RequestKind.CANCEL, {"reason": reason}, now=now)
    else:
        seats.cancel(registration, now=now, by=by, reason=reason)


def follow_merge(leaves: Registration, stays: Registration) -> None:
    """After two registrations of one person became one: their invitation leads to the one that stays."""
    moved = update(Invitation).where(Invitation.registration_id == leaves.id)
    db.session.execute(moved.values(registration_id=stays.id))


def undo_refusal(registration: Registration, *, now: datetime, by: Actor) -> None:
    """After an organiser restored the registration of a guest: they come again, unless others have their place."""
    taken = places.why_not_again(registration)
    if taken is not None:
        raise places.PlaceGiven(taken)
    theirs = select(Invitation).where(
        Invitation.registration_id == registration.id,
        Invitation.reply == Reply.DECLINED,
        Invitation.revoked_at.is_(None),
    )
    for invitation in db.session.scalars(theirs).all():
        note_reply(invitation, Reply.ACCEPTED, now=now, by=by)


def note_reply(invitation: Invitation, reply: Reply, *, now: datetime, by: Actor, spoken: bool = False) -> None:
    """`spoken`: received by phone."""
    if invitation.reply is reply:
        return
    invitation.reply, invitation.replied_at, invitation.decline_reason = reply, now, ""
    word = "accepté" if reply is Reply.ACCEPTED else "décliné"
    journal.record(
        f"invitation.{reply.value}",
        f"{name_of(invitation.guest)} a {word} l’invitation{' (réponse reçue par téléphone)' if spoken else ''}",
        now=now,
        by=by,
        event=invitation.guest.event,
        subject=invitation.guest,
    )


def _check_is_for(guest: Guest, person: Person) -> None:
    if guest.is_structure:
        raise NamesOthers
    places.check(guest)
    if person.email_folded != guest.email_folded and fold(person.last_name) != fold(guest.last_name):
        raise NotTheGuest(guest)
