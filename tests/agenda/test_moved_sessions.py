"""Whom a changed session writes to, and what."""

import threading
from datetime import datetime, timedelta

import pytest

from eventapp.agenda.models import BookingMode, Session
from eventapp.agenda.moving import moved
from eventapp.database import looking
from eventapp.extensions import db
from eventapp.outbox.letters import NothingToSay
from eventapp.outbox.rendering import render
from eventapp.registrations.models import Booking
from eventapp.registrations.sessions.programme_changes import move_sessions
from tests.factories import NOW, STARTS, make_event, make_registration, make_room, make_session, make_user, save
from tests.pages import words

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("in_november")
TYPED = {
    "title": "Accueillir",
    "kind": "workshop",
    "day": "2027-01-14",
    "starts": "14:00",
    "ends": "15:30",
    "room": "",
    "booking": "optional",
    "capacity": "30",
    "description": "Avec **soin**.",
    "online_url": "https://visio.example/a",
}


@pytest.fixture
def event():
    return make_event(slug="rencontre", published_at=None)


@pytest.fixture
def organiser(client, event):
    client.sign_in(make_user(event.organisation))
    return client


def desk(path=""):
    return f"/gestion/evenements/rencontre/{path}"


def book(session, registration):
    booking = Booking(event_id=session.event_id, registration=registration, session=session, created_at=NOW)
    booking.confirmed_at = NOW
    return save(booking)


def test_moving_a_session_tells_those_who_booked_it(organiser, event, outbox):
    session = make_session(event, slug="s", room=make_room(event, name="Vauban"), booking=BookingMode.OPTIONAL)
    book(session, make_registration(event))

    organiser.post(desk("sessions/s"), data=TYPED)

    (mail,) = outbox()
    assert mail.letter == "registrations/session_moved"
    text = " ".join(render(mail).text.split())
    assert f"« Accueillir », pendant « {event.title} », change d’horaire ou de salle." in text
    assert "Avant : jeudi 14 janvier 2027, 9 h – 10 h, Vauban" in text
    assert "Maintenant : jeudi 14 janvier 2027, 14 h – 15 h 30" in text


@pytest.mark.parametrize("address", ["https://visio.example/b", "http://visio.example/b"])
def test_another_link_shows_their_sessions_to_those_who_booked(organiser, event, outbox, address):
    session = make_session(event, slug="s", booking=BookingMode.OPTIONAL)
    book(session, make_registration(event))
    same = {"day": "2027-01-14", "starts": "09:00", "ends": "10:00", "online_url": address}

    organiser.post(desk("sessions/s"), data=TYPED | same)

    assert (session.online_url, [mail.letter for mail in outbox()]) == (address, ["registrations/sessions_changed"])


def test_a_session_cancelled_meanwhile_has_not_moved(organiser, event, outbox):
    session = make_session(event, slug="s", booking=BookingMode.OPTIONAL)
    book(session, make_registration(event))
    organiser.post(desk("sessions/s"), data=TYPED)
    organiser.post(desk("sessions/s/annulation"))

    with pytest.raises(NothingToSay):
        render(outbox()[0])


def test_new_words_tell_nobody(organiser, event, outbox):
    session = make_session(event, slug="s", booking=BookingMode.OPTIONAL)
    book(session, make_registration(event))
    same = {"day": "2027-01-14", "starts": "09:00", "ends": "10:00", "online_url": ""}

    organiser.post(desk("sessions/s"), data=TYPED | same)

    assert (session.title, session.sequence, outbox()) == ("Accueillir", 0, [])


def test_fewer_seats_than_held_release_nobody_and_say_so(organiser, event):
    session = make_session(event, slug="s", title="Accueillir", booking=BookingMode.OPTIONAL)
    held = [book(session, make_registration(event)) for _ in range(2)]

    organiser.post(desk("sessions/s"), data=TYPED | {"capacity": "1", "booking": "optional"})

    said = "La session « Accueillir » a 1 place pour 2 occupées. Personne ne perd la sienne"
    assert said in words(organiser.page(desk("programme")).main)
    assert [booking.released_at for booking in held] == [None, None]


@pytest.mark.parametrize(("booked", "letter"), [(1, "session_moved"), (3, "programme_changed")])
def test_shifting_what_is_not_shown_writes_once_to_each(organiser, event, outbox, booked, letter):
    sessions = [make_session(event, starts_at=STARTS + n * HOUR, booking=BookingMode.OPTIONAL) for n in range(3)]
    person = make_registration(event)
    for session in sessions[:booked]:
        book(session, person)

    organiser.post(
        desk("programme/decalage"), data={"day": "2027-01-14", "starts": "09:00", "minutes": "20", "room": ""}
    )

    (mail,) = [mail for mail in outbox() if mail.letter != "registrations/calendar_update"]
    assert (mail.letter, mail.to) == (f"registrations/{letter}", person.email)
    text = render(mail).text
    assert all(session.title in text for session in sessions[:booked])
    assert "9 h 20" in " ".join(text.split())


@pytest.mark.both_databases
def test_what_is_told_is_what_was_though_a_colleague_moved_it_meanwhile(app, event, outbox):
    """The page read the session, then waited for a colleague who was moving it."""
    session = make_session(event, booking=BookingMode.OPTIONAL)
    book(session, make_registration(event))
    db.session.commit()
    number, begins = session.id, session.starts_at
    db.session.commit()

    def move(hours, meanwhile=lambda: None):
        with looking(db.session()):
            found = db.session.get_one(Session, number)
            its_event = found.event
        meanwhile()
        move_sessions(its_event, [moved(found, begins + hours * HOUR)], now=NOW, by=None)
        db.session.commit()

    def colleague():
        with app.app_context():
            move(1)

    def colleague_moves_it():
        thread = threading.Thread(target=colleague)
        thread.start()
        thread.join(timeout=20)

    move(2, meanwhile=colleague_moves_it)

    told = [datetime.fromisoformat(mail.context["before"]["starts_at"]) for mail in outbox()]
    assert told == [begins, begins + HOUR]
