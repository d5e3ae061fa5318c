"""A structure invited with so many places: whom it sends, invited one by one or registered together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.formats import plural
from eventapp.invitations import answering, guest_list, naming, places, sending
from eventapp.invitations.answering import Actor
from eventapp.invitations.models import Guest, GuestKind, Invitation, NamedAs, Reply
from eventapp.network.models import Structure
from eventapp.registrations import refusals
from eventapp.registrations.groups import parties
from eventapp.registrations.groups.models import PartyRule
from eventapp.registrations.people import Person

MOST_PLACES = 100


class AlreadyInvited(Refused):
    message = "Cette structure est déjà dans la liste des invités."
    field = "structure"


class OddPlaces(Refused):
    message = f"Écrivez un nombre de places entre 1 et {MOST_PLACES}."
    field = "places"


class PlacesTaken(Refused):
    field = "places"


class NotEnoughPlaces(Refused):
    def __init__(self, left: int) -> None:
        rest = f"Il reste {plural(left, 'place', 'places')} à votre structure" if left else "Il ne reste plus de place"
        super().__init__(f"{rest}\u00a0: rien n’est enregistré.")


class PeopleCome(Refused):
    message = "Des personnes que vous avez nommées ont accepté\u00a0: chacune annule avec son propre lien."


def invite_structure(
    event: Event,
    structure: Structure,
    places: int,
    email: str,
    now: datetime,
    by: User | None,
    *,
    origin: str = guest_list.BY_HAND,
) -> Guest:
    """Put a structure on the guest list, with its mailbox; the letter is a further act: sending.invite.

    `email` already checked (addresses.normal_email). Raises AlreadyInvited, OddPlaces.
    """
    if not 1 <= places <= MOST_PLACES:
        raise OddPlaces
    sending.hold(event)
    if find_structure(event, structure) is not None:
        raise AlreadyInvited
    itself = Person(first_name="", last_name=structure.name, email=email, structure=structure)
    return guest_list.add(event, itself, places=places, origin=origin, now=now, by=by)


def find_structure(event: Event, structure: Structure) -> Guest | None:
    """The structure as a guest, if it is on the list."""
    return db.session.scalar(
        Guest.of(event).where(Guest.kind == GuestKind.STRUCTURE, Guest.structure_id == structure.id)
    )


def correct_structure(guest: Guest, *, email: str, count: int, now: datetime, by: User) -> bool:
    """Another mailbox kills the old link and sends a new one (True then); places nobody took may be taken back."""
    guest_list.hold(guest)
    taken = len(places.holders(guest))
    if not 0 <= count <= MOST_PLACES:
        raise PlacesTaken(f"Écrivez un nombre de places entre {taken} et {MOST_PLACES}.")
    if count < taken:
        sentence = f"{plural(taken, 'place est prise', 'places sont prises')} : retirez d’abord des personnes nommées."
        raise PlacesTaken(sentence.replace(" :", "\u00a0:"))
    if count != guest.places:
        sentence = f"{name_of(guest)}\u00a0: {plural(count, 'place', 'places')} au lieu de {guest.places}"
        guest.places = count
        journal.record("guest.places", sentence, now=now, by=by, event=guest.event, subject=guest, places=count)
    if email == guest.email:
        return False
    return guest_list.correct(guest, replace(guest_list.person_of(guest), email=email), now=now, by=by)


def name_colleagues(
    invitation: Invitation, people: Sequence[Person], *, now: datetime, by: Actor = journal.PERSON
) -> list[Guest]:
    """Each gets a personal link at once, and answers alone. The same names again change nothing."""
    named = _name(invitation, people, now=now, by=by)
    for guest in named:
        sending.invite_named(guest, now=now)
    return named


def answer_for(
    invitation: Invitation,
    people: Sequence[Person],
    *,
    now: datetime,
    by: Actor = journal.PERSON,
    idempotency_key: str | None = None,
) -> parties.Outcome:
    """Register those whom a structure names, as a group: all of them, on the waiting list if need be, or nobody.

    Their own letters bring their links, with which they choose their sessions and answer the event's questions. The
    same submission again (key and people) returns the first group: who was refused or withdrawn since stays so.
    """
    guest = invitation.guest
    answering.hold(invitation)
    first = parties.find(guest.event, [_colleague(guest, person) for person in people], idempotency_key)
    if first is not None:
        return parties.Outcome(first)
    _name(invitation, people, now=now, by=by)
    contact = parties.Contact(name=name_of(guest), email=invitation.email, structure=guest.structure)
    outcome = parties.register_party(
        guest.event,
        contact,
        [_colleague(guest, person) for person in people],
        rule=PartyRule.FITTING,
        source=answering.source_of(by),
        now=now,
        by=by,
        idempotency_key=idempotency_key,
    )
    if any(one["why"] == parties.FULL for one in outcome.party.left_out):
        raise refusals.Full("Il n’y a plus de place pour tout le monde\u00a0: rien n’est enregistré.")
    _note_answers(guest, outcome, now=now, by=by)
    return outcome


def decline(invitation: Invitation, *, reason: str = "", now: datetime, by: Actor = journal.PERSON) -> None:
    """Nobody of a structure comes: the names that were not answered are withdrawn with it."""
    guest = invitation.guest
    answering.hold(invitation)
    held = places.holders(guest)
    pending = [named for named in held if named.invitation is not None and named.invitation.is_silent]
    if len(pending) < len(held):
        raise PeopleCome
    for named in pending:
        naming.take_back(named, now=now, by=by, with_all=True)
    answering.decline(invitation, reason=reason, now=now, by=by)


def _name(invitation: Invitation, people: Sequence[Person], *, now: datetime, by: Actor) -> list[Guest]:
    """Put on the list those who are not named yet, with the structure's places."""
    structure = invitation.guest
    answering.hold(invitation)
    answering.check_answerable(structure.event, by=by, now=now)
    new = [person for person in people if naming.find(structure, person) is None]
    left = places.left(structure)
    if len(new) > left:
        raise NotEnoughPlaces(left)
    added = [naming.add(structure, _colleague(structure, person), NamedAs.COLLEAGUE, now=now, by=by) for person in new]
    if people:
        spoken = isinstance(by, User)
        answering.note_reply(invitation, Reply.ACCEPTED, now=now, by=by, spoken=spoken)
    return added


def _colleague(structure: Guest, person: Person) -> Person:
    return replace(person, structure=structure.structure, organisation="")


def _note_answers(structure: Guest, outcome: parties.Outcome, *, now: datetime, by: Actor) -> None:
    """Whoever was registered has accepted: their invitation, which nothing sends, leads to their registration."""
    registered = [*db.session.scalars(outcome.party.people), *outcome.known]
    rows = {(row.email_folded, row.name_folded): row for row in registered}
    for named in naming.live_names(structure):
        registration = rows.get((named.email_folded, named.name_folded))
        if registration is None:
            continue
        invitation = named.invitation or sending.issue(named, now=now)
        answering.note_reply(invitation, Reply.ACCEPTED, now=now, by=by)
        invitation.registration = registration
    db.session.flush()
