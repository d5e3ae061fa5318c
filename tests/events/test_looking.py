"""What a form was checked against, in a transaction that locks nothing, is still true under the lock or read again."""

from collections.abc import Iterator

import pytest
from flask import Flask, current_app
from sqlalchemy import Executable, update
from sqlalchemy import event as listening
from sqlalchemy.exc import DatabaseError

from eventapp.agenda.models import BookingMode
from eventapp.agenda.models import Session as AgendaSession
from eventapp.database import looking
from eventapp.events.locks import hold, read_once
from eventapp.events.models import Event
from eventapp.extensions import db
from tests.factories import make_event, make_registration, make_session

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def posting(database: str) -> Iterator[None]:
    with current_app.test_request_context(method="POST"):
        yield


def elsewhere(change: Executable) -> None:
    """As another process would, and committed."""
    with db.engine.connect() as connection:
        connection.execute(change)
        connection.commit()


def test_nothing_can_be_written_while_looking() -> None:
    event = make_event()
    db.session.commit()

    with looking(db.session()):
        event.title = "Autre"
        with pytest.raises(DatabaseError):
            db.session.flush()
        db.session.rollback()


def test_what_was_read_of_an_unchanged_event_is_not_asked_again(questions_asked: list[str]) -> None:
    session = make_session(make_event(), booking=BookingMode.OPTIONAL)
    event = session.event
    db.session.commit()
    with looking(db.session()):
        _ = event.title, session.title
    hold(event)
    questions_asked.clear()

    assert "" not in (event.title, session.title)
    assert questions_asked == []


def test_an_event_changed_meanwhile_is_read_again() -> None:
    session = make_session(make_event(capacity=2), capacity=10)
    event = session.event
    db.session.commit()
    with looking(db.session()):
        _ = event.capacity, session.capacity
    elsewhere(update(Event).values(capacity=1, revision=Event.revision + 1))
    elsewhere(update(AgendaSession).values(capacity=5))

    hold(event)

    assert (event.capacity, session.capacity) == (1, 5)


def test_a_registration_is_read_again_although_its_event_is_the_same() -> None:
    registration = make_registration(make_event())
    db.session.commit()
    with looking(db.session()):
        _ = registration.note
    elsewhere(update(type(registration)).values(note="Vue ailleurs"))

    hold(registration.event)

    assert registration.note == "Vue ailleurs"


def test_the_row_of_an_event_never_changes_without_its_revision() -> None:
    event = make_event()
    db.session.commit()
    before = event.revision

    event.capacity = 12
    db.session.commit()

    assert event.revision == before + 1


def test_rows_read_once_are_read_again_after_a_change() -> None:
    event = make_event()
    reads = iter([["une"], ["deux"]])
    assert read_once(event, "rows", lambda: next(reads)) == ["une"]
    assert read_once(event, "rows", lambda: next(reads)) == ["une"]

    event.revision += 1

    assert read_once(event, "rows", lambda: next(reads)) == ["deux"]


@pytest.fixture
def questions_asked(app: Flask) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    listening.listen(db.engine, "before_cursor_execute", note)
    yield asked
    listening.remove(db.engine, "before_cursor_execute", note)
