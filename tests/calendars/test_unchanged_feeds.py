"""The short way of « nothing changed » for a person's own calendar: what the long one says, and never once it did."""

import hashlib
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test
from sqlalchemy.exc import OperationalError
from werkzeug.test import Client

from eventapp.agenda import editing, rooms, speakers
from eventapp.agenda.models import BookingMode
from eventapp.calendars import entries, files, stamps
from eventapp.calendars.views import personal
from eventapp.calendars.views.unchanged import UnchangedFeeds
from eventapp.events import lifecycle
from eventapp.events.models import Event, Venue
from eventapp.extensions import db
from eventapp.registrations import changes, links, seats
from eventapp.registrations.models import Registration
from eventapp.registrations.people import Colleague
from eventapp.registrations.self_service import calendar, transfers
from eventapp.registrations.sessions import agenda, session_changes, session_waiting
from eventapp.registrations.sessions import seats as session_seats
from tests.factories import NOW, make_event, make_person, make_registration, make_room, make_session, make_speaker
from tests.machine.desk import Desk

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def scene(in_november) -> SimpleNamespace:
    """Somebody with a seat, in a room, and one who speaks there."""
    event = make_event(slug="rencontre", title="Rencontre")
    room, speaker = make_room(event), make_speaker(event)
    session = make_session(event, title="Atelier", booking=BookingMode.REQUIRED, room=room)
    editing.edit_session(session, {}, cast=[editing.Cast(speaker)], now=NOW, by=None)
    registration = seats.register(event, make_person(), sessions=[session], now=NOW)
    db.session.commit()
    return SimpleNamespace(event=event, room=room, speaker=speaker, session=session, registration=registration)


@pytest.fixture
def asked(app, scene):
    """Asks as a program that has `etag`; `asked.reached`: how many questions the application itself was asked."""
    reached = []

    def application(environ, start_response):
        reached.append(environ["PATH_INFO"])
        with app.app_context():
            return app.wsgi_app(environ, start_response)

    client = Client(UnchangedFeeds(application, db.engine), use_cookies=False)
    path = "/agenda/" + links.feed(scene.registration).partition("/agenda/")[2]

    def ask(etag="", path=path, method="GET", **headers):
        db.session.commit()
        answer = client.open(path, method=method, headers={"If-None-Match": etag, **headers} if etag else headers)
        db.session.expire_all()
        return answer

    ask.reached = reached
    return ask


@pytest.mark.both_databases
def test_the_second_time_flask_is_not_asked_and_the_same_is_said(asked):
    etag = asked().headers["ETag"]
    first, second, head = asked(etag), asked(etag), asked(etag, method="HEAD")
    assert len(asked.reached) == 2
    assert [answer.status_code for answer in (first, second, head)] == [304] * 3
    assert sorted(first.headers) == sorted(second.headers) == sorted(head.headers)
    assert second.headers["Cache-Control"] == "private, max-age=0, must-revalidate"


def test_what_is_not_exactly_that_goes_its_ordinary_way(asked):
    etag = asked().headers["ETag"]
    asked(etag)
    others = [
        asked('"other"'), asked(f"W/{etag}"), asked(f'"x", {etag}'), asked(etag, Cookie="autre=x"),
        asked(etag, path="/agenda/inconnu/x.ics"), asked(etag, method="POST"),
    ]  # fmt: skip
    assert [answer.status_code for answer in others] == [200, 200, 304, 304, 404, 405]
    assert len(asked.reached) == 8


def test_two_people_are_told_apart(asked, scene):
    etag = asked().headers["ETag"]
    asked(etag)
    other = links.feed(make_registration(scene.event))
    path = "/agenda/" + other.partition("/agenda/")[2]
    assert asked(etag, path=path).status_code == 200
    own = asked(path=path).headers["ETag"]
    assert (asked(own, path=path).headers["ETag"], asked(own).status_code) == (own, 200)


def test_while_the_database_is_away_the_application_says_so(asked, monkeypatch):
    etag = asked().headers["ETag"]
    asked(etag)

    def away(*_arguments, **_options):
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(db.engine, "raw_connection", away)
    monkeypatch.setattr(db.session, "scalar", away)
    assert asked(etag).status_code == 503


def a_title(scene):
    editing.edit_session(scene.session, {"title": "Autrement"}, now=LATER, by=None)


def the_name_of_the_event(scene):
    lifecycle.edit(scene.event, {"title": "Rencontre régionale"}, now=LATER, by=None)


def an_hour(scene):
    later = {name: getattr(scene.session, name) + timedelta(hours=1) for name in ("starts_at", "ends_at")}
    editing.edit_session(scene.session, later, now=LATER, by=None)


def another_session(scene):
    hours = {"starts_at": scene.event.starts_at, "ends_at": scene.event.ends_at}
    editing.add_session(scene.event, title="Accueil", **hours, now=LATER, by=None)


def the_name_of_a_room(scene):
    rooms.edit_room(scene.room, {"name": "Salle haute"}, now=LATER, by=None)


def the_name_of_a_speaker(scene):
    speakers.edit_speaker(scene.speaker, {"last_name": "Renommée"}, now=LATER, by=None)


