"""The guest list of an event: adding, correcting, sorting, removing guests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.errors import Refused
from eventapp.events.models import Category, Event
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.formats import plural
from eventapp.invitations import listing, sending, unsubscribing, withdrawals
from eventapp.invitations.listing import Choice
from eventapp.invitations.models import Guest, GuestKind
from eventapp.registrations.people import Person, search_text

BY_HAND = "saisie par l’organisateur"


@dataclass(frozen=True)
class Newcomer:
    """`places`: the structure of this person is invited, at that address."""

    person: Person
    places: int | None = None
    origin: str = BY_HAND


class AlreadyGuest(Refused):
    message = "Cette personne est déjà dans la liste des invités, avec cette adresse."
    field = "email"


class GuestGone(Refused):
    message = "Cette personne n’est plus dans la liste des invités."


class HasReplied(Refused):
    message = "Cette personne a accepté\u00a0: annulez d’abord son inscription."


def find(event: Event, person: Person) -> Guest | None:
    """The guest of this address and name, case and accents set aside."""
    return db.session.scalar(
        Guest.of(event).where(Guest.email_folded == person.email_folded, Guest.name_folded == person.name_folded)
    )


def add(
    event: Event,
    person: Person,
    *,
    places: int | None = None,
    origin: str = BY_HAND,
    now: datetime,
    by: User | str | None,
) -> Guest:
    """Raises AlreadyGuest. The invitation is a further act: sending.invite. `places`: of a structure."""
    sending.hold(event)
    if find(event, person) is not None:
        raise AlreadyGuest
    guest = _new(event, Newcomer(person, places, origin), now, unsubscribing.stopped(event))
    db.session.add(guest)
    db.session.flush()
    _note_added(guest, event, now, by)
    return guest


def add_many(event: Event, newcomers: Iterable[Newcomer], *, now: datetime, by: User | None) -> int:
    """Those who are not there yet, a structure once; how many that is.

    One look and one insertion whatever their number: others wait for the lock meanwhile.
    """
    sending.hold(event)
    there, structures, silent = keys(event), structure_ids(event), unsubscribing.stopped(event)
    guests = []
    for one in newcomers:
        person, structure = one.person, one.person.structure
        key = (person.email_folded, person.name_folded)
        invites = structure.id if one.places is not None and structure is not None else None
        if key in there or invites in structures:
            continue
        there.add(key)
        structures |= {invites} - {None}
        guests.append(_new(event, one, now, silent))
    db.session.add_all(guests)
    db.session.flush()
    for guest in guests:
        _note_added(guest, event, now, by)
    return len(guests)


def correct(guest: Guest, person: Person, *, now: datetime, by: User) -> bool:
    """Change what we know of a guest. Another address kills the old link and sends a new one: True then."""
    event = guest.event
    hold(guest)
    other = find(event, person)
    if other is not None and other is not guest:
        raise AlreadyGuest
    moved = person.email_folded != guest.email_folded
    _describe(guest, person)
    db.session.flush()
    journal.record("guest.corrected", f"Correction\u00a0: {name_of(guest)}", now=now, by=by, event=event, subject=guest)
    if not moved:
        return False
    guest.undeliverable_at, guest.undeliverable_why = None, ""
    invitation = guest.invitation
    if invitation is not None:
        sending.replace(invitation, now=now, by=by)
    return invitation is not None


def correct_address(guest: Guest, email: str, *, now: datetime, by: User) -> bool:
    """What answers a letter that came back: another address, or the same once more. True when a letter leaves."""
    person = replace(person_of(guest), email=email)
    if person.email_folded != guest.email_folded:
        return correct(guest, person, now=now, by=by)
    hold(guest)
    guest.undeliverable_at, guest.undeliverable_why = None, ""
    if guest.invitation is not None:
        sending.resend(guest.invitation, now=now, by=by)
    return guest.invitation is not None


def hold(guest: Guest) -> None:
    """The event's lock; then a second look: a colleague may have taken the guest off while we waited."""
    sending.hold(guest.event)
    if guest.removed_at is not None:
        raise GuestGone


