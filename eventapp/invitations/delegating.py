"""A structure invited with so many places, and whom it sends; a guest who sends someone else."""

from datetime import datetime

from eventapp.accounts.models import User
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import guest_list, sending
from eventapp.invitations.models import Guest, GuestKind
from eventapp.network.models import Structure
from eventapp.registrations.people import Person

MOST_PLACES = 100


class AlreadyInvited(Refused):
    message = "Cette structure est déjà dans la liste des invités."
    field = "structure"


class OddPlaces(Refused):
    message = f"Écrivez un nombre de places entre 1 et {MOST_PLACES}."
    field = "places"


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
