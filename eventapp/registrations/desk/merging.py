"""One person registered twice, with two addresses or two spellings: the two registrations become one.

The one that stays is the one that has most: a place before an offer, an offer before a rank, else the better rank. So
nothing is lost whichever address is kept, and no limit is touched.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import or_, select

from eventapp import journal, tokens
from eventapp.accounts.models import User
from eventapp.events.locks import hold
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.registrations import calendar_addresses, calendar_mail, refusals
from eventapp.registrations.changes import check_live, live_registration
from eventapp.registrations.desk import notices
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.people import describe, person_of
from eventapp.registrations.states import release, touch, withdraw
from eventapp.registrations.waiting.waiting_list import fill
from eventapp.registrations.wishes.models import Wish

MERGED = "merge"
REASON = "Réunie avec une autre inscription de la même personne."
MOST_FOUND = 20


def likely_twins(registration: Registration) -> list[Registration]:
    """The live ones that look like the same person: those of the same name, then those of the same address."""
    alike = or_(
        Registration.name_folded == registration.name_folded, Registration.email_folded == registration.email_folded
    )
    others = Registration.of(registration.event).where(
        alike, Registration.id != registration.id, Registration.status != Status.CANCELLED
    )
    found = db.session.scalars(others.limit(MOST_FOUND)).unique()
    return sorted(found, key=lambda one: (one.name_folded != registration.name_folded, one.name_folded, one.id))


def merge(one: Registration, other: Registration, *, address_of: Registration, now: datetime, by: User) -> Registration:
    """Make one registration of both, with the address of `address_of`; returns it. The links of the other one die.
    Twice changes nothing."""
    hold(one.event)
    for stays, leaves in ((one, other), (other, one)):
        if leaves.merged_into_id == stays.id:
            return stays
    _check(one, other, address_of)
    stays, leaves = sorted((one, other), key=_precedence)
    kept_email = address_of.email
    given_up = leaves if address_of is stays else stays
    given_up_address, given_up_folded = given_up.email, given_up.email_folded
    _end(leaves, into=stays, now=now)
    taken_back = []
    if given_up_folded != address_of.email_folded:
        taken_back = calendar_mail.of_end(given_up, now=now)
        if given_up is stays:
            calendar_addresses.swap(stays, leaves)  # as their addresses are
    _keep_facts(stays, leaves, email=kept_email)
    describe(leaves, replace(person_of(leaves), email=given_up_address))  # a file that holds it names this same person
    _take_sessions(stays, leaves, now=now)
    _take_answers_and_wishes(stays, leaves)
    touch(stays, now=now)
    _record(stays, leaves, now=now, by=by)
    fill(stays.event, now=now, told=(stays,))
    notices.merged(stays, now=now)
    if given_up_folded != stays.email_folded:
        notices.merged_away(stays, to=given_up_address, parts=taken_back, now=now)
    return stays


def _check(one: Registration, other: Registration, address_of: Registration) -> None:
    if one.event_id != other.event_id or one is other:
        raise refusals.Refused("Choisissez une autre inscription de la même rencontre.")
    for registration in (one, other):
        check_live(registration)
    stays = min(one, other, key=_precedence)
    third = live_registration(one.event, address_of.email_folded, stays.name_folded)
    if third is not None and third not in (one, other):
        raise refusals.AlreadyRegistered(third)


def _precedence(registration: Registration) -> tuple[int, int]:
    if registration.is_confirmed:
        return 0, registration.id
    return (1 if registration.has_offer else 2), registration.id


def _end(leaves: Registration, *, into: Registration, now: datetime) -> None:
    """Its sessions stay in hand until they are taken over; its links are those of nobody."""
    live = leaves.live_bookings
    offers = {booking.id: booking.offer_until for booking in live}
    withdraw(leaves, now=now, by=MERGED, reason=REASON)
    for booking in live:
        booking.released_at, booking.offer_until = None, offers[booking.id]
    leaves.merged_into_id = into.id
    link, feed = tokens.issue(Registration.PURPOSE), tokens.issue(Registration.FEED_PURPOSE)
    leaves.nonce, leaves.digest = link.nonce, link.digest
    leaves.feed_nonce, leaves.feed_digest = feed.nonce, feed.digest
    db.session.flush()


def _keep_facts(stays: Registration, leaves: Registration, *, email: str) -> None:
    person = person_of(stays)
    phone, function = person.phone or leaves.phone, person.function or leaves.function
    describe(stays, replace(person, email=email, phone=phone, function=function))
    stays.note = "\n".join(note for note in (stays.note, leaves.note) if note)
    stays.consented_at = stays.consented_at or leaves.consented_at
    db.session.flush()


def _take_sessions(stays: Registration, leaves: Registration, *, now: datetime) -> None:
    """Each with its seat, its offer or its rank, unless `stays` has as much: of one session the better of both counts,
    and a seat that overlaps one that `stays` holds is given up."""
    for booking in leaves.live_bookings:
        own = stays.live_bookings
        same = next((one for one in own if one.session_id == booking.session_id), None)
        overlaps = any(one.is_confirmed and one.session.overlaps(booking.session) for one in own if one is not same)
        comes = min(booking, same, key=_worth) is booking if same is not None else True
        comes = comes and not (booking.is_confirmed and overlaps)
        given_up = same if comes else booking
        if given_up is not None:
            release(given_up, now=now)
            db.session.flush()
        if comes:
            booking.registration = stays
    db.session.flush()


def _worth(booking: Booking) -> tuple[bool, bool, int]:
    """A seat before an offer, an offer before a rank, the better rank first."""
    return not booking.is_confirmed, booking.offer_until is None, booking.id


def _take_answers_and_wishes(stays: Registration, leaves: Registration) -> None:
    answered = {answer.question_id for answer in stays.answers}
    for answer in list(leaves.answers):
        if answer.question_id not in answered:
            answer.registration = stays
    ranked = {wish.session.starts_at for wish in _wishes(stays)}  # hour by hour: two rankings are never mixed
    for wish in _wishes(leaves):
        if wish.session.starts_at not in ranked:
            wish.registration = stays
    db.session.flush()


def _wishes(registration: Registration) -> list[Wish]:
    return list(db.session.scalars(select(Wish).where(Wish.registration_id == registration.id).order_by(Wish.id)))


def _record(stays: Registration, leaves: Registration, *, now: datetime, by: User) -> None:
    sentence = f"Les deux inscriptions de {name_of(stays)} sont réunies\u00a0: celle-ci reste."
    about = {"event": stays.event, "merged": leaves.id}
    journal.record("registration.merged", sentence, now=now, by=by, subject=stays, **about)
    sentence = f"Cette inscription de {name_of(leaves)} est réunie avec une autre de la même personne."
    journal.record("registration.merged_away", sentence, now=now, by=by, subject=leaves, **about | {"into": stays.id})
