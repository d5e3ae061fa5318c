"""The programme of an event that everyone sees is edited as a draft, on the same pages; nobody is written to."""

from datetime import timedelta

import pytest

from eventapp.agenda.editing import mark
from eventapp.agenda.models import BookingMode, Room, Session, Speaker
from eventapp.exchange import drafting, taking
from eventapp.extensions import db
from eventapp.registrations.models import Booking
from tests.factories import (
    NOW,
    STARTS,
    make_event,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_user,
    save,
)
from tests.pages import parse, words

HOUR = timedelta(hours=1)
TYPED = {"title": "Accueillir", "kind": "talk", "day": "2027-01-14", "starts": "14:00", "ends": "15:00", "room": "",
         "booking": "none"}  # fmt: skip


@pytest.fixture
def event():
    return make_event(slug="rencontre")


@pytest.fixture
def organiser(client, event):
    client.sign_in(make_user(event.organisation))
    return client


def desk(path=""):
    return f"/gestion/evenements/rencontre/{path}"


def titles(event):
    return [session.title for session in drafting.plan(event).sessions]


def shown(event):
    return [session.title for session in db.session.scalars(Session.of(event))]


@pytest.mark.both_databases
def test_an_edit_shows_on_the_desk_with_its_banner_and_nowhere_else(organiser, event, outbox):
    session = make_session(event, slug="s", title="Ouverture", booking=BookingMode.OPTIONAL)
    save(Booking(event_id=event.id, registration=make_registration(event), session=session,
                 created_at=NOW, confirmed_at=NOW))  # fmt: skip
    assert "reste en brouillon" in words(organiser.page(desk("programme")).select_one("#brouillon"))

    organiser.post(desk("sessions/s"), data=TYPED | {"seen": mark(session)})

    page = organiser.page(desk("programme"))
    assert "Brouillon : 1 modification non publiée." in words(page.select_one("#brouillon"))
    assert page.select_one("#brouillon a")["href"] == desk("brouillon")
    assert "Accueillir" in words(page.select_one("#grille"))
    assert "Ouverture" in words(organiser.page("/evenements/rencontre/programme").main)
    assert (session.title, session.revision, session.sequence, outbox()) == ("Ouverture", 1, 0, [])


def test_every_page_of_the_editor_shows_the_banner(organiser, event):
    make_session(event, make_speaker(event, slug="jeanne"), room=make_room(event, slug="amphi"), slug="s")
    organiser.post(desk("salles"), data={"name": "Salle Vauban", "capacity": ""})
    paths = ["programme", "salles", "salles/amphi", "salles/salle-vauban", "intervenants", "intervenants/jeanne",
             "sessions/s", "sessions/s/deplacement", "sessions/s/copie", "programme/choix-obligatoires",
             "programme/demi-journees", "programme/decalage", "programme/nouvelle-session"]  # fmt: skip

    for path in paths:
        assert "1 modification non publiée" in words(organiser.page(desk(path)).select_one("#brouillon")), path


def test_what_exists_only_in_the_draft_is_edited_moved_copied_and_removed(organiser, event):
    organiser.post(desk("programme/nouvelle-session"), data=TYPED)
    organiser.post(desk("sessions/accueillir"), data=TYPED | {"title": "Recevoir"})
    organiser.post(desk("sessions/accueillir/deplacement"), data={"day": "2027-01-14", "starts": "15:00", "room": ""})
    organiser.post(desk("sessions/accueillir/copie"), data={"day": "2027-01-14", "starts": "16:00", "count": "1"})

    assert (titles(event), shown(event)) == (["Recevoir", "Recevoir"], [])
    organiser.post(desk("sessions/accueillir/suppression"))
    organiser.post(desk("sessions/recevoir/suppression"))
    assert event.draft is None


def test_a_shown_session_taken_off_is_cancelled_only_when_released(organiser, event):
    session = make_session(event, slug="s", title="Ouverture")
    assert "Retirer du programme" in words(organiser.page(desk("sessions/s/suppression")).main)

    organiser.post(desk("sessions/s/suppression"))

    assert (titles(event), session.cancelled_at) == ([], None)
    organiser.post(desk("brouillon/publication"), data={"whom": "concerned"})
    assert session.cancelled_at is not None


