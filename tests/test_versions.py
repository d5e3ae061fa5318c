"""What makes a kept page change: each fact that it shows, and the hours at which it changes by itself."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from eventapp import versions
from eventapp.agenda import editing, rooms
from eventapp.agenda.models import BookingMode
from eventapp.events import lifecycle
from eventapp.registrations.models import Booking
from tests.factories import NOW, STARTS, make_event, make_organisation, make_registration, make_room, make_session, save

HOUR = timedelta(hours=1)
LATER = NOW + HOUR


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


def test_an_unknown_event_or_a_draft_has_no_version():
    make_event(slug="brouillon", published_at=None)

    assert [versions.of_event(slug) for slug in ("brouillon", "inconnu")] == [None, None]
    assert versions.of_calendar("brouillon") is None


def change_owner(session, **facts):
    for name, value in facts.items():
        setattr(session.event.organisation, name, value)


def book(session):
    registration = make_registration(session.event)
    times = {"created_at": NOW, "confirmed_at": NOW}
    save(Booking(event_id=session.event_id, registration=registration, session=session, **times))


CHANGES = {
    "a word of the event": lambda session: lifecycle.edit(session.event, {"summary": "Autre"}, now=LATER, by=None),
    "a word of a session": lambda session: editing.edit_session(session, {"title": "Autre"}, now=LATER, by=None),
    "the name of a room": lambda session: rooms.edit_room(session.room, {"name": "Autre"}, now=LATER, by=None),
    "a place taken": lambda session: make_registration(session.event),
    "a place taken in a session": book,
    "the name of the organisation": lambda session: change_owner(session, name="Autre"),
    "its telephone": lambda session: change_owner(session, phone="+33323975390"),
    "its accessibility": lambda session: change_owner(session, accessibility_status="partiellement conforme"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_the_page_of_an_event_shows_is_in_its_version(change):
    event = make_event(slug="rencontre", capacity=200)
    session = make_session(event, room=make_room(event), booking=BookingMode.OPTIONAL, capacity=20)
    before = versions.of_event("rencontre")
    assert versions.of_event("rencontre").key == before.key

    change(session)

    assert versions.of_event("rencontre").key != before.key


def test_the_page_of_an_event_changes_by_itself_when_registration_opens_closes_and_the_event_begins_and_ends():
    event = make_event(slug="rencontre", opens_at=NOW + HOUR, closes_at=NOW + 2 * HOUR)
    instants = [NOW, event.opens_at, event.closes_at, event.starts_at, event.ends_at]
    for instant, following in zip(instants, [*instants[1:], None], strict=True):
        with time_machine.travel(instant, tick=False):
            assert versions.of_event("rencontre").until == following


@pytest.mark.both_databases
def test_the_home_page_changes_when_an_event_appears_changes_or_leaves():
    event = make_event()
    keys = [versions.of_home().key]
    for change in (
        lambda: make_event(),
        lambda: lifecycle.edit(event, {"title": "Autre"}, now=LATER, by=None),
        lambda: lifecycle.withdraw(event, now=LATER, by=None),
        lambda: setattr(event.organisation, "name", "Autre"),
    ):
        change()
        keys.append(versions.of_home().key)

    assert len(set(keys)) == 5


def test_a_draft_does_not_change_the_home_page():
    organisation = make_organisation()
    before = versions.of_home()
    make_event(organisation, published_at=None, ends_at=STARTS + HOUR)

    assert versions.of_home() == before


@pytest.mark.both_databases
def test_the_home_page_changes_by_itself_at_the_next_instant_of_any_event():
    make_event()
    make_event(opens_at=NOW + HOUR)

    assert versions.of_home().until == NOW + HOUR


def test_feeds_change_at_the_end_of_a_day_of_the_zone():
    make_event(slug="rencontre", timezone="America/Martinique")

    assert versions.of_calendar("rencontre").until == datetime(2026, 11, 3, 4, tzinfo=UTC)
    assert versions.of_all_events(region_slug="martinique").until == NOW + HOUR
