"""What the desk counts, on both databases."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event as sql_event

from eventapp.agenda.models import BookingMode, Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations.models import Guest, Reply
from eventapp.network.models import Structure
from eventapp.outbox.models import Message, State
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.statistics import figures
from eventapp.statistics.figures import CategoryFigures, GuestFigures
from eventapp.statistics.territory import DepartementFigures, by_departement
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_guest,
    make_invitation,
    make_organisation,
    make_person,
    make_registration,
    make_session,
    save,
)  # fmt: skip

pytestmark = pytest.mark.both_databases


def make_structure(departement: str, number: str) -> Structure:
    return save(Structure(id_fs=number, name=f"Structure {number}", departement_code=departement, updated_at=NOW))


def invited(event: Event, reply: Reply | None = None, **facts: object) -> Guest:
    guest = make_guest(event, **facts)
    make_invitation(guest, reply=reply, replied_at=NOW if reply else None)
    return guest


def book(registration: Registration, session: Session, *, held: bool = True) -> Booking:
    return save(
        Booking(
            event_id=registration.event_id,
            registration=registration,
            session=session,
            created_at=NOW,
            confirmed_at=NOW if held else None,
        )
    )


def test_guests_are_counted_by_their_reply() -> None:
    event = make_event()
    for reply in (Reply.ACCEPTED, Reply.ACCEPTED, Reply.DECLINED, None):
        invited(event, reply)
    make_guest(event)
    invited(event, Reply.ACCEPTED, removed_at=NOW)
    invited(make_event())

    found = figures.guests(event)

    assert found == GuestFigures(not_invited=1, silent=1, accepted=2, declined=1)
    assert (found.total, found.invited, found.replied) == (5, 4, 3)


def test_registrations_are_counted_by_state_and_category() -> None:
    event = make_event()
    agents = make_category(event, name="Agents", slug="agents", capacity=3)
    make_category(event, name="Partenaires", slug="partenaires")
    make_registration(event, make_person(category=agents))
    make_registration(event, make_person(category=agents), status=Status.WAITING)
    make_registration(event, status=Status.WAITING, offer_until=NOW)
    make_registration(event, status=Status.CANCELLED)

    found = figures.registrations(event)

    assert (found.confirmed, found.waiting, found.offered, found.cancelled) == (1, 2, 1, 1)
    assert found.categories == (
        CategoryFigures("Agents", "agents", 3, 1, 1),
        CategoryFigures("Partenaires", "partenaires", None, 0, 0),
        CategoryFigures("Sans catégorie", "", None, 0, 1),
    )


def test_sessions_say_who_holds_a_seat_and_who_waits_for_one() -> None:
    event = make_event()
    full = make_session(event, booking=BookingMode.REQUIRED, capacity=1)
    other = make_session(event, booking=BookingMode.OPTIONAL)
    make_session(event)
    make_session(event, booking=BookingMode.OPTIONAL, cancelled_at=NOW)
    person = make_registration(event)
    book(make_registration(event), full)
    book(person, full, held=False)
    book(person, other, held=False)
    book(make_registration(event, status=Status.WAITING), full, held=False)

    rows = [(s.slug, s.held, s.waiting, s.is_full) for s in figures.by_session(event)]

    assert rows == [(full.slug, 1, 2, True), (other.slug, 0, 1, False)]
    assert figures.waiting_for_a_session(event) == 1


def test_the_network_is_covered_departement_by_departement() -> None:
    event = make_event(make_organisation(region_code="32"))
    laon, _soissons, paris = (make_structure(code, code) for code in ("02", "59", "75"))
    invited(event, Reply.ACCEPTED, person=make_person(structure=laon))
    invited(event, person=make_person(structure=laon))
    invited(event)
    for structure in (laon, laon, paris):
        make_registration(event, make_person(structure=structure))
    make_registration(event, make_person(structure=laon), status=Status.WAITING)

    found = {figure.code: figure for figure in by_departement(event)}

    assert list(found) == ["02", "59", "60", "62", "80", "75"]
    assert found["02"] == DepartementFigures("02", "Aisne", 2, 1, 2, structures=1, represented=1)
    assert found["02"].silent == 1
    assert found["59"] == DepartementFigures("59", "Nord", 0, 0, 0, structures=1, represented=0)
    assert found["75"] == DepartementFigures("75", "Paris", 0, 0, 1, structures=0, represented=0)


def test_letters_given_up_are_counted() -> None:
    event = make_event()
    for n, state in enumerate((State.FAILED, State.FAILED, State.QUEUED)):
        save(Message(letter="x/y", to="a@b.example", event_id=event.id, state=state, message_id=f"{n}", created_at=NOW,
                     due_at=NOW))  # fmt: skip

    assert figures.undelivered(event) == 2


def test_the_latest_come_first() -> None:
    event = make_event()
    people = [make_registration(event, at=NOW + timedelta(minutes=n)) for n in range(4)]

    assert figures.latest(event, 3) == people[:0:-1]


def test_an_empty_event_is_blank() -> None:
    assert figures.figures(make_event(), now=NOW).is_blank


@pytest.fixture
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    sql_event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    sql_event.remove(db.engine, "before_cursor_execute", note)


def test_the_number_of_queries_does_not_grow_with_people(statements: list[str]) -> None:
    event = make_event()
    session = make_session(event, booking=BookingMode.OPTIONAL)
    counts = []
    for _ in range(2):
        for _ in range(5):
            book(make_registration(event), session)
            invited(event)
        db.session.flush()
        statements.clear()
        figures.figures(event, now=NOW)
        counts.append(len(statements))

    assert counts[1] <= counts[0] <= 16
