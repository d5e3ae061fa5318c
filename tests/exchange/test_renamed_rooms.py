"""A room that a release calls otherwise is another place: calendars follow, and who booked there is told."""

from datetime import timedelta

import pytest

from eventapp.agenda import rooms
from eventapp.agenda.models import BookingMode
from eventapp.exchange import applying, drafting, taking
from eventapp.exchange.affected import affected
from eventapp.exchange.telling import will_be_told
from eventapp.outbox import rendering
from eventapp.registrations import seats
from tests.factories import NOW, make_event, make_person, make_room, make_session

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def event():
    """One seat is booked in a room that waits to be called otherwise."""
    event = make_event(slug="juin")
    room = make_room(event, slug="salle", name="Salle 12, 1er étage")
    session = make_session(event, room=room, title="Atelier", slug="atelier", booking=BookingMode.REQUIRED)
    seats.register(event, make_person(), sessions=[session], now=NOW)
    with drafting.edited(event, now=NOW, by=None):
        rooms.edit_room(room, {"name": "Gymnase, 3 rue du Stade"}, now=NOW, by=None)
    return event


@pytest.mark.both_databases
def test_who_booked_there_is_told_and_the_calendar_follows(event, outbox, client):
    address = "/evenements/juin/sessions/atelier.ics"
    assert "SEQUENCE:0" in client.get(address).text

    told = applying.publish_draft(event, now=LATER, by=None)

    letter = outbox()[-1]
    text = rendering.render(letter).text
    assert (told, letter.letter, letter.calendar_method) == (1, "registrations/programme_changed", "REQUEST")
    assert "Salle 12, 1er étage" in text
    assert "Gymnase, 3 rue du Stade" in text
    assert "SEQUENCE:1" in client.get(address).text


def test_the_page_that_asks_counts_them(event):
    before, after = taking.take(event), applying.waiting_file(event)

    assert will_be_told(event, before, after) == 1
    assert [effect.titles for effect in affected(event, before, after).changed] == [["Atelier"]]
