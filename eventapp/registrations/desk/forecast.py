"""What the limits would answer to people registered one after the other, from the rows as they are, writing nothing."""

from collections.abc import Collection
from datetime import datetime

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.network.models import Structure
from eventapp.registrations.people import Person
from eventapp.registrations.places.limits import places, structure_share
from eventapp.registrations.sessions.session_places import session_places


class Forecast:
    """Keeps the figures while people are taken: see `waiting_list.seat_newcomer`, which decides alike."""

    def __init__(self, event: Event, *, now: datetime) -> None:
        self.event, self.now = event, now
        self.places = places(event)
        self.structures: dict[int, int | None] = {}  # places left
        self.seats = {key: found.left for key, found in session_places(event).items()}

    def take(self, person: Person, sessions: Collection[Session], *, over_limits: bool) -> tuple[str, list[str]]:
        """The limit that keeps this person from a place, if any, and the titles of the sessions that they wait for."""
        reason = self._reason(person)
        if reason and not over_limits:
            return reason, []
        self.places.take(person.category.id if person.category else None)
        if person.structure is not None:
            left = self._left_to(person.structure)
            self.structures[person.structure.id] = left if left is None else left - 1
        return reason, [session.title for session in sessions if not self._take_seat(session)]

    def _reason(self, person: Person) -> str:
        if self.places.is_full:
            return "toutes les places de la rencontre sont prises"
        if person.category is not None and person.category.id in self.places.full_categories:
            return f"les places de la catégorie «\u00a0{person.category.name}\u00a0» sont toutes prises"
        left = self._left_to(person.structure) if person.structure is not None else None
        return "" if left is None or left > 0 else "sa structure a déjà ses places"

    def _left_to(self, structure: Structure) -> int | None:
        if structure.id not in self.structures:
            share = structure_share(self.event, structure, now=self.now)
            self.structures[structure.id] = None if share.most is None else share.most - share.held
        return self.structures[structure.id]

    def _take_seat(self, session: Session) -> bool:
        left = self.seats.get(session.id)
        if left is None:
            return True
        self.seats[session.id] = left - 1
        return left > 0
