"""The pages that arrange a programme: move, shift, copy, half a day from a model or from the event."""

from datetime import timedelta

import pytest

from eventapp.agenda.editing import mark
from eventapp.agenda.half_days import MODELS
from eventapp.agenda.models import BookingMode, Session, SpeakerRole
from eventapp.extensions import db
from tests.factories import STARTS, make_event, make_room, make_session, make_speaker, make_user
from tests.pages import parse, words

HOUR = timedelta(hours=1)
DAY = {"day": "2027-01-14"}


@pytest.fixture
def event():
    return make_event(slug="rencontre", published_at=None)


@pytest.fixture
def organiser(client, event):
    client.sign_in(make_user(event.organisation))
    return client


def desk(path=""):
    return f"/gestion/evenements/rencontre/{path}"


def hours(event):
    found = db.session.scalars(Session.of(event)).all()
    return [(s.title, f"{s.starts_at.astimezone(event.zone):%H:%M}", s.room.slug if s.room else "") for s in found]


@pytest.mark.both_databases
def test_a_session_is_moved_to_another_hour_and_room(organiser, event):
    make_room(event, slug="amphi", name="Amphi")
    session = make_session(event, slug="s", title="Atelier")
    page = organiser.page(desk("sessions/s/deplacement"))
    assert (page.select_one("#starts")["value"], page.select_one("#seen")["value"]) == ("09:00", mark(session))

    sent = DAY | {"starts": "10:35", "room": "amphi", "seen": mark(session)}
    response = organiser.post(desk("sessions/s/deplacement"), data=sent)

    assert response.location == desk("programme#session-s")
    assert hours(event) == [("Atelier", "10:35", "amphi")]
    said = words(organiser.page(desk("programme")).select_one(".fr-alert--success"))
    assert "« Atelier » : jeudi 14 janvier 2027, 10 h 35 – 11 h 35, Amphi." in said


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [({"starts": "25:00"}, "horaire"), ({"room": "x"}, ""), ({"day": "2027-03-28", "starts": "02:30"}, "n’existe pas")],
)
def test_a_move_that_cannot_be_is_explained(organiser, event, typed, sentence):
    make_session(event, slug="s")

    response = organiser.post(desk("sessions/s/deplacement"), data=DAY | {"starts": "10:00", "room": ""} | typed)

    assert response.status_code == 422
    assert sentence in words(parse(response).select_one("#erreurs"))
    assert [found[1] for found in hours(event)] == ["09:00"]


def test_who_moves_what_another_moved_is_told(organiser, event):
    seen = mark(make_session(event, slug="s"))
    for hour, status in (("10:00", 303), ("11:00", 422)):
        sent = DAY | {"starts": hour, "room": "", "seen": seen}
        assert organiser.post(desk("sessions/s/deplacement"), data=sent).status_code == status

    assert [found[1] for found in hours(event)] == ["10:00"]


def test_a_shift_is_shown_with_what_it_brings_about_then_done(organiser, event):
    room = make_room(event, slug="amphi")
    make_session(event, title="Un", room=room)
    make_session(event, title="Deux", room=room, starts_at=STARTS + HOUR)
    asked = DAY | {"starts": "10:00", "minutes": "-15", "room": ""}
    page = organiser.page(desk("programme/decalage?" + "&".join(f"{k}={v}" for k, v in asked.items())))
    assert "accueille en même temps « Un » et « Deux »" in words(page.main)
    assert "9 h 45 – 10 h 45" in words(page.select_one("#apercu"))
    assert hours(event)[1][1] == "10:00"

    organiser.post(desk("programme/decalage"), data=asked)

    assert [found[1] for found in hours(event)] == ["09:00", "09:45"]


def test_a_shift_of_one_room_leaves_the_others(organiser, event):
    for slug in ("amphi", "vauban"):
        make_session(event, title=slug, room=make_room(event, slug=slug))

    organiser.post(desk("programme/decalage"), data=DAY | {"starts": "09:00", "minutes": "20", "room": "vauban"})

    assert sorted(hours(event)) == [("amphi", "09:00", "amphi"), ("vauban", "09:20", "vauban")]


def test_a_shift_of_nothing_is_explained(organiser, event):
    make_session(event)

    response = organiser.post(desk("programme/decalage"), data=DAY | {"starts": "12:00", "minutes": "20", "room": ""})

    assert response.status_code == 422
    assert "Aucune session ne commence" in words(parse(response).select_one("#erreurs"))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.key)
def test_every_model_is_looked_at_then_added(organiser, event, model):
    for name in ("amphi", "vauban", "monet"):
        make_room(event, slug=name)
    asked = DAY | {"source": model.key, "starts": model.begins, "tracks": "2"}
    page = organiser.page(desk("programme/demi-journees?" + "&".join(f"{k}={v}" for k, v in asked.items())))
    shown = len(page.select("#apercu tbody tr"))
    assert shown == sum(2 if line.parallel else 1 for line in model.lines)
    assert hours(event) == []

    organiser.post(desk("programme/demi-journees"), data=asked)

    assert len(hours(event)) == shown
    assert {s.booking for s in db.session.scalars(Session.of(event)) if s.kind == "workshop"} <= {BookingMode.OPTIONAL}


