"""A release that also moves the event: one letter says the new date, what becomes of one's sessions, and why."""

from datetime import timedelta

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.exchange import applying, reading, taking, writing
from eventapp.exchange.telling import Telling
from eventapp.outbox import rendering
from eventapp.registrations import seats
from tests.factories import (
    NOW,
    STARTS,
    make_event,
    make_guest,
    make_invitation,
    make_person,
    make_session,
    make_user,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def event():
    """Two workshops, both booked by Zoé; a release waits that is half an hour earlier, without one of them."""
    event = make_event(slug="juin")
    sessions = [
        make_session(event, title=title, slug=slug, booking=BookingMode.REQUIRED, starts_at=STARTS + hours * HOUR)
        for title, slug, hours in (("Atelier Budget", "budget", 1), ("Atelier Numérique", "numerique", 3))
    ]
    seats.register(event, make_person(email="zoe@exemple.fr"), sessions=sessions, now=NOW)
    make_invitation(make_guest(event, email="paul@exemple.fr"))
    file = writing.as_dict(taking.take(event))
    file["sessions"] = [session for session in file["sessions"] if session["slug"] != "budget"]
    file["starts_at"] = "2027-01-14T08:30"
    applying.import_file(reading.read(file), publish=False, update=True, now=NOW)
    return event


@pytest.mark.both_databases
def test_one_letter_says_the_date_the_lost_session_and_the_organisers_word(event, outbox):
    told = applying.publish_draft(event, telling=Telling(note="La salle est prise."), now=NOW + HOUR, by=None)

    letters = {message.to: message for message in outbox() if message.letter.endswith("event_moved")}
    registered, guest = (rendering.render(letters[to]) for to in ("zoe@exemple.fr", "paul@exemple.fr"))
    assert told == 2
    assert "« Atelier Budget » n’aura pas lieu." in words_of(registered.text)
    assert "choisir une autre session" in registered.text
    assert "Atelier Numérique » change" not in words_of(registered.text)
    for part in (registered.text, registered.html, guest.text, guest.html):
        assert "La salle est prise." in part


def test_a_session_that_goes_along_is_not_told_apart(event, outbox):
    file = writing.as_dict(applying.waiting_file(event))
    file["sessions"][0] |= {"starts_at": "2027-01-14T11:30", "ends_at": "2027-01-14T12:30"}
    event.draft = file

    applying.publish_draft(event, now=NOW + HOUR, by=None)

    (letter,) = [message for message in outbox() if message.letter == "registrations/event_moved"]
    text = words_of(rendering.render(letter).text)
    assert "« Atelier Budget » n’aura pas lieu." in text
    assert "« Atelier Numérique » change" not in text
    assert "11 h 30" in text  # in the list of what they booked


def test_the_page_offers_a_word_also_when_the_event_moves(client, event):
    client.sign_in(make_user(event.organisation))
    page = client.page("/gestion/evenements/juin/brouillon")
    sent = {tag["name"]: tag["value"] for tag in page.select("form input[type=hidden]")} | {"note": "Travaux."}

    assert page.select_one("textarea[name=note]")
    answer = client.post("/gestion/evenements/juin/brouillon/publication", data=sent, follow_redirects=True)

    assert "2 personnes sont prévenues." in words_of(answer.text)


def words_of(text):
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
