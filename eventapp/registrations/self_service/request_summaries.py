"""What a request would change, in words: on the organiser's page, the person's own and in the letter to the team."""

from sqlalchemy import select

from eventapp.agenda.models import Session
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.registrations.people import Colleague
from eventapp.registrations.self_service.models import ChangeRequest, RequestKind
from eventapp.registrations.self_service.request_payloads import person_in
from eventapp.registrations.self_service.summaries import Change, detail_changes


def summary(request: ChangeRequest) -> list[Change]:
    registration, payload = request.registration, request.payload
    if request.kind is RequestKind.CANCEL:
        return [Change("Motif", "", payload["reason"])] if payload.get("reason") else []
    if request.kind is RequestKind.SESSIONS:
        return _sessions(request)
    if request.kind is RequestKind.TRANSFER:
        colleague = Colleague(**payload)
        facts = ", ".join(fact for fact in (name_of(colleague), colleague.function, colleague.email) if fact)
        return [Change("Qui vient", name_of(registration), facts)]
    return detail_changes(registration, person_in(registration, payload), payload["answers"])


def _sessions(request: ChangeRequest) -> list[Change]:
    registration = request.registration
    wanted = select(Session).where(
        Session.event_id == registration.event_id, Session.slug.in_(request.payload["sessions"])
    )
    after = [session.title for session in db.session.scalars(wanted.order_by(Session.starts_at, Session.id))]
    held = sorted(registration.live_bookings, key=lambda booking: (booking.session.starts_at, booking.session_id))
    return [Change("Sessions", ", ".join(booking.session.title for booking in held), ", ".join(after))]