def test_half_a_day_is_held_again(organiser, event):
    room, jeanne = make_room(event, slug="amphi"), make_speaker(event)
    make_session(event, jeanne, title="Un", room=room)
    make_session(event, title="Deux", starts_at=STARTS + HOUR)
    make_session(event, title="Après", starts_at=STARTS + 5 * HOUR)
    asked = {"source": "copie-2027-01-14-matin", "day": "2027-01-15", "starts": "14:00"}

    organiser.post(desk("programme/demi-journees"), data=asked)

    assert hours(event)[3:] == [("Un", "14:00", "amphi"), ("Deux", "15:00", "")]
    again = db.session.scalars(Session.of(event)).all()[3]
    assert ([a.speaker for a in again.appearances], again.calendar_uid.startswith("session-")) == ([jeanne], True)


def test_a_model_must_be_chosen(organiser, event):
    response = organiser.post(desk("programme/demi-journees"), data=DAY | {"starts": "09:00", "source": "autre"})

    assert (response.status_code, hours(event)) == (422, [])


def test_a_workshop_is_held_three_times_more(organiser, event):
    make_session(event, slug="s", title="Atelier")
    times = {"starts": "10:15", "room": "", "count": "3", "pause": "15"}

    organiser.post(desk("sessions/s/copie"), data=DAY | times)

    assert [found[1] for found in hours(event)] == ["09:00", "10:15", "11:30", "12:45"]


def test_speakers_change_places_without_losing_what_is_typed(organiser, event):
    for slug in ("jeanne", "paul"):
        make_speaker(event, slug=slug)
    cast = {"cast_order": ["1", "2", "3"], "cast_speaker": ["jeanne", "paul", ""], "cast_role": ["speaker"] * 3,
            "cast_note": ["", "ici", ""], "cast_presence": ["", "reserve", ""]}  # fmt: skip

    page = parse(organiser.post(desk("programme/nouvelle-session/lignes"), data=cast | {"cast_up": "paul"}))

    chosen = [option["value"] for option in page.select("select[name=cast_speaker] option[selected]")]
    assert chosen == ["paul", "jeanne"]
    assert page.select_one("#cast-1-presence option[selected]")["value"] == "reserve"
    assert page.select_one("#cast-1-note")["value"] == "ici"


@pytest.mark.parametrize(
    ("presence", "words_typed", "note"),
    [("reserve", "", "sous réserve"), ("reserve", "en visio", "sous réserve, en visio"),
     ("represented", "Paul Durand", "représentée par Paul Durand"), ("", "en visio", "en visio")],
)  # fmt: skip
def test_presence_is_kept_in_the_words_that_are_printed(organiser, event, presence, words_typed, note):
    make_speaker(event, slug="jeanne")
    cast = {"cast_order": "1", "cast_speaker": "jeanne", "cast_role": "speaker", "cast_note": words_typed}
    typed = DAY | {"title": "T", "kind": "video", "starts": "10:00", "ends": "11:00", "booking": "none", "room": ""}

    organiser.post(desk("programme/nouvelle-session"), data=typed | cast | {"cast_presence": presence})

    (appearance,) = db.session.scalars(Session.of(event)).one().appearances
    assert (appearance.note, appearance.role) == (note, SpeakerRole.VIDEO)  # nobody is on stage in a video
    page = organiser.page(desk("sessions/t"))
    assert page.select_one("#cast-1-presence option[selected]")["value"] == presence
    assert page.select_one("#cast-1-note")["value"] == words_typed


def test_somebody_represents_who_is_represented(organiser, event):
    make_speaker(event, slug="jeanne")
    cast = {"cast_order": "1", "cast_speaker": "jeanne", "cast_role": "speaker", "cast_note": ""}
    typed = DAY | {"title": "T", "kind": "talk", "starts": "10:00", "ends": "11:00", "booking": "none", "room": ""}

    response = organiser.post(desk("programme/nouvelle-session"), data=typed | cast | {"cast_presence": "represented"})

    page = parse(response)
    assert response.status_code == 422
    assert words(page.title).startswith("Erreur : ")
    assert words(page.select_one("#erreurs a[href='#cast-1-note']")) == (
        "Intervenant 1 : indiquez qui représente cette personne."
    )
    assert [field["id"] for field in page.select("[aria-invalid]")] == ["cast-1-note"]
    assert words(page.select_one("label[for=cast-1-note]")) == "Par qui"
    assert words(page.select_one(":has(> #cast-1-note) > #cast-1-error")).endswith("cette personne.")


def test_a_wrong_field_and_a_wrong_row_are_said_together(organiser, event):
    make_speaker(event, slug="jeanne")
    cast = {"cast_order": "x", "cast_speaker": "jeanne", "cast_role": "speaker", "cast_note": ""}

    page = parse(organiser.post(desk("programme/nouvelle-session"), data=DAY | cast))

    assert [field["id"] for field in page.select("[aria-invalid]")][-1] == "cast-1-order"
    assert page.select_one("#erreurs a[href='#cast-1-order']") is not None
    assert page.select_one("#erreurs a[href='#title']") is not None


@pytest.mark.parametrize(
    "path",
    [
        "programme/decalage?day=2027-01-14&starts=09:00&minutes=20",
        "programme/demi-journees?source=matinee-ateliers&day=2027-01-14&starts=14:00&tracks=2",
        "sessions/s/copie",
    ],
)
def test_a_button_pressed_twice_acts_once(organiser, event, path):
    make_session(event, slug="s")
    form = organiser.page(desk(path)).select_one("main form[method=post]")
    sent = {tag["name"]: tag.get("value", "") for tag in form.select("input")} | {"room": ""}

    first = organiser.post(form["action"], data=sent)
    after = hours(event)
    second = organiser.post(form["action"], data=sent)

    assert (first.status_code, second.status_code, hours(event)) == (303, 303, after)
    assert "Rien n’a été fait de plus" in words(organiser.page(desk("programme")).main)
