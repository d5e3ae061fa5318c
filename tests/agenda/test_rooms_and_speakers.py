from datetime import timedelta

import pytest

from eventapp.agenda import rooms, speakers
from eventapp.agenda.models import BookingMode, Room, Speaker
from eventapp.extensions import db
from eventapp.registrations import seats
from tests.factories import NOW, STARTS, make_event, make_person, make_room, make_session, make_speaker, make_user
from tests.pages import parse, words

LATER = NOW + timedelta(hours=1)


def test_a_new_name_of_a_room_is_another_place_for_its_sessions():
    event = make_event()
    room = make_room(event)
    here, elsewhere = make_session(event, room=room), make_session(event)
    gone = make_session(event, room=room, cancelled_at=NOW)

    rooms.edit_room(room, {"name": "Salle Vauban"}, now=LATER, by=None)

    assert (here.revision, here.sequence, here.updated_at, gone.sequence) == (2, 1, LATER, 0)
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


@pytest.mark.parametrize("published_at", [NOW, None])
@pytest.mark.parametrize(
    ("path", "typed", "field"),
    [
        ("salles/amphi", {"name": "Amphi"}, "accessibility"),
        ("intervenants/jeanne", {"last_name": "Martin"}, "function"),
    ],
)
def test_the_second_to_write_is_told_and_may_insist(client, published_at, path, typed, field):
    event = make_event(slug="rencontre", published_at=published_at)
    make_room(event, slug="amphi", name="Amphi")
    make_speaker(event, slug="jeanne")
    client.sign_in(make_user(event.organisation))
    address = f"/gestion/evenements/rencontre/{path}"
    seen = client.page(address).select_one("#seen")["value"]

    assert client.post(address, data=typed | {"seen": seen, field: "Rampe"}).status_code == 303
    response = client.post(address, data=typed | {"seen": seen, field: "Boucle"})

    page = parse(response)
    assert (response.status_code, page.select_one(f"#{field}")["value"]) == (422, "Boucle")
    assert "Votre saisie est conservée" in words(page.main)
    insisted = typed | {"seen": page.select_one("#seen")["value"], field: "Boucle"}
    assert client.post(address, data=insisted).status_code == 303
    assert client.page(address).select_one(f"#{field}")["value"] == "Boucle"


@pytest.mark.usefixtures("in_november")
def test_who_booked_in_a_room_is_told_its_new_name(client, outbox):
    """Of an event that was withdrawn: its rows are edited at once."""
    event = make_event(slug="rencontre")
    room = make_room(event, slug="amphi", name="Amphi")
    for number in range(2):
        session = make_session(event, room=room, booking=BookingMode.REQUIRED, slug=f"atelier-{number}",
                               starts_at=STARTS + timedelta(hours=number))  # fmt: skip
    seats.register(event, make_person(), sessions=[session], now=NOW)
    event.published_at = None
    client.sign_in(make_user(event.organisation))

    address = "/gestion/evenements/rencontre/salles/amphi"
    page = parse(client.post(address, data={"name": "Gymnase"}, follow_redirects=True))

    assert "Gymnase est enregistrée. 1 personne concernée est prévenue par courriel." in words(page.main)
    assert [m.letter for m in outbox()][-1:] == ["registrations/session_moved"]
