"""What happens to a registration after it was made: cancelled, other details."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.exc import IntegrityError

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.registrations import notices, refusals
from eventapp.registrations.answers import check_answers, write_answers
from eventapp.registrations.limits import places, structure_share
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.people import Person, describe
from eventapp.registrations.states import touch, withdraw
from eventapp.registrations.waiting_list import fill

Actor = User | str  # a User (an organiser), or "person", or "system"


def cancel(registration: Registration, *, now: datetime, by: Actor, reason: str = "", tell: bool = True) -> None:
    """End the registration and pass its places on; cancelling twice changes and mails nothing."""
    event = registration.event
    hold(event)
    if registration.is_cancelled:
        return
    check_window(registration, by, now)
    withdraw(registration, now=now, by=by if isinstance(by, str) else journal.ORGANISER, reason=reason)
    why = f"\u00a0: {reason}" if reason else ""
    sentence = f"Inscription de {name_of(registration)} annulée{why}."
    journal.record("registration.cancelled", sentence, now=now, by=by, event=event, subject=registration)
    if tell:
        notices.cancelled(registration, now=now)
    fill(event, now=now)


def change_details(
    registration: Registration, person: Person, answers: Mapping[str, Any], *, now: datetime, by: Actor
) -> None:
    """Correct the person's facts and answers; another category or structure must have a place left.

    Another address is sent the personal link at once: whoever mistyped it would otherwise be locked out.
    """
    event = registration.event
    hold(event)
    check_live(registration)
    check_window(registration, by, now)
    known = live_registration(event, person.email_folded, person.name_folded)
    if known is not None and known is not registration:
        raise refusals.AlreadyRegistered(known)
    kept = check_answers(event, answers)
    before = (registration.category_id, registration.structure_id)
    has_moved = registration.email_folded != person.email_folded
    try:
        with db.session.begin_nested():
            describe(registration, person)
            write_answers(registration, kept)
            touch(registration, now=now)
    except IntegrityError as collision:
        raise refusals.Refused("Ces informations n’ont pas pu être enregistrées. Vérifiez-les.") from collision
    _check_new_limits(registration, before, now=now)
    link = ", lien personnel envoyé à sa nouvelle adresse" if has_moved else ""
    sentence = f"Informations de {name_of(registration)} modifiées{link}."
    journal.record("registration.details_changed", sentence, now=now, by=by, event=event, subject=registration)
    if has_moved:
        notices.link([registration], now=now)
    fill(event, now=now)


def live_registration(event: Event, email_folded: str, name_folded: str) -> Registration | None:
    return db.session.scalar(
        select(Registration).where(Registration.event_id == event.id, is_live_of(email_folded, name_folded))
    )


def is_live_of(email_folded: Any, name_folded: Any) -> ColumnElement[bool]:
    """For a row of Registration: a person is registered once."""
    return and_(
        Registration.email_folded == email_folded,
        Registration.name_folded == name_folded,
        Registration.status != Status.CANCELLED,
    )


def check_live(registration: Registration) -> None:
    if registration.is_cancelled:
        raise refusals.NotLive
    if registration.event.cancelled_at is not None:
        raise refusals.EventCancelled


def check_window(registration: Registration, by: Actor, now: datetime) -> None:
    """A person acts alone until the closing; an organiser at any time."""
    if by == journal.PERSON and registration.event.registration_has_closed(now):
        raise refusals.RegistrationClosed


def _check_new_limits(registration: Registration, before: tuple[int | None, int | None], *, now: datetime) -> None:
    """Whoever holds a place may not carry it into a category or a structure that is already full."""
    event = registration.event
    if not (registration.is_confirmed or registration.has_offer):
        return
    category = registration.category
    limited = category is not None and category.id != before[0] and category.capacity is not None
    if category is not None and limited and places(event).taken[category.id] > (category.capacity or 0):
        raise refusals.Full(f"Il n’y a plus de place dans la catégorie «\u00a0{category.name}\u00a0».")
    structure = registration.structure
    has_moved = structure is not None and structure.id != before[1]
    if structure is not None and has_moved and structure_share(event, structure, now=now).is_exceeded:
        raise refusals.Full(f"{structure.name} a déjà le nombre de places permis par structure.")
