"""Conflicts are listed until they are resolved or accepted; what is accepted comes back when it changes."""

from datetime import timedelta

import pytest

from eventapp.agenda import accepting
from eventapp.agenda.conflicts import Bounds, conflicts
from eventapp.agenda.models import BookingMode, Kind, Session
from eventapp.extensions import db
from tests.factories import NOW, STARTS, make_event, make_room, make_session, make_speaker, make_user
from tests.pages import words

HOUR = timedelta(hours=1)
DESK = "/gestion/evenements/rencontre/programme"


@pytest.fixture
def event():
    return make_event(slug="rencontre", published_at=None, capacity=100)


def found(event, *, has_rooms=False, required=()):
    bounds = Bounds(event, event.starts_at, event.ends_at, required, has_rooms)
    return conflicts(bounds, db.session.scalars(Session.of(event)))


def sentences(*args, **kwargs):
    return [conflict.sentence.replace("\u00a0", " ") for conflict in found(*args, **kwargs)]


def test_work_during_a_meal_is_named_a_welcome_is_not(event):
    make_session(event, kind=Kind.MEAL, title="Déjeuner")
    make_session(event, title="Réunion", starts_at=STARTS + HOUR / 2)
    make_session(event, kind=Kind.WELCOME, title="Café")

    assert sentences(event) == ["« Réunion » se tient pendant « Déjeuner » (9 h – 10 h)."]


def test_a_session_without_room_is_named_unless_it_needs_none(event):
    make_session(event, title="Atelier")
    make_session(event, kind=Kind.VIDEO, starts_at=STARTS + HOUR)
    make_session(event, online_url="https://visio.example/a", starts_at=STARTS + 2 * HOUR)

    assert sentences(event, has_rooms=True) == ["« Atelier » n’a pas de salle, ni de lien pour suivre à distance."]


def test_a_required_choice_needs_seats_for_all(event):
    for _ in range(2):
        make_session(event, booking=BookingMode.OPTIONAL, capacity=30)

    assert sentences(event, required=["2027-01-14T09:00"]) == [
        "Jeudi 14 janvier 2027 à 9 h, chacun doit choisir une session, mais elles offrent 60 places pour 100 personnes."
    ]


def test_the_key_changes_with_the_hours_and_only_with_what_matters(event):
    room = make_room(event)
    one, two = (make_session(event, room=room) for _ in range(2))
    (before,) = found(event)

    two.title = "Autrement"
    assert [conflict.key for conflict in found(event)] == [before.key]
    one.ends_at += HOUR / 4
    assert [conflict.key for conflict in found(event)] != [before.key]
    assert [conflict.subject for conflict in found(event)] == [before.subject]


@pytest.mark.both_databases
def test_what_is_accepted_is_kept_apart_until_taken_up_again(event):
    room = make_room(event)
    for _ in range(2):
        make_session(event, room=room)
    (conflict,) = found(event)

    for _ in range(2):
        accepting.accept(event, conflict, now=NOW, by=None)
    points = accepting.sort_out(event, found(event))
    assert (points.open, points.accepted) == ([], [conflict])

    accepting.reconsider(event, conflict, now=NOW, by=None)
    assert accepting.sort_out(event, found(event)).open == [conflict]


def test_a_point_is_accepted_on_the_programme_and_counted_before_publishing(client, event):
    room = make_room(event, slug="amphi")
    for _ in range(2):
        make_session(event, room=room)
    client.sign_in(make_user(event.organisation))
    page = client.page(DESK)
    assert "À vérifier : 1 point" in words(page.select_one("#points"))
    assert "À vérifier : 1 point" in words(client.page("/gestion/evenements/rencontre/publication").main)
    key = page.select_one("#points input[name=key]")["value"]

    client.post(f"{DESK}/points/acceptation", data={"key": key})

    assert "1 point accepté" in words(client.page(DESK).select_one("#points"))
    assert "À vérifier" not in words(client.page("/gestion/evenements/rencontre/publication").main)
    client.post(f"{DESK}/points/reprise", data={"key": key})
    assert "À vérifier : 1 point" in words(client.page(DESK).select_one("#points"))


def test_a_point_that_is_gone_is_not_accepted(client, event):
    client.sign_in(make_user(event.organisation))

    client.post(f"{DESK}/points/acceptation", data={"key": "room-0"})

    assert "n’existe plus" in words(client.page(DESK).main)


def test_hundreds_at_one_hour_in_one_room_are_counted_not_paired(client, event):
    jeanne = make_speaker(event, last_name="Martin")
    room = make_room(event, slug="salle", name="Salle 1")
    for number in range(120):
        make_session(event, jeanne, room=room, title=f"Exposé {number}", kind=Kind.TALK)
    client.sign_in(make_user(event.organisation))

    said = sentences(event)
    page = client.page(DESK).select_one("#points")

    assert len(said) == 2 * (1 + 2 + 3 + 116)
    assert "Salle 1 accueille en même temps « Exposé 119 » et 119 autres sessions (9 h – 10 h)." in said
    assert "Jeanne MARTIN est en même temps dans « Exposé 0 » et « Exposé 1 » (9 h – 10 h)." in said
    assert (len(page.select("li")), "Et 194 autres" in words(page)) == (50, True)


def test_work_during_many_meals_is_named_with_a_few(event):
    for kind, count in ((Kind.MEAL, 20), (Kind.TALK, 2)):
        for _ in range(count):
            make_session(event, kind=kind)

    assert len(found(event)) == 6
