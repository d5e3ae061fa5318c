"""Which sessions may be wanted together, and which a person waits for beside another that they hold."""

from collections.abc import Collection
from itertools import combinations

from eventapp.agenda.models import Session
from eventapp.agenda.programme import bookable_sessions, booking_slots
from eventapp.events.models import Event
from eventapp.registrations.models import Booking, Registration
from eventapp.registrations.refusals import ChoiceMissing, SessionNotBookable, SessionsClash, WishesBeingDecided
from eventapp.registrations.wishes.wish_slots import is_ranked, undisclosed


def check_choices(event: Event, wanted: Collection[Session]) -> None:
    """Refuse sessions of another event, cancelled or not to be booked, overlapping, or a required slot left empty."""
    for session in wanted:
        if session.event_id != event.id or not session.can_be_booked:
            raise SessionNotBookable
    for one, other in combinations(sorted(wanted, key=lambda s: (s.starts_at, s.id)), 2):
        if one.overlaps(other):
            raise SessionsClash(
                f"«\u00a0{one.title}\u00a0» et «\u00a0{other.title}\u00a0» ont lieu en même temps\u00a0: "
                "choisissez l’une des deux."
            )
    check_required_slots(event, wanted)


def check_required_slots(event: Event, wanted: Collection[Session]) -> None:
    if not event.choice_required:
        return
    chosen = {session.id for session in wanted} | undisclosed(event)
    for slot in booking_slots(event):
        if slot.required and not is_ranked(slot) and chosen.isdisjoint(session.id for session in slot.sessions):
            raise ChoiceMissing(f"Choisissez une session pour le créneau du {slot.label}.")


def check_announced(event: Event, wanted: Collection[Session]) -> None:
    """Nobody but an organiser takes a seat where the wishes are granted and not announced: all are told first."""
    hidden = undisclosed(event) if wanted else set()
    if any(session.id in hidden for session in wanted):
        raise WishesBeingDecided


def find_choices(event: Event, slugs: Collection[str]) -> list[Session]:
    """The sessions that these slugs name; one that is unknown or cannot be booked refuses."""
    if not slugs:
        return []
    known = {session.slug: session for session in bookable_sessions(event)}
    if not known.keys() >= set(slugs):
        raise SessionNotBookable
    return [known[slug] for slug in dict.fromkeys(slugs)]


def in_the_way(booking: Booking) -> list[Booking]:
    """The seats of the same person that nobody can keep together with this one."""
    others = (other for other in booking.registration.live_bookings if other is not booking and other.is_confirmed)
    return [other for other in others if other.session.overlaps(booking.session)]


def clashes_of(registration: Registration) -> dict[int, list[Session]]:
    """By session id of what the person holds or is offered: the other sessions of the same hour that they hold."""
    concerned = (b for b in registration.live_bookings if b.is_confirmed or b.has_offer)
    return {booking.session_id: [other.session for other in in_the_way(booking)] for booking in concerned}


def beside(registration: Registration) -> list[Booking]:
    """What the person waits for at the hour of another session that they hold, or wait for first: the form shows one
    choice at each hour, and leaves these alone."""
    chosen, waited_beside = [b.session for b in registration.live_bookings if b.is_confirmed], []
    for booking in registration.live_bookings:
        if booking.is_waiting and any(booking.session.overlaps(session) for session in chosen):
            waited_beside.append(booking)
        elif booking.is_waiting:
            chosen.append(booking.session)
    return waited_beside
