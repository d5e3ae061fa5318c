"""Giving wishes: the sessions of a slot ranked by a person, the best first (see `wish_slots`)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, exists, select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.agenda.models import Session
from eventapp.agenda.programme import booking_slots
from eventapp.errors import Refused
from eventapp.events import lifecycle
from eventapp.events.locks import hold
from eventapp.events.models import Event, SessionChoice
from eventapp.extensions import db
from eventapp.formats import french_datetime, person
from eventapp.registrations.changes import Actor, check_live
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.refusals import SessionNotBookable
from eventapp.registrations.states import touch
from eventapp.registrations.wishes.models import Wish
from eventapp.registrations.wishes.wish_slots import (
    MOST_WISHES,
    Ranking,
    are_closed,
    ranked_slots,
    ranking_of,
    rankings,
)

SEEDS = 2**31  # of the lottery


class WishesRefused(Refused):
    field = "wishes"


class WishesClosed(WishesRefused):
    message = "Les souhaits ne se donnent plus\u00a0: la date limite est passée ou l’attribution est faite."


class ProgrammeChanged(WishesRefused):
    message = "Le programme a changé pendant que ce formulaire était ouvert. Relisez vos souhaits, puis envoyez-les."


class ModeStays(Refused):
    message = "Des personnes ont déjà choisi leurs sessions\u00a0: la façon de choisir ne change plus."
    field = "session_choice"


class Sorted(NamedTuple):
    """What was asked, as the event's mode has it: to book at once, and to rank."""

    booked: list[Session]
    ranked: list[Session]


def sort_out(event: Event, sessions: Collection[Session], ranked: Sequence[Session]) -> Sorted:
    """A session named without a rank in a slot of wishes is the first wish there. A form opened before the allocation
    is refused after it."""
    slots = ranked_slots(event)
    if ranked and not slots:
        raise WishesClosed
    choices = {session.id for slot in slots for session in slot.sessions}
    if not all(session.id in choices for session in ranked):
        raise SessionNotBookable
    booked = [session for session in sessions if session.id not in choices]
    named = [session for session in sessions if session.id in choices]
    return Sorted(booked, list(dict.fromkeys([*named, *ranked])))


def check_wishes(event: Event, ranked: Collection[Session], *, by: Actor, now: datetime) -> None:
    """Refuse wishes that come too late, too many of them, or none where a choice is needed."""
    is_late = are_closed(event, now) and not isinstance(by, User)
    if ranked and is_late:
        raise WishesClosed
    check_rankings(event, ranked, needs_all=not is_late)


def check_rankings(event: Event, ranked: Collection[Session], *, needs_all: bool = True) -> None:
    """The same, whatever the date."""
    for ranking in rankings(event, ranked):
        if ranking.slot.required and not ranking.sessions and needs_all:
            raise WishesRefused(f"Classez au moins une session pour le créneau du {ranking.slot.label}.")
        if len(ranking.sessions) > MOST_WISHES:
            raise WishesRefused(f"{MOST_WISHES} souhaits au plus pour le créneau du {ranking.slot.label}.")


def write_wishes(registration: Registration, ranked: Collection[Session], *, now: datetime) -> None:
    """In place of those given before. The registration is saved."""
    db.session.execute(delete(Wish).where(Wish.registration_id == registration.id))
    for ranking in rankings(registration.event, ranked):
        for rank, session in enumerate(ranking.sessions, 1):
            facts = {"event_id": registration.event_id, "registration_id": registration.id, "session_id": session.id}
            db.session.add(Wish(**facts, rank=rank, created_at=now))


def change_wishes(registration: Registration, ranked: Sequence[Session], *, now: datetime, by: Actor) -> None:
    """Until the date set for wishes, whatever is set for other changes."""
    event = registration.event
    hold(event)
    check_live(registration)
    if not ranked_slots(event) or (are_closed(event, now) and not isinstance(by, User)):
        raise WishesClosed
    _, wanted = sort_out(event, (), ranked)
    check_wishes(event, wanted, by=by, now=now)
    if [ranking.sessions for ranking in ranking_of(registration)] == [r.sessions for r in rankings(event, wanted)]:
        return
    write_wishes(registration, wanted, now=now)
    touch(registration, now=now)
    words = "\u00a0; ".join(f"{_in_words(r)} ({r.slot.label})" for r in rankings(event, wanted) if r.sessions)
    sentence = f"Souhaits de {person(registration)}\u00a0: {words or 'aucun'}."
    journal.record("registration.wishes_changed", sentence, now=now, by=by, event=event, subject=registration)


def divert(
    registration: Registration, sessions: Collection[Session], beside: Collection[Session], *, now: datetime, by: Actor
) -> list[Session]:
    """Those of the `sessions` to book; one in a slot of wishes becomes the first wish there. None of them is waited for
    `beside` another."""
    booked, named = sort_out(registration.event, sessions, ())
    if sort_out(registration.event, beside, ()).ranked:
        raise SessionNotBookable
    if named:
        others = [session for ranking in ranking_of(registration) for session in ranking.sessions]
        change_wishes(registration, list(dict.fromkeys([*named, *others])), now=now, by=by)
    return booked


def choose_mode(event: Event, mode: SessionChoice, close_at: datetime | None, *, now: datetime, by: User) -> None:
    hold(event)
    check_mode(event, mode)
    if close_at is not None and close_at > event.starts_at:
        start = french_datetime(event.starts_at, event.timezone)
        raise Refused(f"Les souhaits doivent se clore avant le début de la rencontre, {start}.", field="wishes_time")
    lifecycle.edit(event, {"session_choice": mode, "wishes_close_at": close_at}, now=now, by=by)


def check_mode(event: Event, mode: SessionChoice) -> None:
    """Refuse another mode where people already chose in the present one."""
    if mode is event.session_choice:
        return
    if event.allocated_at is not None:
        raise ModeStays("Les souhaits sont attribués\u00a0: la façon de choisir les sessions ne change plus.")
    live = Registration.event_id == event.id, Registration.status != Status.CANCELLED
    wished = exists().where(Wish.registration_id == Registration.id, *live)
    slots = [session.id for slot in booking_slots(event) if slot.exclusive for session in slot.sessions]
    booked = exists().where(Booking.session_id.in_(slots), Booking.released_at.is_(None))
    if db.session.scalar(select(wished if mode is SessionChoice.FIRST_COME else booked)):
        raise ModeStays


def _in_words(ranking: Ranking) -> str:
    return ", ".join(f"{rank}. «\u00a0{session.title}\u00a0»" for rank, session in enumerate(ranking.sessions, 1))
