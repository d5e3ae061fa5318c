"""What a request would change, in words: on the organiser's page, the person's own and in the letter to the team.
And what stands in its way today."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select

from eventapp.agenda.models import Session
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.registrations.changes import limits_in_the_way
from eventapp.registrations.people import Colleague
from eventapp.registrations.places.limits import structure_share
from eventapp.registrations.self_service.models import ChangeRequest, RequestKind
from eventapp.registrations.self_service.request_payloads import answers_in, known_bookings, person_in
from eventapp.registrations.self_service.summaries import Change, detail_changes
from eventapp.registrations.sessions.session_places import seats_for_newcomer, seats_of_structure, seats_taken


def summary(request: ChangeRequest) -> list[Change]:
    registration, payload = request.registration, request.payload
    if request.kind is RequestKind.CANCEL:
        return [Change("Motif", "", payload["reason"], is_fact=True)] if payload.get("reason") else []
    if request.kind is RequestKind.SESSIONS:
        return _sessions(request)
    if request.kind is RequestKind.TRANSFER:
        colleague = Colleague(**payload)
        facts = ", ".join(fact for fact in (name_of(colleague), colleague.function, colleague.email) if fact)
        return [Change("Qui vient", name_of(registration), facts)]
    answers = answers_in(registration, payload)
    return detail_changes(registration, person_in(registration, payload), answers, reads_sensitive=False)


def obstacles(request: ChangeRequest, *, now: datetime) -> list[str]:
    """The limits that accepting it would meet; each without capital or full stop."""
    if request.kind is RequestKind.SESSIONS:
        return list(_full_sessions(request, now=now))
    if request.kind is RequestKind.DETAILS:
        registration = request.registration
        return list(limits_in_the_way(registration, person_in(registration, request.payload), now=now))
    return []


def _full_sessions(request: ChangeRequest, *, now: datetime) -> Iterator[str]:
    registration, structure = request.registration, request.registration.structure
    most = structure_share(registration.event, structure, now=now).most if structure is not None else None
    held = {booking.session_id for booking in registration.live_bookings if booking.is_confirmed}
    asked = [session for session in _wanted(request) if session.id not in held]
    free = seats_for_newcomer(registration.event, [session.id for session in asked])
    for session in asked:
        if session.id not in free:
            figures = f"{seats_taken(session)}\u00a0sur\u00a0{session.capacity}"
            yield f"toutes les places de «\u00a0{session.title}\u00a0» sont prises ou attendues ({figures})"
        elif session.capacity is None or structure is None or most is None:
            continue
        elif (taken := seats_of_structure(session, structure)) >= most:
            figures = f"{taken}\u00a0sur\u00a0{most}"
            yield f"{structure.name} a déjà le nombre de places permis dans «\u00a0{session.title}\u00a0» ({figures})"


def _wanted(request: ChangeRequest) -> Sequence[Session]:
    slugs = request.payload["sessions"]
    wanted = select(Session).where(Session.event_id == request.event_id, Session.slug.in_(slugs))
    return db.session.scalars(wanted.order_by(Session.starts_at, Session.id)).all()


def _sessions(request: ChangeRequest) -> list[Change]:
    after = [session.title for session in _wanted(request)]
    held = sorted(known_bookings(request), key=lambda booking: (booking.session.starts_at, booking.session_id))
    return [Change("Sessions", ", ".join(booking.session.title for booking in held), ", ".join(after))]
