"""A place passed on to a named colleague of the same structure: their own link, their own page, the same seats."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from eventapp import journal, tokens
from eventapp.events.locks import hold
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.registrations import links, refusals
from eventapp.registrations.changes import Actor, check_live, live_registration
from eventapp.registrations.models import BY_TRANSFER, CalendarWish, Registration, Status
from eventapp.registrations.people import Colleague, Person, describe, person_of
from eventapp.registrations.self_service import notices, windows
from eventapp.registrations.states import withdraw
from eventapp.registrations.wishes.models import Wish


def pass_on(registration: Registration, colleague: Colleague, *, now: datetime, by: Actor) -> Registration:
    """The colleague's registration, confirmed, with the same seats and ranks; the old one ends and its links die.

    Nothing is free in between. The same act again returns the same registration. Answers stay behind: they were given
    by somebody else, and so was the consent to keep them.
    """
    event = registration.event
    hold(event)
    person = _person(registration, colleague)  # of the structure that the registration has now
    successor = successor_of(registration)
    if successor is not None and is_of(successor, colleague):
        return successor
    check_live(registration)
    windows.check_change(registration, by, now)
    if not registration.is_confirmed:
        raise refusals.NothingToPassOn
    known = live_registration(event, person.email_folded, person.name_folded)
    if known is registration:
        raise refusals.PassedOnToOneself
    if known is not None:
        raise refusals.AlreadyRegistered(known)
    try:
        with db.session.begin_nested():
            received = _receive(registration, person, now=now)
    except IntegrityError as collision:
        raise refusals.Refused("La place n’a pas pu être transmise. Réessayez dans un instant.") from collision
    _end(registration, received, now=now, by=by)
    notices.passed_on(registration, received, now=now)
    notices.received(received, now=now)
    return received


def successor_of(registration: Registration) -> Registration | None:
    return db.session.scalar(
        select(Registration).where(
            Registration.event_id == registration.event_id, Registration.replaces_id == registration.id
        )
    )


def predecessor_of(registration: Registration) -> Registration | None:
    return db.session.get(Registration, registration.replaces_id) if registration.replaces_id is not None else None


def is_of(registration: Registration, colleague: Colleague) -> bool:
    person = _person(registration, colleague)
    return (registration.email_folded, registration.name_folded) == (person.email_folded, person.name_folded)


def ended(token: str) -> Registration | None:
    """The registration that this link opened until its place was passed on."""
    return db.session.scalar(
        select(Registration).where(
            Registration.digest == tokens.digest(token), Registration.cancelled_by == BY_TRANSFER
        )
    )


def _person(registration: Registration, colleague: Colleague) -> Person:
    """Whoever comes instead: of the same category and structure."""
    return replace(
        person_of(registration),
        first_name=colleague.first_name,
        last_name=colleague.last_name,
        email=colleague.email,
        function=colleague.function,
        phone="",
    )


def _receive(registration: Registration, person: Person, *, now: datetime) -> Registration:
    link, feed = tokens.issue(Registration.PURPOSE), tokens.issue(Registration.FEED_PURPOSE)
    received = Registration(
        event=registration.event,
        status=Status.CONFIRMED,
        source=registration.source,
        created_at=now,
        queued_at=now,
        confirmed_at=now,
        updated_at=now,
        party_id=registration.party_id,
        replaces_id=registration.id,
        calendar_wish=_wish_passed_on(registration),
        nonce=link.nonce,
        digest=link.digest,
        feed_nonce=feed.nonce,
        feed_digest=feed.digest,
    )
    describe(received, person)
    db.session.add(received)
    for booking in registration.live_bookings:
        booking.registration = received
    db.session.flush()
    db.session.expire(registration, ["bookings"])  # they are the colleague's now, whatever was read before
    db.session.execute(update(Wish).where(Wish.registration_id == registration.id).values(registration_id=received.id))
    return received


def _wish_passed_on(registration: Registration) -> CalendarWish:
    """Entries that leave one calendar arrive in the other; that somebody wanted none is only their own wish."""
    return CalendarWish.EVENT if registration.calendar_wish is CalendarWish.NONE else registration.calendar_wish


def _end(registration: Registration, received: Registration, *, now: datetime, by: Actor) -> None:
    old, new, event = name_of(registration), name_of(received), registration.event
    withdraw(registration, now=now, by=BY_TRANSFER, reason=f"Place transmise à {new}.")
    links.renew_feed(registration)
    about: dict[str, Any] = {"now": now, "by": by, "event": event}
    sentence = f"{old} transmet sa place à {new}."
    journal.record("registration.passed_on", sentence, subject=registration, successor=received.id, **about)
    sentence = f"{new} reçoit la place de {old}, avec ses sessions."
    journal.record("registration.received", sentence, subject=received, predecessor=registration.id, **about)
    db.session.flush()
