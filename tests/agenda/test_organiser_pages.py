from datetime import UTC, datetime, timedelta

import pytest

from eventapp.agenda.editing import mark
from eventapp.agenda.models import BookingMode, Kind, Room, Session, Speaker, SpeakerRole
from eventapp.extensions import db
from eventapp.registrations.models import Booking
from tests.factories import (
    NOW,
    STARTS,
    make_event,
    make_organisation,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_user,
    save,
)
from tests.pages import parse, words

HOUR = timedelta(hours=1)
HOSTILE = "<b>é</b> « \" ' & {{ 7*7 }} \u202e\u0000 ️🎉"
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
    """Not shown yet: what is written is written at once (see test_draft_pages for the others)."""
    return make_event(slug="rencontre", published_at=None)


@pytest.fixture
def organiser(client, event):
    client.sign_in(make_user(event.organisation))
    return client


def desk(path=""):
    return f"/gestion/evenements/rencontre/{path}"


def only_session():
    return db.session.scalars(db.select(Session)).one()


def test_the_programme_shows_what_to_look_at_with_a_link(organiser, event):
    room = make_room(event, name="Salle Vauban")
    make_session(event, room=room, title="Un")
    make_session(event, room=room, title="Deux", slug="deux")

    page = organiser.page(desk("programme"))

    assert words(page.select_one(".fr-alert--warning li")).startswith("Salle Vauban accueille en même temps")
    assert page.select_one(".fr-alert--warning a")["href"] == desk("sessions/deux")


def test_a_quick_line_follows_the_last_session(organiser, event):
    make_session(event, ends_at=STARTS + HOUR / 2)

    page = organiser.page(desk("programme"))

    assert [page.select_one(f"#{name}")["value"] for name in ("day", "starts", "ends")] == [
        "2027-01-14",
        "09:30",
        "10:00",
    ]


def test_three_facts_are_enough_for_a_line(organiser, event):
    quick = {name: TYPED[name] for name in ("title", "kind", "day", "starts", "ends", "room")}

    response = organiser.post(desk("programme/nouvelle-session"), data=quick)

    assert (response.status_code, response.location) == (303, desk("programme"))
    assert (only_session().title, only_session().booking) == ("Accueillir", BookingMode.NONE)


@pytest.mark.both_databases
def test_a_whole_session_is_written(organiser, event):
    make_speaker(event, slug="jeanne")
    make_speaker(event, slug="paul")
    make_room(event, slug="amphi")
    cast = {
        "cast_order": ["2", "1", "3"],
        "cast_speaker": ["jeanne", "paul", ""],
        "cast_role": ["speaker", "moderator", "speaker"],
        "cast_note": ["sous réserve", "", "ignoré"],
    }

    organiser.post(desk("programme/nouvelle-session"), data=TYPED | cast | {"room": "amphi"})

    session = only_session()
    assert (session.kind, session.room.slug, session.capacity) == (Kind.WORKSHOP, "amphi", 30)
    assert (session.starts_at, session.ends_at) == (STARTS + 5 * HOUR, STARTS + 6.5 * HOUR)
    assert [(a.speaker.slug, a.role, a.note) for a in session.appearances] == [
        ("paul", SpeakerRole.MODERATOR, ""),
        ("jeanne", SpeakerRole.SPEAKER, "sous réserve"),
    ]


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"title": " "}, "title", "Indiquez le titre"),
        ({"title": "T" * 201}, "title", "200"),
        ({"ends": "14:00"}, "ends", "La fin doit venir après le début."),
        ({"ends": "25:00"}, "ends", ""),
        ({"day": "2027-03-28", "starts": "02:30"}, "starts", "n’existe pas"),
        ({"day": "0001-01-01"}, "starts", "L’année doit être comprise"),
        ({"day": "hier"}, "day", ""),
        ({"online_url": "ftp://visio.example"}, "online_url", "https://"),
        ({"online_url": "https://[bad"}, "online_url", "https://"),
        ({"capacity": "-1"}, "capacity", "nombre entier"),
        ({"capacity": "9" * 5000}, "capacity", ""),
        ({"room": "ailleurs"}, "room", ""),
        ({"kind": "autre"}, "kind", ""),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(organiser, event, typed, field, sentence):
    response = organiser.post(desk("programme/nouvelle-session"), data=TYPED | typed)

    page = parse(response)
    assert response.status_code == 422
    assert page.title.text.startswith("Erreur")
    assert page.select_one(f"#erreurs a[href='#{field}']")
    assert sentence in words(page.select_one(f"#{field}-error"))
    assert "Avec **soin**." in page.select_one("#description").text
    assert db.session.scalars(db.select(Session)).all() == []


