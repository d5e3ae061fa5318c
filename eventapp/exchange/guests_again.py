"""The guests of one event on the list of another: as people who were never invited."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from eventapp.accounts.models import User
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import NBSP, plural
from eventapp.invitations import guest_list
from eventapp.invitations.guest_list import Newcomer
from eventapp.invitations.models import PUBLIC_DIRECTORY, Guest


@dataclass(frozen=True)
class Brought:
    """How many are on the new list, and who was left out: taken off the old one, unreachable, named by others."""

    added: int
    withdrawn: int
    undeliverable: int
    named: int

    @property
    def sentence(self) -> str:
        left = [
            plural(self.withdrawn, "invité retiré", "invités retirés") if self.withdrawn else "",
            plural(self.undeliverable, "adresse qui ne reçoit plus", "adresses qui ne reçoivent plus")
            if self.undeliverable
            else "",
            plural(self.named, "personne nommée par d’autres", "personnes nommées par d’autres") if self.named else "",
        ]
        left_out = ", ".join(filter(None, left))
        added = plural(self.added, "invité repris, pas encore invité", "invités repris, pas encore invités")
        return f"{added}. Laissés de côté{NBSP}: {left_out}." if left_out else f"{added}."


def count(event: Event) -> Brought:
    """What `bring` would do."""
    guests = _all(event)
    return _brought(guests, len(_kept(guests)))


def bring(event: Event, copy: Event, *, now: datetime, by: User | None) -> Brought:
    guests = _all(event)
    categories = {category.slug: category for category in copy.categories}
    newcomers = []
    for guest in _kept(guests):
        person = guest_list.person_of(guest)
        category = categories.get(person.category.slug) if person.category is not None else None
        origin = guest.origin if guest.origin == PUBLIC_DIRECTORY else f"invités de «{NBSP}{event.title}{NBSP}»"[:200]
        newcomers.append(Newcomer(replace(person, category=category), guest.places, origin))
    return _brought(guests, guest_list.add_many(copy, newcomers, now=now, by=by))


def _all(event: Event) -> list[Guest]:
    rows = db.select(Guest).where(Guest.event_id == event.id).order_by(Guest.name_folded, Guest.id)
    return list(db.session.scalars(rows).unique())


def _kept(guests: Iterable[Guest]) -> list[Guest]:
    return [guest for guest in guests if not (guest.removed_at or guest.undeliverable_at or guest.named_as)]


def _brought(guests: list[Guest], added: int) -> Brought:
    present = [guest for guest in guests if guest.removed_at is None]
    undeliverable = [guest for guest in present if guest.undeliverable_at is not None]
    named = [guest for guest in present if guest.named_as is not None and guest.undeliverable_at is None]
    return Brought(added, len(guests) - len(present), len(undeliverable), len(named))
