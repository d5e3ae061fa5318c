"""What people may no longer do alone: they ask, and an organiser accepts or refuses."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, literal, select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.registrations import refusals
from eventapp.registrations.changes import cancel, change_details, check_live
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.people import Colleague
from eventapp.registrations.self_service import notices, windows
from eventapp.registrations.self_service.models import ChangeRequest, Decision, RequestKind
from eventapp.registrations.self_service.request_payloads import answers_in, known_bookings, person_in
from eventapp.registrations.self_service.request_summaries import obstacles
from eventapp.registrations.self_service.transfers import pass_on
from eventapp.registrations.sessions.choices import find_choices
from eventapp.registrations.sessions.session_changes import change_sessions
from eventapp.registrations.wishes.wish_slots import undisclosed

LATEST = 20
# Written once: building a question costs more than asking it.
OF_REGISTRATION = (
    select(ChangeRequest)
    .where(
        ChangeRequest.event_id == bindparam("event_id"), ChangeRequest.registration_id == bindparam("registration_id")
    )
    .order_by(ChangeRequest.id.desc())
)


def ask(
    registration: Registration, kind: RequestKind, payload: Mapping[str, Any], *, message: str = "", now: datetime
) -> ChangeRequest:
    """One open request of a kind: asking again changes what is asked."""
    event = registration.event
    hold(event)
    check_live(registration)
    if not windows.may_ask(registration, now):
        raise refusals.ChangesClosed
    known = db.session.scalar(_undecided(registration).where(ChangeRequest.kind == kind))
    if known is not None:
        known.payload, known.message, known.created_at = dict(payload), message, now
        return known
    request = ChangeRequest(
        event_id=event.id, registration=registration, kind=kind, payload=dict(payload), message=message, created_at=now
    )
    db.session.add(request)
    db.session.flush()
    _record("request.made", f"{name_of(registration)} demande {kind.asks}.", request, now=now, by=journal.PERSON)
    notices.request_received(request, now=now)
    return request


def accept(
    request: ChangeRequest,
    *,
    now: datetime,
    by: User,
    over_limits: bool = False,
    reason: str = "",
    version: str | None = None,
) -> None:
    """Do what is asked, as an organiser may; what refuses it leaves the request open. `over_limits`: see the acts; the
    `reason` is kept with the limits that this passes.
    `version`: what the organiser had before their eyes; something else may be asked since."""
    registration = request.registration
    hold(registration.event)
    if request.decision is Decision.ACCEPTED:
        return
    _check_open(request)
    if version is not None and version != request.version:
        raise refusals.AskedOtherwise
    _decide(request, Decision.ACCEPTED, now=now, by=by)
    reached = obstacles(request, now=now) if over_limits else []
    sentence = f"Demande de {name_of(registration)} acceptée\u00a0: {request.kind.asks}."
    if reached:
        sentence += f" Au-delà des limites\u00a0: {', '.join(reached)}. Motif\u00a0: {reason.rstrip('.')}."
    beyond = {"over_limits": reached, "reason": reason} if reached else {}
    _record("request.accepted", sentence, request, now=now, by=by, **beyond)
    _grant(request, now=now, by=by, over_limits=over_limits, reason=reason)
    if request.kind is RequestKind.DETAILS:  # the other acts have a letter of their own
        notices.request_answered(request, now=now)


def refuse(request: ChangeRequest, *, answer: str, now: datetime, by: User) -> None:
    hold(request.registration.event)
    if request.decision is Decision.REFUSED:
        return
    _check_open(request)
    _decide(request, Decision.REFUSED, now=now, by=by)
    request.answer = answer
    sentence = f"Demande de {name_of(request.registration)} refusée\u00a0: {request.kind.asks}. Motif\u00a0: {answer}"
    _record("request.refused", sentence, request, now=now, by=by)
    notices.request_answered(request, now=now)


def take_back(registration: Registration, kind: RequestKind, *, now: datetime) -> None:
    """The person changed their mind before the organiser decided; nothing to take back is no fault."""
    hold(registration.event)
    request = db.session.scalar(_undecided(registration).where(ChangeRequest.kind == kind))
    if request is None:
        return
    _decide(request, Decision.WITHDRAWN, now=now, by=None)
    sentence = f"{name_of(registration)} retire sa demande\u00a0: {kind.asks}."
    _record("request.withdrawn", sentence, request, now=now, by=journal.PERSON)


def of_registration(registration: Registration) -> list[ChangeRequest]:
    """Newest first."""
    facts = {"event_id": registration.event_id, "registration_id": registration.id}
    return list(db.session.scalars(OF_REGISTRATION, facts))


def of_event(event: Event) -> Select[ChangeRequest]:
    return select(ChangeRequest).where(ChangeRequest.event_id == event.id).order_by(ChangeRequest.id)


def to_decide(event: Event) -> Select[ChangeRequest]:
    """Oldest first; nothing any more when the event is cancelled."""
    live = ChangeRequest.registration.has(Registration.status != Status.CANCELLED)
    return of_event(event).where(ChangeRequest.decided_at.is_(None), live, literal(event.cancelled_at is None))


def latest_decided(event: Event) -> list[ChangeRequest]:
    """Newest first."""
    decided = of_event(event).where(ChangeRequest.decided_at.is_not(None)).order_by(None)
    return list(db.session.scalars(decided.order_by(ChangeRequest.decided_at.desc(), ChangeRequest.id).limit(LATEST)))


def count_to_decide(event: Event) -> int:
    return db.session.scalar(select(func.count()).select_from(to_decide(event).order_by(None).subquery())) or 0


def _grant(request: ChangeRequest, *, now: datetime, by: User, over_limits: bool, reason: str) -> None:
    registration, payload = request.registration, request.payload
    if request.kind is RequestKind.CANCEL:
        cancel(registration, now=now, by=by, reason=payload.get("reason", ""))
    elif request.kind is RequestKind.SESSIONS:
        wanted = find_choices(registration.event, payload["sessions"])
        if not {session.id for session in wanted}.isdisjoint(undisclosed(registration.event)):
            raise refusals.ToAnnounceFirst
        beyond: dict[str, Any] = {"over_limits": over_limits, "reason": reason}
        change_sessions(registration, wanted, known=known_bookings(request), now=now, by=by, **beyond)
    elif request.kind is RequestKind.TRANSFER:
        pass_on(registration, Colleague(**payload), now=now, by=by)
    else:
        person, answers = person_in(registration, payload), answers_in(registration, payload)
        change_details(registration, person, answers, now=now, by=by, over_limits=over_limits, reason=reason)


def _undecided(registration: Registration) -> Select[ChangeRequest]:
    return select(ChangeRequest).where(
        ChangeRequest.registration_id == registration.id, ChangeRequest.decided_at.is_(None)
    )


def _check_open(request: ChangeRequest) -> None:
    if request.decided_at is not None:
        raise refusals.AlreadyDecided
    check_live(request.registration)


def _decide(request: ChangeRequest, decision: Decision, *, now: datetime, by: User | None) -> None:
    request.decision, request.decided_at = decision, now
    request.decided_by_id = by.id if by is not None else None
    db.session.flush()


def _record(act: str, sentence: str, request: ChangeRequest, *, now: datetime, by: Any, **more: Any) -> None:
    registration = request.registration
    about = {"event": registration.event, "subject": registration, "request": request.id}
    journal.record(act, sentence, now=now, by=by, **about, **more)
