"""A cancellation undone while the place is free: the same row, the same link, the same rank."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.network.models import Structure
from eventapp.outbox.models import Message
from eventapp.registrations import seats
from eventapp.registrations.desk import undoing
from eventapp.registrations.models import Booking, Registration, Status
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_person,
    make_registration,
    make_session,
    make_user,
    save,
)

Outbox = Callable[[], list[Message]]
LATER = NOW + timedelta(hours=1)
pytestmark = pytest.mark.both_databases


def cancelled(event: Event, **facts: object) -> Registration:
    registration = make_registration(event, **facts)
    seats.cancel(registration, now=NOW, by="person", reason="Empêchée")
    return registration


def restore(registration: Registration) -> list[str]:
    remarks = undoing.restore(registration, now=LATER, by=make_user())
    db.session.flush()
    return remarks


def hold_seat(registration: Registration, session: object, *, confirmed: bool = True) -> Booking:
    booking = Booking(event_id=registration.event_id, registration=registration, session=session, created_at=NOW)
    booking.confirmed_at = NOW if confirmed else None
    return save(booking)


def test_the_place_comes_back_with_its_link_and_its_letter(outbox: Outbox) -> None:
    registration = make_registration(make_event(capacity=1))
    digest = registration.digest
    seats.cancel(registration, now=NOW, by="person")

    assert restore(registration) == []

    assert (registration.status, registration.cancelled_at, registration.digest) == (Status.CONFIRMED, None, digest)
    assert [(m.letter, m.calendar_method) for m in outbox()] == [
        ("registrations/cancelled", None),
        ("registrations/restored", "REQUEST"),
    ]
    last = db.session.scalars(db.select(Entry).order_by(Entry.id)).all()[-1]
    assert (last.act, last.actor) == ("registration.restored", "organiser")
    assert last.sentence.endswith("défaite\u00a0: place confirmée.")


def test_the_calendar_mail_tops_the_cancellation(outbox: Outbox) -> None:
    registration = seats.register(make_event(), make_person(), now=NOW)
    seats.cancel(registration, now=NOW, by="person")
    restore(registration)
    sent = [(m.calendar_method, m.calendar_sequence) for m in outbox()]
    assert [method for method, _ in sent] == ["REQUEST", "CANCEL", "REQUEST"]
    assert sent[0][1] < sent[1][1] < sent[2][1]


def test_undoing_twice_does_it_once(outbox: Outbox) -> None:
    registration = cancelled(make_event())
    restore(registration)
    restore(registration)
    assert [m.letter for m in outbox()].count("registrations/restored") == 1


def test_whoever_waited_comes_back_to_their_rank() -> None:
    event = make_event(capacity=1)
    make_registration(event)
    first = make_registration(event, status=Status.WAITING)
    second = make_registration(event, status=Status.WAITING)
    seats.cancel(first, now=NOW, by="person")
    restore(first)
    assert (seats.position(first), seats.position(second)) == (1, 2)


def test_a_place_that_went_to_somebody_else_is_not_taken_back() -> None:
    event = make_event(capacity=1)
    registration = make_registration(event)
    waiting = make_registration(event, status=Status.WAITING)
    seats.cancel(registration, now=NOW, by="person")
    assert waiting.is_confirmed
    with pytest.raises(Refused, match="Toutes les places de la rencontre sont prises"):
        restore(registration)
    assert registration.is_cancelled


def test_a_full_category_and_a_full_structure_refuse() -> None:
    event = make_event()
    agents = make_category(event, name="Agents", capacity=1)
    registration = cancelled(event, person=make_person(category=agents))
    make_registration(event, make_person(category=agents))
    with pytest.raises(Refused, match="catégorie"):
        restore(registration)
    event.per_structure = 1
    laon = save(Structure(id_fs="1", name="France services de Laon", departement_code="02", updated_at=NOW))
    registration = cancelled(event, person=make_person(structure=laon))
    make_registration(event, make_person(structure=laon))
    with pytest.raises(Refused, match="Laon a déjà"):
        restore(registration)


def test_somebody_registered_again_meanwhile_is_not_restored() -> None:
    event, person = make_event(), make_person()
    registration = cancelled(event, person=person)
    make_registration(event, person)
    with pytest.raises(Refused, match="inscrite de nouveau"):
        restore(registration)


@pytest.mark.parametrize("by", ["system", "merge", "transfer"])
def test_only_what_somebody_cancelled_is_restored(by: str) -> None:
    registration = cancelled(make_event())
    registration.cancelled_by = by
    with pytest.raises(Refused):
        restore(registration)


def test_an_event_cancelled_or_over_restores_nobody() -> None:
    registration = cancelled(make_event())
    registration.event.cancelled_at = NOW
    with pytest.raises(Refused, match="annulée"):
        restore(registration)
    registration.event.cancelled_at = None
    with pytest.raises(Refused, match="terminée"):
        undoing.restore(registration, now=registration.event.ends_at, by=make_user())


def test_free_seats_of_sessions_come_back_and_taken_ones_are_waited_for() -> None:
    event = make_event()
    free = make_session(event, booking=BookingMode.OPTIONAL, capacity=1)
    starts = event.starts_at + timedelta(hours=2)
    taken = make_session(event, booking=BookingMode.OPTIONAL, capacity=1, starts_at=starts)
    registration, other = make_registration(event), make_registration(event)
    kept, lost = hold_seat(registration, free), hold_seat(registration, taken)
    behind = hold_seat(other, taken, confirmed=False)
    seats.cancel(registration, now=NOW, by="person")
    assert behind.confirmed_at is not None

    remarks = restore(registration)

    live = {booking.session_id: booking for booking in registration.live_bookings}
    assert live[free.id] is kept
    assert kept.is_confirmed
    assert live[taken.id] is not lost
    assert not live[taken.id].is_confirmed
    assert remarks == [f"«\u00a0{taken.title}\u00a0» est complète\u00a0: retour sur sa liste d’attente"]
