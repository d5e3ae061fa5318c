"""Inviting: one valid link for one guest, and its letter in the same transaction."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from eventapp import journal, tokens
from eventapp.accounts.models import User
from eventapp.errors import Refused
from eventapp.events.models import Event, Status
from eventapp.extensions import db
from eventapp.formats import NBSP, plural
from eventapp.formats import person as name_of
from eventapp.invitations import following, notices
from eventapp.invitations.models import Guest, GuestKind, Invitation
from eventapp.letters.models import Letter, LetterKind
from eventapp.letters.writing import current_or_default
from eventapp.outbox.models import Priority
from eventapp.registrations.seats import hold

__all__ = ["hold", "invite", "invite_named", "issue", "issue_all", "not_yet_invited", "replace", "resend"]


class NotPublished(Refused):
    message = f"Publiez d’abord la rencontre{NBSP}: le lien envoyé mènerait à une page absente."


class TooLate(Refused):
    message = "La rencontre est terminée ou annulée : elle n’invite plus."


def not_yet_invited(event: Event) -> list[Guest]:
    """Guests without a valid invitation, by name."""
    valid = select(Invitation.guest_id).where(Invitation.event_id == event.id, Invitation.revoked_at.is_(None))
    return list(db.session.scalars(Guest.of(event).where(Guest.id.not_in(valid))))


def invite(event: Event, guests: Iterable[Guest], *, now: datetime, by: User | None) -> int:
    """Invite those of `guests` who are on the list and have no valid invitation; how many that is.

    Pressing the button twice, or two colleagues at once, sends one letter to each.
    """
    wanted = {guest.id for guest in guests}
    hold(event)
    check_may_invite(event, now)
    chosen = [guest for guest in not_yet_invited(event) if guest.id in wanted]
    letters = {kind: _letter_for(event, kind, now) for kind in {guest.kind for guest in chosen}}
    for guest in chosen:
        _send(_issue(guest, letters[guest.kind], now), priority=Priority.BULK, now=now)
    if chosen:
        journal.record(
            "invitations.sent",
            f"{plural(len(chosen), 'invitation envoyée', 'invitations envoyées')}",
            now=now,
            by=by,
            event=event,
            guests=len(chosen),
        )
    return len(chosen)


def invite_named(guest: Guest, *, now: datetime) -> Invitation:
    """At once, and ahead of mailings: somebody has just named them."""
    check_may_invite(guest.event, now)
    invitation = issue(guest, now=now)
    _send(invitation, priority=Priority.SINGLE, now=now)
    return invitation


def replace(invitation: Invitation, *, now: datetime, by: User) -> Invitation:
    """A corrected address: the old link dies, the reply is kept, a new link goes to the new address; with the letter
    that had not left yet, where there is one, at its turn in its campaign."""
    guest = invitation.guest
    invitation.revoked_at = now
    db.session.flush()
    new = issue(guest, now=now)
    new.reply, new.replied_at, new.decline_reason = invitation.reply, invitation.replied_at, invitation.decline_reason
    new.registration_id = invitation.registration_id
    if following.follow(invitation, new, now=now):
        new.letter_id = invitation.letter_id
        sentence = f"L’invitation de {name_of(guest)}, qui n’était pas partie, ira à sa nouvelle adresse"
    else:
        _send(new, priority=Priority.SINGLE, now=now)
        sentence = f"Nouveau lien envoyé à {name_of(guest)}, l’ancien ne fonctionne plus"
    journal.record("invitation.replaced", sentence, now=now, by=by, event=guest.event, subject=guest)
    return new


def resend(invitation: Invitation, *, now: datetime, by: User) -> None:
    """The same link once more, at the guest's request; two clicks ask for one letter."""
    hold(invitation.guest.event)
    check_may_invite(invitation.guest.event, now)
    if notices.has_just_left(invitation, now=now):
        return
    _send(invitation, priority=Priority.SINGLE, now=now)
    guest = invitation.guest
    journal.record(
        "invitation.resent", f"Invitation renvoyée à {name_of(guest)}", now=now, by=by, event=guest.event, subject=guest
    )


def check_may_invite(event: Event, now: datetime) -> None:
    if event.status is Status.DRAFT:
        raise NotPublished
    if event.status is Status.CANCELLED or event.has_ended(now):
        raise TooLate


def issue(guest: Guest, *, now: datetime) -> Invitation:
    """A new valid link, that nothing sends yet."""
    return _issue(guest, _letter_for(guest.event, guest.kind, now), now)


def issue_all(guests: Iterable[Guest], letter: Letter, *, now: datetime) -> list[Invitation]:
    """New valid links of one letter, that nothing sends yet: those of a campaign."""
    issued = [_new(guest, letter, now) for guest in guests]
    db.session.add_all(issued)
    db.session.flush()
    return issued


def _letter_for(event: Event, kind: GuestKind, now: datetime) -> Letter:
    wanted = LetterKind.STRUCTURE if kind is GuestKind.STRUCTURE else LetterKind.INVITATION
    return current_or_default(event, wanted, now=now)


def _issue(guest: Guest, letter: Letter, now: datetime) -> Invitation:
    return issue_all([guest], letter, now=now)[0]


def _new(guest: Guest, letter: Letter, now: datetime) -> Invitation:
    issued = tokens.issue(Invitation.PURPOSE)
    return Invitation(
        event_id=guest.event_id,
        guest=guest,
        letter_id=letter.id,
        email=guest.email,
        nonce=issued.nonce,
        digest=issued.digest,
        invited_at=now,
    )


def _send(invitation: Invitation, *, priority: Priority, now: datetime) -> None:
    notices.invitation(invitation, priority=priority, now=now)
