"""What happens to a registration after it was made: cancelled, alone or with others, other details."""

from collections.abc import Collection, Iterator, Mapping
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
from eventapp.formats import plural
from eventapp.registrations import calendar_addresses, following, notices, refusals
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.people import Person, describe
from eventapp.registrations.places.limits import places, structure_share
from eventapp.registrations.questions.answers import change_answers
from eventapp.registrations.self_service import windows
from eventapp.registrations.states import touch, withdraw
from eventapp.registrations.waiting.waiting_list import fill

Actor = User | str  # a User (an organiser), or "person", or "system"


def cancel(registration: Registration, *, now: datetime, by: Actor, reason: str = "", tell: bool = True) -> None:
    """End the registration and pass its places on; cancelling twice changes and mails nothing."""
    event = registration.event
    hold(event)
    if registration.is_cancelled:
        return
    windows.check_cancellation(registration, by, now)
    _end(registration, now=now, by=by, reason=reason)
    if tell:
        notices.cancelled(registration, now=now)
    fill(event, now=now)


def cancel_many(
    event: Event, ids: Collection[int], *, now: datetime, by: User, reason: str = "", message: str = "", tell: bool
) -> list[Registration]:
    """Those of this event that are live, under one lock: no place passes from one of them to another of them.

    `message` (Markdown) is read in the letter of each; `reason` in the history too.
    """
    hold(event)
    live = Registration.of(event).where(Registration.id.in_(ids), Registration.status != Status.CANCELLED)
    ended = list(db.session.scalars(live).unique())
    for registration in ended:
        _end(registration, now=now, by=by, reason=reason)
    db.session.flush()
    for registration in ended if tell else ():
        notices.cancelled(registration, now=now, message=message)
    if ended:
        fill(event, now=now)
    return ended


def change_details(
    registration: Registration,
    person: Person,
    answers: Mapping[str, Any],
    *,
    consents: Collection[str] = (),
    now: datetime,
    by: Actor,
    over_limits: bool = False,
    reason: str = "",
) -> None:
    """Correct the person's facts and answers (see `answers.change_answers`); another category or structure must have a
    place left, unless an organiser decides otherwise (`over_limits`), for a `reason`.

    Another address is sent the personal link at once, as whoever mistyped it would otherwise be locked out; calendar
    entries leave the old one for the new one, and letters that have not left follow.
    """
    event = registration.event
    hold(event)
    check_live(registration)
    windows.check_change(registration, by, now)
    known = live_registration(event, person.email_folded, person.name_folded)
    if known is not None and known is not registration:
        raise refusals.AlreadyRegistered(known)
    exceeded = list(limits_in_the_way(registration, person, now=now))
    if exceeded and not (over_limits and isinstance(by, User)):
        raise refusals.OverLimits(exceeded)
    old_address, has_moved = registration.email, registration.email_folded != person.email_folded
    taken_back = calendar_addresses.leave(registration, now=now) if has_moved else []
    try:
        with db.session.begin_nested():
            describe(registration, person)
            change_answers(registration, answers, consents=consents, now=now)
            touch(registration, now=now)
    except IntegrityError as collision:
        raise refusals.Refused("Ces informations n’ont pas pu être enregistrées. Vérifiez-les.") from collision
    followed, taken_back = following.follow(registration, old_address, taken_back, now=now) if has_moved else (0, [])
    link = ", lien personnel envoyé à sa nouvelle adresse" if has_moved else ""
    if followed:
        link += f" avec {plural(followed, 'courriel qui n’était pas parti', 'courriels qui n’étaient pas partis')}"
    beyond = f", au-delà des limites par décision de l’organisation\u00a0: {', '.join(exceeded)}" if exceeded else ""
    why = f" Motif\u00a0: {reason.rstrip('.')}." if exceeded and reason else ""
    sentence = f"Informations de {name_of(registration)} modifiées{link}{beyond}.{why}"
    about: dict[str, Any] = {"event": event, "subject": registration, "over_limits": exceeded}
    about |= {"reason": reason} if exceeded else {}
    journal.record("registration.details_changed", sentence, now=now, by=by, **about)
    if has_moved:
        notices.address_changed(registration, old_address, taken_back, now=now, by=by)
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


def limits_in_the_way(registration: Registration, person: Person, *, now: datetime) -> Iterator[str]:
    """Whoever holds a place may not carry it into a category or a structure that is already full."""
    if not (registration.is_confirmed or registration.has_offer):
        return
    event, category, structure = registration.event, person.category, person.structure
    has_moved = category is not None and category.id != registration.category_id
    if category is not None and has_moved and category.id in (held := places(event)).full_categories:
        figures = f"{held.taken[category.id]}\u00a0sur\u00a0{category.capacity}"
        yield f"il n’y a plus de place dans la catégorie «\u00a0{category.name}\u00a0» ({figures})"
    has_moved = structure is not None and structure.id != registration.structure_id
    if structure is not None and has_moved and (share := structure_share(event, structure, now=now)).is_full:
        figures = f"{share.held}\u00a0sur\u00a0{share.most}"
        yield f"{structure.name} a déjà le nombre de places permis par structure ({figures})"


def _end(registration: Registration, *, now: datetime, by: Actor, reason: str) -> None:
    withdraw(registration, now=now, by=by if isinstance(by, str) else journal.ORGANISER, reason=reason)
    why = f"\u00a0: {reason}" if reason else ""
    sentence = f"Inscription de {name_of(registration)} annulée{why}."
    about = {"event": registration.event, "subject": registration}
    journal.record("registration.cancelled", sentence, now=now, by=by, **about)