def test_rooms_and_speakers_wait_too(organiser, event):
    make_room(event, slug="amphi", name="Amphi")
    make_speaker(event, slug="jeanne")
    organiser.post(desk("salles/amphi"), data={"name": "Grand amphi", "capacity": "3"})
    organiser.post(desk("intervenants"), data={"last_name": "Durand", "civility": ""})
    organiser.post(desk("intervenants/durand/montee"))

    plan = drafting.plan(event)
    assert ([room.name for room in plan.rooms], list(plan.speakers)) == (["Grand amphi"], ["durand", "jeanne"])
    assert [room.name for room in db.session.scalars(Room.of(event))] == ["Amphi"]
    organiser.post(desk("salles/amphi/suppression"))
    organiser.post(desk("intervenants/jeanne/suppression"))
    organiser.post(desk("brouillon/publication"), data={"whom": "concerned"})
    assert db.session.scalars(Room.of(event)).all() == []
    assert [speaker.slug for speaker in db.session.scalars(Speaker.of(event))] == ["durand"]


def test_required_choices_wait_too(organiser, event):
    make_session(event, booking=BookingMode.REQUIRED)

    organiser.post(desk("programme/choix-obligatoires"), data={"slots": "2027-01-14T09:00"})

    assert (event.choice_required, drafting.plan(event).required) == ([], ("2027-01-14T09:00",))
    assert organiser.page(desk("programme/choix-obligatoires")).select_one("input[name=slots]").has_attr("checked")


def test_the_second_of_two_editors_is_told_and_loses_nothing(organiser, event):
    seen = mark(make_session(event, slug="s"))
    organiser.post(desk("sessions/s"), data=TYPED | {"title": "La première", "seen": seen})

    response = organiser.post(desk("sessions/s"), data=TYPED | {"title": "La seconde", "seen": seen})

    page = parse(response)
    assert (response.status_code, titles(event)) == (422, ["La première"])
    assert page.select_one("#title")["value"] == "La seconde"
    again = TYPED | {"title": "La seconde", "seen": page.select_one("#seen")["value"]}
    assert organiser.post(desk("sessions/s"), data=again).status_code == 303
    assert titles(event) == ["La seconde"]


def test_what_another_took_off_meanwhile_may_be_added_again(organiser, event):
    seen = mark(make_session(event, slug="s"))
    organiser.post(desk("sessions/s/suppression"))

    response = organiser.post(desk("sessions/s"), data=TYPED | {"seen": seen})

    page = parse(response)
    assert response.status_code == 422
    assert "Votre saisie est conservée" in words(page.select_one("#erreurs"))
    assert page.select_one("main form.narrow")["action"] == desk("programme/nouvelle-session")


def test_a_session_cancelled_at_once_is_not_brought_back_by_the_draft(organiser, event):
    session = make_session(event, slug="s")
    organiser.post(desk("programme/nouvelle-session"), data=TYPED)

    organiser.post(desk("sessions/s/annulation"))
    organiser.post(desk("brouillon/publication"), data={"whom": "concerned"})

    assert (session.cancelled_at is not None, "Accueillir" in shown(event)) == (True, True)


def test_looking_writes_nothing(organiser, event):
    make_session(event, slug="s")
    organiser.post(desk("programme/nouvelle-session"), data=TYPED)
    before, revision = taking.take(event), event.revision

    for path in ("programme", "sessions/s", "sessions/accueillir", "programme/decalage?minutes=5&day=2027-01-14"):
        organiser.get(desk(path))

    assert (taking.take(event), event.revision) == (before, revision)


def test_conflicts_are_those_of_the_draft(organiser, event):
    room = make_room(event, slug="amphi")
    make_session(event, room=room, starts_at=STARTS + 5 * HOUR)

    organiser.post(desk("programme/nouvelle-session"), data=TYPED | {"room": "amphi"})

    assert "accueille en même temps" in words(organiser.page(desk("programme")).select_one("#points"))


@pytest.mark.parametrize("path", ["sessions/accueillir", "sessions/accueillir/lignes"])
def test_what_was_typed_about_a_session_that_a_colleague_removed_is_kept(organiser, event, path):
    organiser.post(desk("programme/nouvelle-session"), data=TYPED)
    organiser.post(desk("sessions/accueillir/suppression"))

    response = organiser.post(desk(path), data=TYPED | {"title": "Longuement écrite"})

    page = parse(response)
    assert response.status_code == 404
    assert "vous pouvez l’ajouter de nouveau" in words(page.select_one("#erreurs"))
    assert page.select_one("[name=title]")["value"] == "Longuement écrite"
    assert page.select_one("main form.narrow")["action"] == desk("programme/nouvelle-session")
    for act in ("deplacement", "copie", "suppression"):
        assert "quelqu’un l’a retiré" in words(parse(organiser.post(desk(f"sessions/accueillir/{act}"))).main)
