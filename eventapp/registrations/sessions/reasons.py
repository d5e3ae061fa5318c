"""Why a free seat of a session goes past somebody who waits for it, in words for the organiser."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.formats import plural
from eventapp.network.models import Structure
from eventapp.registrations.models import Booking
from eventapp.registrations.places.limits import limits_structures, structure_share
from eventapp.registrations.self_service import windows
from eventapp.registrations.sessions.choices import in_the_way
from eventapp.registrations.sessions.session_places import seats_of_structure, seats_taken
from eventapp.registrations.wishes.wish_slots import disclosed


@dataclass(frozen=True)
class Reason:
    """`key` is kept with the booking: the same reason is written once."""

    key: str
    words: str

    @classmethod
    def no_place(cls) -> "Reason":
        return cls("event", "pas encore de place à la rencontre elle-même")


def full_session(session: Session) -> Reason | None:
    """What keeps everyone from a seat of it."""
    taken = seats_taken(session)
    if session.capacity is None or taken < session.capacity:
        return None
    figures = f"{taken}\u00a0sur\u00a0{session.capacity}"
    return Reason("session", f"toutes les places de la session sont prises ({figures})")


def latest_answer(booking: Booking) -> datetime:
    """Until when the person could choose between this session and another of the same hour."""
    return min(windows.changes_end(booking.registration.event), booking.session.starts_at)


@dataclass
class Reasons:
    """For one walk through the queues of an event."""

    event: Event
    now: datetime

    def why_not(self, booking: Booking) -> Reason | None:
        """Of somebody with a place at the event, beside whom a seat is free."""
        return self._clash(booking) or self._structure(booking)

    def _clash(self, booking: Booking) -> Reason | None:
        others = [b for b in booking.registration.live_bookings if b.session.overlaps(booking.session)]
        asked = next((other for other in others if other.has_offer), None)
        if asked is not None:
            return Reason("offer", f"doit d’abord répondre pour {_title(asked)}, à la même heure")
        held = in_the_way(booking)
        if held and not disclosed(self.event, [booking]):
            words = f"tient {_title(held[0])} à la même heure\u00a0: le choix lui sera demandé après l’annonce"
            return Reason("announcement", words)
        if held and latest_answer(booking) <= self.now:
            return Reason("clash", f"tient {_title(held[0])} à la même heure, et il est trop tard pour choisir")
        return None

    def _structure(self, booking: Booking) -> Reason | None:
        structure = booking.registration.structure
        if structure is None or booking.session.capacity is None or not self._limits_structures:
            return None
        most = structure_share(self.event, structure, now=self.now).most
        return self._full(booking, structure, most) if most is not None else None

    def _full(self, booking: Booking, structure: Structure, most: int) -> Reason | None:
        """No structure holds more seats of a session than it may have places at the event."""
        taken = seats_of_structure(booking.session, structure)
        if taken < most:
            return None
        words = plural(taken, "place de cette session déjà prise", "places de cette session déjà prises")
        return Reason(f"structure:{taken}", f"{words} par sa structure ({most} au plus)")

    @cached_property
    def _limits_structures(self) -> bool:
        return limits_structures(self.event, self.now)


def _title(booking: Booking) -> str:
    return f"«\u00a0{booking.session.title}\u00a0»"
