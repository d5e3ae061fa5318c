"""Who takes the places that an invitation gives: its guest, or those who were named behind it.

A person's invitation gives one place, to them or to whoever they sent in their stead; a structure's gives its `places`
to those it names. So a link that was answered, passed on or forwarded never brings more people than were invited.
"""

from collections.abc import Iterator

from sqlalchemy import select

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.invitations.models import Guest, Invitation
from eventapp.registrations.changes import live_registration
from eventapp.registrations.models import BY_TRANSFER, Registration


class PlaceGiven(Refused):
    """The place went to somebody else meanwhile."""


def registration_of(invitation: Invitation) -> Registration | None:
    """The guest's live registration: that of their reply, or one they made without their invitation.

    The invitation was sent to that very address, so its holder may see it.
    """
    if invitation.has_live_registration:
        return invitation.registration
    guest = invitation.guest
    return live_registration(guest.event, guest.email_folded, guest.name_folded)


def root_of(guest: Guest) -> Guest:
    """The guest whom the organisers invited, and from whom this one's place comes."""
    while guest.named_by is not None:
        guest = guest.named_by
    return guest


def named_behind(guest: Guest) -> Iterator[Guest]:
    """Those whom a guest named, and those whom they named in turn; people since taken off the list included."""
    for named in guest.named:
        yield named
        yield from named_behind(named)


def holders(root: Guest) -> list[Guest]:
    """Those who take a place: they come, or were asked and may still say yes. Two names of one person, whose
    registrations were merged, take one."""
    people = [*([] if root.is_structure else [root]), *named_behind(root)]
    held: dict[object, Guest] = {}
    for guest in filter(_holds, people):
        invitation = guest.invitation
        is_registered = invitation is not None and invitation.has_live_registration
        held.setdefault(invitation.registration_id if invitation is not None and is_registered else guest, guest)
    return list(held.values())


def left(structure: Guest) -> int:
    """How many more people a structure may name."""
    return max(0, (structure.places or 0) - len(holders(structure)))


def given_to(guest: Guest) -> list[Guest]:
    """Who has this guest's place instead of them: empty while there is one for them."""
    if guest.named_by_id is None and not guest.named:
        return []
    root = root_of(guest)
    others = [other for other in holders(root) if other is not guest]
    return others if len(others) >= (1 if root.places is None else root.places) else []


def why_none(guest: Guest) -> str | None:
    """The sentence to show when the guest's place went to others."""
    others = given_to(guest)
    if not others:
        return None
    if root_of(guest).is_structure:
        return "Votre structure a donné toutes ses places à d’autres personnes."
    return f"Cette place a été donnée à {name_of(others[0])}."


def why_not_again(registration: Registration) -> str | None:
    """For organisers, of somebody who cancelled: the place of their invitation went to others meanwhile."""
    invitations = Invitation.registration_id == registration.id, Invitation.revoked_at.is_(None)
    for guest in db.session.scalars(select(Guest).join(Invitation).where(*invitations)):
        others = given_to(guest)
        if others and root_of(guest).is_structure:
            return (
                f"{name_of(root_of(guest))} a donné toutes ses places à d’autres\u00a0: ajoutez-lui une place d’abord."
            )
        if others:
            return f"La place de cette invitation a été donnée à {name_of(others[0])}."
    return None


def check(guest: Guest) -> None:
    sentence = why_none(guest)
    if sentence is not None:
        raise PlaceGiven(sentence)


def _holds(guest: Guest) -> bool:
    invitation = guest.invitation
    if guest.removed_at is not None or invitation is None or invitation.has_declined:
        return False
    return invitation.is_silent or registration_of(invitation) is not None or _passed_on(invitation.registration)


def _passed_on(registration: Registration | None) -> bool:
    """Whether a colleague comes with the place that this registration had."""
    while registration is not None and registration.cancelled_by == BY_TRANSFER:
        registration = db.session.scalar(
            select(Registration).where(
                Registration.event_id == registration.event_id, Registration.replaces_id == registration.id
            )
        )
    return registration is not None and not registration.is_cancelled
