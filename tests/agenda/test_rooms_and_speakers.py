from datetime import timedelta

import pytest

from eventapp.agenda import rooms, speakers
from eventapp.agenda.models import Room, Speaker
from eventapp.extensions import db
from tests.factories import NOW, make_event, make_room, make_session, make_speaker, make_user
from tests.pages import words

LATER = NOW + timedelta(hours=1)


def test_a_new_name_of_a_room_concerns_its_sessions_in_words_only():
    event = make_event()
    room = make_room(event)
    here, elsewhere = make_session(event, room=room), make_session(event)

    rooms.edit_room(room, {"name": "Salle Vauban"}, now=LATER, by=None)

    assert (here.revision, here.sequence, here.updated_at) == (2, 0, LATER)
    assert (elsewhere.revision, event.revision, event.sequence) == (1, 2, 0)


def test_the_capacity_of_a_room_is_no_matter_of_its_sessions():
    event = make_event()
    room = make_room(event)
    session = make_session(event, room=room)

    assert rooms.edit_room(room, {"capacity": 12}, now=LATER, by=None) == {"capacity"}

    assert (session.revision, event.revision) == (1, 2)


def test_a_room_in_use_cannot_be_removed():
    event = make_event()
    room = make_room(event)
    make_session(event, room=room)

    with pytest.raises(rooms.RoomInUse, match="encore 1 session"):
        rooms.remove_room(room, now=LATER, by=None)


def test_rooms_come_in_the_order_that_the_organiser_gives():
    event = make_event()
    first = rooms.add_room(event, now=LATER, by=None, name="Amphithéâtre")
    second = rooms.add_room(event, now=LATER, by=None, name="Amphithéâtre")

    rooms.move_room(second, -1, now=LATER, by=None)
    rooms.move_room(second, -1, now=LATER, by=None)

    assert list(db.session.scalars(Room.of(event))) == [second, first]
    assert [first.slug, second.slug] == ["amphitheatre", "amphitheatre-2"]


@pytest.mark.both_databases
def test_a_free_room_is_removed():
    event = make_event()
    rooms.remove_room(make_room(event), now=LATER, by=None)

    assert list(db.session.scalars(Room.of(event))) == []


def test_a_new_function_of_a_speaker_concerns_their_sessions():
    event = make_event()
    jeanne = make_speaker(event)
    hers, other = make_session(event, jeanne), make_session(event, make_speaker(event))

    speakers.edit_speaker(jeanne, {"function": "préfète"}, now=LATER, by=None)

    assert (hers.revision, hers.sequence, other.revision, event.revision) == (2, 0, 1, 2)


def test_a_biography_is_not_shown_with_the_sessions():
    event = make_event()
    jeanne = make_speaker(event)
    session = make_session(event, jeanne)

    speakers.edit_speaker(jeanne, {"biography": "Née à Lille."}, now=LATER, by=None)

    assert (session.revision, event.revision) == (1, 2)


@pytest.mark.both_databases
def test_a_removed_speaker_leaves_their_sessions():
    event = make_event()
    jeanne, paul = make_speaker(event), make_speaker(event)
    session = make_session(event, jeanne, paul)

    speakers.remove_speaker(jeanne, now=LATER, by=None)

    db.session.flush()
    db.session.expire_all()
    assert [a.speaker for a in session.appearances] == [paul]
    assert (session.revision, list(db.session.scalars(Speaker.of(event)))) == (2, [paul])


def test_the_order_of_protocol_is_set_by_hand():
    event = make_event()
    first, second, third = (make_speaker(event) for _ in range(3))

    speakers.move_speaker(third, -1, now=LATER, by=None)
    speakers.move_speaker(first, 1, now=LATER, by=None)

    assert list(db.session.scalars(Speaker.of(event))) == [third, first, second]


def test_a_new_speaker_comes_last_with_a_readable_address():
    event = make_event()
    make_speaker(event, rank=7)

    zoe = speakers.add_speaker(event, now=LATER, by=None, first_name="Zoé", last_name="L’Hôpital")

    assert (zoe.slug, zoe.rank) == ("zoe-l-hopital", 8)


def test_speakers_show_their_rank(client):
    event = make_event()
    for name in ("Martin", "Petit"):
        make_speaker(event, last_name=name)
    client.sign_in(make_user(event.organisation))

    page = client.page(f"/gestion/evenements/{event.slug}/intervenants")

    assert [words(rank) for rank in page.select(".rank")] == ["1 Descendre Jeanne MARTIN", "2 Monter Jeanne PETIT"]
    assert words(page.select_one("label[for=civility]")) == "Civilité (optionnel)"