def test_an_hour_that_exists_twice_must_be_chosen(organiser, event):
    night = TYPED | {"day": "2027-10-31", "starts": "02:30", "ends": "04:00"}

    page = parse(organiser.post(desk("programme/nouvelle-session"), data=night))
    assert [radio["value"] for radio in page.select("input[name=offset]")] == ["+02:00", "+01:00"]
    organiser.post(desk("programme/nouvelle-session"), data=night | {"offset": "+01:00"})

    assert only_session().starts_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ({"cast_speaker": ["jeanne", "jeanne"]}, "figure déjà"),
        ({"cast_speaker": ["inconnu"]}, "ne figure plus"),
        ({"cast_role": ["chef"]}, "ce rôle"),
        ({"cast_note": ["x" * 201]}, "200 caractères"),
        ({"cast_order": ["²"]}, "nombre entier"),
    ],
)
def test_a_wrong_row_of_speakers_is_named(organiser, event, rows, sentence):
    make_speaker(event, slug="jeanne")
    cast = {"cast_order": ["1", "2"], "cast_speaker": ["jeanne"], "cast_role": ["speaker"] * 2, "cast_note": ["", ""]}

    response = organiser.post(desk("programme/nouvelle-session"), data=TYPED | cast | rows)

    assert response.status_code == 422
    assert sentence in words(parse(response).select_one("#erreurs"))


def test_rows_are_added_without_losing_what_is_typed(organiser, event):
    make_speaker(event, slug="jeanne")
    cast = {"cast_order": ["1"], "cast_speaker": ["jeanne"], "cast_role": ["speaker"], "cast_note": ["ici"]}

    page = parse(organiser.post(desk("programme/nouvelle-session/lignes"), data=TYPED | cast))

    assert page.select_one("#title")["value"] == "Accueillir"
    assert [row["value"] for row in page.select("input[name=cast_note]")] == ["ici", "", "", ""]
    assert [row["value"] for row in page.select("input[name=cast_order]")] == ["1", "2", "3", "4"]


def test_an_unchanged_form_saved_again_changes_nothing(organiser, event):
    session = make_session(event, make_speaker(event), room=make_room(event), slug="s", booking=BookingMode.OPTIONAL)
    page = organiser.page(desk("sessions/s"))
    sent = _values(page.select_one("main form.narrow"))

    for _ in range(3):
        assert organiser.post(desk("sessions/s"), data=sent).status_code == 303

    assert (session.revision, event.revision) == (1, 1)


def test_two_editors_do_not_overwrite_each_other(organiser, event):
    session = make_session(event, slug="s")
    seen = mark(session)
    organiser.post(desk("sessions/s"), data=TYPED | {"title": "Autre", "seen": seen})

    response = organiser.post(desk("sessions/s"), data=TYPED | {"seen": seen})

    assert response.status_code == 422
    assert "modifiée pendant" in words(parse(response).select_one("#erreurs"))
    assert parse(response).select_one("#title")["value"] == "Accueillir"
    assert parse(response).select_one("#seen")["value"] == mark(only_session()) != seen


@pytest.mark.both_databases
def test_hostile_text_survives_the_form(organiser, event):
    organiser.post(desk("programme/nouvelle-session"), data=TYPED | {"title": HOSTILE, "description": HOSTILE})

    page = organiser.page(desk(f"sessions/{only_session().slug}"))

    assert page.select_one("#title")["value"].startswith("<b>é</b> « \" ' & {{ 7*7 }}")
    assert page.select("main h1 b") == []


def test_cancelling_says_how_many_will_be_told_then_tells_them_once(organiser, event, outbox):
    session = make_session(event, slug="s", booking=BookingMode.OPTIONAL)
    registration = make_registration(event)
    book(session, registration)
    page = organiser.page(desk("sessions/s/annulation"))
    assert "1 personne l’a réservée et recevra un courriel." in words(page.select_one("form.confirm"))

    first = organiser.post(desk("sessions/s/annulation"))
    second = organiser.post(desk("sessions/s/annulation"))

    assert (first.status_code, second.status_code) == (303, 422)
    assert [mail.to for mail in outbox()] == [registration.email]
    assert session.cancelled_at is not None


def test_a_session_that_nobody_booked_is_deleted(organiser, event):
    make_session(event, slug="s")
    assert organiser.page(desk("sessions/s/suppression")).select_one("form.confirm")

    organiser.post(desk("sessions/s/suppression"))

    assert db.session.scalars(db.select(Session)).all() == []


def test_a_booked_session_is_not_deleted(organiser, event):
    session = make_session(event, slug="s", booking=BookingMode.OPTIONAL)
    book(session, make_registration(event))

    response = organiser.post(desk("sessions/s/suppression"))

    assert response.status_code == 422
    assert "annulez-la" in words(parse(response))
    assert only_session() == session


def test_copies_follow_each_other(organiser, event):
    make_session(event, slug="s", title="Atelier")

    response = organiser.post(desk("sessions/s/copie"), data={"day": "2027-01-14", "starts": "11:00", "count": "2"})

    assert response.location == desk("programme")
    copies = db.session.scalars(Session.of(event)).all()[1:]
    assert [(copy.slug, copy.starts_at) for copy in copies] == [
        ("atelier", STARTS + 2 * HOUR),
        ("atelier-2", STARTS + 3 * HOUR),
    ]