def a_session_cancelled(scene):
    editing.cancel_session(scene.session, now=LATER, by=None)
    session_changes.release_session(scene.session, now=LATER, by="organiser")


def a_session_given_up(scene):
    seats.change_sessions(scene.registration, [], now=LATER, by="person")


def given_up_by_the_person(scene):
    changes.cancel(scene.registration, now=LATER, by="person")


def cancelled_by_the_organiser(scene):
    changes.cancel(scene.registration, now=LATER, by="organiser")


def the_event_moved(scene):
    hours = {"starts_at": scene.event.starts_at, "ends_at": scene.event.ends_at + timedelta(hours=1)}
    lifecycle.move(scene.event, **hours, venue=Venue(name="Mairie", city="Lille"), now=LATER, by=None)


def the_event_cancelled(scene):
    lifecycle.cancel(scene.event, reason="Neige", now=LATER, by=None)


def the_event_withdrawn(scene):
    lifecycle.withdraw(scene.event, now=LATER, by=None)


ACTS = (
    a_title, the_name_of_the_event, an_hour, another_session, the_name_of_a_room, the_name_of_a_speaker,
    a_session_cancelled, a_session_given_up, given_up_by_the_person, cancelled_by_the_organiser, the_event_moved,
    the_event_cancelled, the_event_withdrawn,
)  # fmt: skip


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_after_every_act_the_new_content_is_sent(asked, scene, act):
    first = asked()
    etag = first.headers["ETag"]
    assert [asked(etag).status_code for _ in range(2)] == [304, 304]
    act(scene)
    answer = asked(etag)
    assert answer.status_code == 200
    assert answer.data != first.data


def passed_on(scene):
    transfers.pass_on(
        scene.registration, Colleague(first_name="Zoé", last_name="Roy", email="z@a.example"), now=LATER, by="person"
    )


def another_address(scene):
    calendar.renew_feed(scene.registration, now=LATER)


def stopped(scene):
    calendar.stop_feed(scene.registration, now=LATER)


def erased(scene):
    db.session.delete(scene.registration)


@pytest.mark.parametrize("act", [passed_on, another_address, stopped, erased])
def test_an_address_that_ended_is_not_found_at_once(asked, scene, act):
    etag = asked().headers["ETag"]
    assert [asked(etag).status_code for _ in range(2)] == [304, 304]
    act(scene)
    assert asked(etag).status_code == 404


def test_what_was_cancelled_leaves_with_its_day(asked, scene, time_machine):
    a_session_cancelled(scene)
    time_machine.move_to(scene.session.ends_at)
    etag = asked().headers["ETag"]
    assert [asked(etag).status_code for _ in range(2)] == [304, 304]
    time_machine.move_to(scene.session.ends_at + timedelta(days=1))
    answer = asked(etag)
    assert (answer.status_code, "Atelier" in answer.text) == (200, False)


class Followed(Desk):
    """Of each feed, all that was ever sent under one ETag was the same."""

    @invariant()
    def everything_holds(self) -> None:
        db.session.rollback()
        event = self.event
        for registration in db.session.scalars(Registration.of(event)).unique():
            etag, content = version(registration, event, self.now), feed(registration, event, self.now)
            known = vars(self).setdefault("sent", {}).setdefault(etag, content)
            assert known == content, f"a version of two contents: {etag}"
        db.session.rollback()
        self.is_forced = self.is_quiet = False


def version(registration: Registration, event: Event, now: Any) -> str:
    return stamps.of_person("feed", registration.digest, registration.revision, event.revision, event.timezone, now=now)


def feed(registration: Registration, event: Event, now: Any) -> str:
    """Built anew: an entry kept from before would hide what changed."""
    entries._kept.clear()
    facts = {"zone": event.timezone, "now": now, "cancelled_at": registration.cancelled_at}
    content = files.feed(event.title, personal.rows_of(registration), agenda.public_url, **facts)
    return hashlib.sha256(content).hexdigest()


def follow() -> None:
    facts = {"deadline": None, "suppress_health_check": list(HealthCheck), "phases": [Phase.generate]}
    run_state_machine_as_test(
        Followed, settings=settings(max_examples=2, stateful_step_count=15, derandomize=True, **facts)
    )


def walk() -> None:
    """Somebody chooses a session."""
    desk = Followed()
    facts: Any = {"limits": (4, None, None, None), "seats_of": [None] * 4, "first": [(0, 0, ())] * 2}
    try:
        desk.open(**facts, offer_hours=None, waiting_list=True, wishes=False)
        desk.everything_holds()
        desk.change_sessions(which=0, choice=(1,), by_person=True, over_limits=False)
        desk.everything_holds()
    finally:
        desk.teardown()


def test_a_walk_without_mistake_is_right():
    walk()


def test_in_whatever_order_things_happen_one_version_is_one_content():
    follow()


def test_an_act_that_forgets_to_raise_the_revision_is_noticed(monkeypatch):
    def forget(registration, *, now):
        registration.updated_at = now

    for module in (session_seats, session_changes, session_waiting):
        monkeypatch.setattr(module, "touch", forget)
    with pytest.raises(AssertionError, match="a version"):
        walk()
