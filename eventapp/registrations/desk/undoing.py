"""A cancellation undone: the same registration with the same link, as long as its place is free."""

from datetime import datetime

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.events.locks import hold
from eventapp.events.models import Status as EventStatus
from eventapp.formats import person as name_of
from eventapp.registrations import refusals
from eventapp.registrations.changes import live_registration
from eventapp.registrations.desk import notices
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.places.limits import is_structure_full, places
from eventapp.registrations.sessions.session_places import session_places
from eventapp.registrations.states import confirm, touch
from eventapp.registrations.waiting.waiting_list import fill

LATE = "La proposition de place est restée sans réponse\u00a0: la place est passée à la suite."
REVOCABLE = (journal.PERSON, journal.ORGANISER)


def restore(registration: Registration, *, now: datetime, by: User) -> list[str]:
    """Give the place back, or the rank on the waiting list; what could not be given back is said in the answer.

    Restoring twice changes and mails nothing.
    """
    event = registration.event
    hold(event)
    if not registration.is_cancelled:
        return []
    fill(event, now=now)  # an unanswered offer frees its place, and whoever waits for one comes first
    refusal = why_not_restored(registration, now=now)
    if refusal is not None:
        raise refusals.Refused(refusal)
    ended_at, confirmed_at = registration.cancelled_at, registration.confirmed_at
    registration.status = Status.WAITING
    registration.cancelled_at, registration.cancelled_by, registration.cancellation_reason = None, "", ""
    registration.held_back = ""
    if confirmed_at is not None:
        confirm(registration, now=now)
        registration.confirmed_at = confirmed_at
    touch(registration, now=now)
    remarks = _take_sessions_back(registration, ended_at, now=now)
    fill(event, now=now, newcomer=registration, told=(registration,))
    _record(registration, remarks, now=now, by=by)
    notices.restored(registration, now=now)
    return remarks


def why_not_restored(registration: Registration, *, now: datetime) -> str | None:
    """The sentence to show instead of the button, from the rows as they are; None when nothing is in the way."""
    event = registration.event
    if event.status is not EventStatus.PUBLISHED:
        return "La rencontre est annulée." if event.cancelled_at is not None else "La rencontre n’est pas publiée."
    if event.has_ended(now):
        return "La rencontre est terminée."
    if registration.cancelled_by not in REVOCABLE:
        return _other_end(registration)
    if live_registration(event, registration.email_folded, registration.name_folded) is not None:
        return "Cette personne s’est inscrite de nouveau depuis."
    if registration.confirmed_at is None and event.waiting_list:
        return None
    return _limit_in_the_way(registration, now=now)


def _other_end(registration: Registration) -> str:
    return {
        "transfer": "La place a été transmise à une autre personne.",
        "merge": "Cette inscription a été réunie avec une autre de la même personne.",
    }.get(registration.cancelled_by, LATE)


def _limit_in_the_way(registration: Registration, *, now: datetime) -> str | None:
    event, limits = registration.event, places(registration.event)
    if limits.is_full:
        return "Toutes les places de la rencontre sont prises."
    if registration.category is not None and limits.is_full_for(registration):
        return f"Les places de la catégorie «\u00a0{registration.category.name}\u00a0» sont toutes prises."
    if is_structure_full(event, registration.structure, now=now):
        return f"{registration.organisation_name} a déjà le nombre de places permis par structure."
    return None


def _take_sessions_back(registration: Registration, ended_at: datetime | None, *, now: datetime) -> list[str]:
    """The sessions given up by the cancellation: a free seat is taken again, a rank is found again, a seat that went
    to somebody else is waited for behind the others."""
    seats, remarks, held = session_places(registration.event), [], list[Booking]()
    lost = [booking for booking in registration.bookings if booking.released_at == ended_at]
    for booking in sorted(lost, key=lambda b: (b.session.starts_at, b.id)):
        session, title = booking.session, f"«\u00a0{booking.session.title}\u00a0»"
        if not session.can_be_booked or session.id not in seats:
            remarks.append(f"{title} ne se réserve plus")
        elif booking.confirmed_at is None:
            booking.released_at = None
        elif any(session.overlaps(other.session) for other in held):
            remarks.append(f"{title} a lieu en même temps qu’une autre session")
        elif seats[session.id].is_full:
            remarks.append(f"{title} est complète\u00a0: retour sur sa liste d’attente")
            registration.bookings.append(Booking(event_id=registration.event_id, session=session, created_at=now))
        else:
            booking.released_at = None
            held.append(booking)
    return remarks


def _record(registration: Registration, remarks: list[str], *, now: datetime, by: User) -> None:
    state = "place confirmée" if registration.is_confirmed else "retour à son rang sur la liste d’attente"
    lost = f" Sessions\u00a0: {', '.join(remarks)}." if remarks else ""
    sentence = f"Annulation de l’inscription de {name_of(registration)} défaite\u00a0: {state}.{lost}"
    about = {"event": registration.event, "subject": registration}
    journal.record("registration.restored", sentence, now=now, by=by, **about)