def test_required_choices_are_kept(organiser, event):
    make_session(event, booking=BookingMode.REQUIRED, starts_at=STARTS + 5 * HOUR)
    page = organiser.page(desk("programme/choix-obligatoires"))
    assert [box["value"] for box in page.select("input[name=slots]")] == ["2027-01-14T14:00"]

    organiser.post(desk("programme/choix-obligatoires"), data={"slots": "2027-01-14T14:00"})

    assert event.choice_required == ["2027-01-14T14:00"]
    page = organiser.page(desk("programme/choix-obligatoires"))
    assert page.select_one("input[name=slots]").has_attr("checked")


def test_a_choice_that_does_not_exist_is_refused(organiser, event):
    make_session(event, booking=BookingMode.REQUIRED)

    assert organiser.post(desk("programme/choix-obligatoires"), data={"slots": "x"}).status_code == 422


def test_rooms_are_added_changed_ordered_and_removed(organiser, event):
    organiser.post(desk("salles"), data={"name": "Amphithéâtre", "capacity": "250", "accessibility": "de plain-pied"})
    organiser.post(desk("salles"), data={"name": "Salle Vauban", "capacity": ""})
    organiser.post(desk("salles/salle-vauban/montee"))
    organiser.post(desk("salles/amphitheatre"), data={"name": "Grand amphithéâtre", "capacity": "240"})

    rooms = [(room.name, room.capacity) for room in db.session.scalars(Room.of(event))]

    assert rooms == [("Salle Vauban", None), ("Grand amphithéâtre", 240)]
    organiser.post(desk("salles/salle-vauban/suppression"))
    page = organiser.page(desk("salles"))
    assert [words(cell) for cell in page.select("th[scope=row]")] == ["Grand amphithéâtre"]


def test_a_room_needs_a_name_and_one_in_use_stays(organiser, event):
    room = make_room(event, slug="vauban")
    make_session(event, room=room)

    assert organiser.post(desk("salles"), data={"name": "\u200b"}).status_code == 422
    response = organiser.post(desk("salles/vauban/suppression"))

    assert (response.status_code, "encore 1 session" in words(parse(response))) == (422, True)


def test_speakers_are_added_changed_ordered_and_removed(organiser, event):
    for first_name, last_name in (("Paul", "Durand"), ("Zoé", "Lefèvre")):
        organiser.post(desk("intervenants"), data={"civility": "", "first_name": first_name, "last_name": last_name})
    organiser.post(desk("intervenants/paul-durand/descente"))
    organiser.post(
        desk("intervenants/paul-durand"), data={"civility": "M.", "last_name": "Durand", "function": "préfet"}
    )

    people = [(s.civility, s.last_name, s.function) for s in db.session.scalars(Speaker.of(event))]

    assert people == [("", "Lefèvre", ""), ("M.", "Durand", "préfet")]
    organiser.post(desk("intervenants/zoe-lefevre/suppression"))
    page = organiser.page(desk("intervenants"))
    assert [words(cell) for cell in page.select("th[scope=row]")] == ["M. Paul DURAND"]


def test_the_page_of_a_speaker_names_their_sessions(organiser, event):
    speaker = make_speaker(event, slug="jeanne", civility="Mme la préfète")
    make_session(event, speaker, title="Ouverture")

    page = organiser.page(desk("intervenants/jeanne"))

    assert "Ouverture" in words(page)
    assert page.select_one("#civility option[selected]")["value"] == "Mme la préfète"


PAGES = [
    "programme",
    "programme/nouvelle-session",
    "programme/demi-journees",
    "programme/decalage",
    "programme/choix-obligatoires",
    "sessions/s",
    "sessions/s/annulation",
    "sessions/s/suppression",
    "sessions/s/deplacement",
    "sessions/s/copie",
    "salles",
    "salles/amphi",
    "intervenants",
    "intervenants/jeanne",
]


@pytest.mark.parametrize("path", PAGES)
def test_another_organisation_finds_nothing(client, event, path):
    make_session(event, make_speaker(event, slug="jeanne"), room=make_room(event, slug="amphi"), slug="s")
    client.sign_in(make_user(make_organisation()))

    assert client.get(desk(path)).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_sent_to_sign_in(client, event, path):
    assert client.get(desk(path)).status_code == 302


@pytest.mark.parametrize("path", ["sessions/x", "salles/x", "intervenants/x"])
def test_what_does_not_exist_is_not_found(organiser, path):
    assert organiser.get(desk(path)).status_code == 404


def book(session, registration):
    booking = Booking(event_id=session.event_id, registration=registration, session=session, created_at=NOW)
    booking.confirmed_at = NOW
    return save(booking)


def _values(form):
    """What a browser would send of this form, unchanged."""
    sent = {}
    for control in form.select("input[name], textarea[name], select[name]"):
        if control.name == "select":
            chosen = control.select_one("option[selected]")
            value = chosen["value"] if chosen else control.select_one("option")["value"]
        elif control.get("type") in ("radio", "checkbox") and not control.has_attr("checked"):
            continue
        else:
            value = control.text.lstrip("\n") if control.name == "textarea" else control.get("value", "")
        sent.setdefault(control["name"], []).append(value)
    return sent