def categorise(event: Event, guests: Iterable[Guest], category: Category | None, *, now: datetime, by: User) -> int:
    """Put guests in a category, or in none; how many changed."""
    changed = [guest for guest in guests if guest.category is not category]
    for guest in changed:
        guest.category = category
    if changed:
        name = f"«\u00a0{category.name}\u00a0»" if category else "sans catégorie"
        sentence = f"{plural(len(changed), 'invité', 'invités')}\u00a0: {name}"
        journal.record("guests.categorised", sentence, now=now, by=by, event=event, guests=len(changed))
    return len(changed)


def why_stays(guest: Guest) -> Refused | None:
    """What keeps a guest on the list: they come. A structure leaves alone; those it named keep their links."""
    invitation = guest.invitation
    return HasReplied() if invitation is not None and invitation.has_live_registration else None


def remove(guest: Guest, *, now: datetime, by: User, tell: bool = True) -> None:
    """Take a guest off the list; their link dies. Who has accepted is unregistered first, by their own act or ours.
    `tell`: whoever had received the link. Twice changes and mails nothing."""
    sending.hold(guest.event)
    if guest.removed_at is not None:
        return
    refusal = why_stays(guest)
    if refusal is not None:
        raise refusal
    told = withdrawals.to_tell(guest.event, [guest], now=now) if tell else []
    _take_off(guest, now=now, by=by)
    withdrawals.tell(told, now=now)


def remove_many(event: Event, choice: Choice, *, now: datetime, by: User, tell: bool = True) -> int:
    """Those of a choice whom nothing keeps; how many that is."""
    sending.hold(event)
    chosen = db.session.scalars(listing.listed(event, choice)).unique()
    leaving = [guest for guest in chosen if why_stays(guest) is None]
    told = withdrawals.to_tell(event, leaving, now=now) if tell else []
    for guest in leaving:
        _take_off(guest, now=now, by=by)
    withdrawals.tell(told, now=now)
    return len(leaving)


def person_of(guest: Guest) -> Person:
    return Person(
        first_name=guest.first_name,
        last_name=guest.last_name,
        email=guest.email,
        function=guest.function,
        category=guest.category,
        structure=guest.structure,
        organisation=guest.organisation,
    )


def keys(event: Event) -> set[tuple[str, str]]:
    """(folded address, folded name) of everyone on the list."""
    rows = db.session.execute(
        select(Guest.email_folded, Guest.name_folded).where(Guest.event_id == event.id, Guest.removed_at.is_(None))
    )
    return {(email, name) for email, name in rows}


def structure_ids(event: Event) -> set[int | None]:
    """The structures that are invited as such."""
    here = Guest.of(event).with_only_columns(Guest.structure_id).where(Guest.kind == GuestKind.STRUCTURE)
    return set(db.session.scalars(here))


def _new(event: Event, one: Newcomer, now: datetime, silent: Mapping[str, datetime]) -> Guest:
    """`silent`: the addresses that asked for no reminders, and when."""
    kind = GuestKind.PERSON if one.places is None else GuestKind.STRUCTURE
    guest = Guest(event_id=event.id, kind=kind, places=one.places, created_at=now, origin=one.origin)
    _describe(guest, one.person)
    guest.reminders_stopped_at = silent.get(guest.email_folded)
    return guest


def _note_added(guest: Guest, event: Event, now: datetime, by: User | str | None) -> None:
    sentence = f"Ajout à la liste des invités\u00a0: {name_of(guest)}"
    journal.record("guest.added", sentence, now=now, by=by, event=event, subject=guest)


def _describe(guest: Guest, person: Person) -> None:
    guest.first_name, guest.last_name = person.first_name, person.last_name
    guest.email, guest.function = person.email, person.function
    guest.category, guest.structure = person.category, person.structure
    guest.organisation = "" if person.structure is not None else person.organisation
    guest.email_folded, guest.name_folded = person.email_folded, person.name_folded
    guest.search_text = search_text(person)


def _take_off(guest: Guest, *, now: datetime, by: User) -> None:
    guest.removed_at = now
    invitation = guest.invitation
    if invitation is not None:
        invitation.revoked_at = now
    journal.record(
        "guest.removed",
        f"Retrait de la liste des invités\u00a0: {name_of(guest)}",
        now=now,
        by=by,
        event=guest.event,
        subject=guest,
    )
