"""Somebody named behind a guest: on the list, invited at once, their name withdrawn while there is no answer."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from eventapp import journal
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.invitations import answering, guest_list, places, sending, withdrawals
from eventapp.invitations.answering import Actor
from eventapp.invitations.models import Guest, GuestState, Invitation, NamedAs, Reply
from eventapp.registrations.models import Registration
from eventapp.registrations.people import Colleague, Person

SPARE = 20  # how many people an invitation may name beyond its places: a link is no way to write to the world


class Standing(NamedTuple):
    """Where somebody named stands, as whoever named them and the organisers see it."""

    guest: Guest
    registration: Registration | None
    mark: str  # of their invitation
    may_be_taken_back: bool

    @property
    def word(self) -> str:
        """When no registration says it better."""
        return "a renoncé" if self.guest.state is GuestState.ACCEPTED else self.guest.state.label


class TooManyNames(Refused):
    message = "Trop de personnes ont déjà été nommées avec ce lien. Écrivez à l’organisateur."


class AlreadyAnswered(Refused):
    def __init__(self, guest: Guest) -> None:
        super().__init__(f"{name_of(guest)} a déjà répondu\u00a0: vous ne pouvez plus retirer son nom vous-même.")


class Registered(Refused):
    message = "Vous êtes inscrit\u00a0: transmettez votre place depuis la page de votre inscription."


class Oneself(Refused):
    message = "C’est votre propre nom et votre propre adresse."
    field = "email"


def send_instead(invitation: Invitation, colleague: Colleague, *, now: datetime, by: Actor = journal.PERSON) -> Guest:
    """The guest declines, and the person they name is invited in their stead. The same name again changes nothing."""
    guest, event = invitation.guest, invitation.guest.event
    answering.hold(invitation)
    answering.check_answerable(event, by=by, now=now)
    person = replace(guest_list.person_of(guest), **vars(colleague))
    known = find(guest, person)
    if known is not None:
        return known
    if places.registration_of(invitation) is not None:
        raise Registered
    if (person.email_folded, person.name_folded) == (guest.email_folded, guest.name_folded):
        raise Oneself
    places.check(guest)
    answering.note_reply(invitation, Reply.DECLINED, now=now, by=by)
    named = add(guest, person, NamedAs.REPLACEMENT, now=now, by=by)
    sending.invite_named(named, now=now)
    return named


def take_back(named: Guest, *, now: datetime, by: Actor = journal.PERSON, with_all: bool = False) -> None:
    """Whoever named somebody withdraws the name, as long as there is no answer; the link dies, the place is free.
    `with_all`: nobody of the structure comes, which may be said after the deadline too."""
    event = named.event
    sending.hold(event)
    if by == journal.PERSON and not with_all:
        answering.check_answerable(event, by=by, now=now)
    invitation = named.invitation
    if named.removed_at is not None or invitation is None:
        return
    if not may_take_back(named):
        raise AlreadyAnswered(named)
    told = withdrawals.to_tell(event, [named], now=now)
    named.removed_at = invitation.revoked_at = now
    withdrawals.tell(told, now=now, by_namer=True)
    namer = named.named_by
    who = f"{name_of(namer)} retire" if namer is not None else "Retrait de"
    journal.record("guest.taken_back", f"{who} {name_of(named)}", now=now, by=by, event=event, subject=namer or named)
    if namer is not None and namer.is_structure and namer.invitation is not None and not places.holders(namer):
        namer.invitation.reply = namer.invitation.replied_at = None


def may_take_back(named: Guest) -> bool:
    invitation = named.invitation
    if named.removed_at is not None or invitation is None or not invitation.is_silent:
        return False
    return places.registration_of(invitation) is None


def standings(guest: Guest) -> list[Standing]:
    """Of those named behind a guest who are still on the list."""
    return [_standing(named) for named in places.named_behind(guest) if named.removed_at is None]


def live_names(guest: Guest) -> list[Guest]:
    """Those whom this guest named and who are still on the list."""
    return [named for named in guest.named if named.removed_at is None]


def add(namer: Guest, person: Person, named_as: NamedAs, *, now: datetime, by: Actor) -> Guest:
    """On the list, with the namer's place; `person` is already of their structure."""
    event, root = namer.event, places.root_of(namer)
    if sum(1 for _ in places.named_behind(root)) >= (root.places or 0) + SPARE:
        raise TooManyNames
    try:
        named = guest_list.add(event, person, origin=f"indiquée par {name_of(namer)}"[:200], now=now, by=by)
    except guest_list.AlreadyGuest:
        raise Refused(f"{name_of(person)} est déjà invité, avec son propre lien.") from None
    named.named_by, named.named_as = namer, named_as
    word = "désigne" if named_as is NamedAs.COLLEAGUE else "envoie à sa place"
    sentence = f"{name_of(namer)} {word} {name_of(named)}"
    journal.record("guest.named", sentence, now=now, by=by, event=event, subject=namer, named=named.id)
    db.session.flush()
    return named


def find(namer: Guest, person: Person) -> Guest | None:
    key = person.email_folded, person.name_folded
    return next((named for named in live_names(namer) if (named.email_folded, named.name_folded) == key), None)


def _standing(named: Guest) -> Standing:
    invitation = named.invitation
    registration = places.registration_of(invitation) if invitation is not None else None
    mark = invitation.mark if invitation is not None else ""
    return Standing(named, registration, mark, may_take_back(named))
