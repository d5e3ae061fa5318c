"""Programmes of other programs: the real exports of two, our own calendar, and files that nobody should send."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from eventapp.agenda.models import BookingMode, Kind, Room, Session, Speaker
from eventapp.calendars.files import agenda
from eventapp.exchange import agenda_import, drafting, taking, writing
from eventapp.exchange.faults import BadFile
from eventapp.exchange.foreign import NotAnAgenda
from eventapp.extensions import db
from tests.factories import NOW, STARTS, make_event, make_room, make_session, make_speaker, make_user

EXPORTS = Path(__file__).parent / "exports"
REAL = sorted(path.name for path in EXPORTS.iterdir() if path.suffix in (".ics", ".json"))
JUNE = datetime(2027, 6, 1, 6, tzinfo=UTC)


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def event():
    """Not shown yet, of three days in June."""
    return make_event(slug="juin", starts_at=JUNE, ends_at=JUNE + timedelta(days=3), published_at=None)


def keep(event, content, user, name="programme.ics"):
    content = content.encode() if isinstance(content, str) else content
    return agenda_import.keep(event, name, content, now=NOW, by=user)


def take_over(event, content, user, *, replaces=False):
    changed = agenda_import.take_over(event, keep(event, content, user), replaces=replaces, now=NOW, by=user)
    db.session.flush()
    return changed


def calendar_of(*events, head="VERSION:2.0"):
    return "\r\n".join(["BEGIN:VCALENDAR", head, *events, "END:VCALENDAR", ""])


def entry(*lines, title="Atelier", starts="DTSTART:20270114T090000Z", ends="DTEND:20270114T100000Z"):
    return "\r\n".join(filter(None, ["BEGIN:VEVENT", f"SUMMARY:{title}", starts, ends, *lines, "END:VEVENT"]))


@pytest.mark.both_databases
@pytest.mark.parametrize("name", REAL)
def test_real_exports_become_a_programme_and_a_second_time_change_nothing(event, user, name):
    content = (EXPORTS / name).read_bytes()
    preview = agenda_import.preview(event, keep(event, content, user, name))
    assert (len(preview.rows), preview.new, preview.dropped) == (40, 40, [])
    assert take_over(event, content, user)

    sessions = list(db.session.scalars(Session.of(event)))
    assert len(sessions) == 40
    assert sessions[0].title == "Session 1: a talk about topic number 1"
    assert {room.name[:6] for room in db.session.scalars(Room.of(event))} == {"Room 1", "Room 2", "Room 3", "Room 4"}
    assert "\\" not in sessions[0].description
    assert "http" not in sessions[0].description
    people = db.session.scalars(Speaker.of(event)).all()
    assert (len(people) > 0) == name.startswith("pretalx")
    assert not take_over(event, content, user)
    assert not take_over(event, content, user, replaces=True)


@pytest.mark.both_databases
def test_our_own_calendar_changes_nothing_even_after_titles_and_hours_changed(user):
    event = make_event(slug="notre", choice_required=["2027-01-14T11:00"])
    amphi = make_room(event, name="Amphi, niveau 2")
    make_session(event, make_speaker(event), room=amphi, title="C:\\Notes; été, hiver", description="**Gras**")
    make_session(event, starts_at=STARTS + timedelta(hours=2), booking=BookingMode.OPTIONAL, capacity=4)
    links = lambda _row: "https://rencontres.example/x"  # noqa: E731
    rows = [event, *db.session.scalars(Session.of(event))]
    content = agenda("Notre", rows, links, zone="Europe/Paris")
    assert not take_over(event, content, user)
    assert not take_over(event, content, user, replaces=True)
    assert event.draft is None
    rows[1].title, rows[1].starts_at = "Autre titre", rows[1].starts_at + timedelta(minutes=5)
    db.session.flush()
    assert take_over(event, content, user)
    (waiting,) = [s for s in event.draft["sessions"] if s["title"].startswith("C:")]
    assert (waiting["slug"], waiting["description"]) == (rows[1].slug, "**Gras**")


def test_what_is_shown_waits_in_the_draft_and_what_it_lacks_goes_when_replaced(user):
    event = make_event(slug="public")
    make_session(event, title="Ancienne")
    assert take_over(event, calendar_of(entry(title="Nouvelle")), user)
    assert [s["title"] for s in event.draft["sessions"]] == ["Ancienne", "Nouvelle"]
    assert take_over(event, calendar_of(entry(title="Nouvelle")), user, replaces=True)
    assert [s["title"] for s in event.draft["sessions"]] == ["Nouvelle"]
    assert [s.title for s in db.session.scalars(Session.of(event))] == ["Ancienne"]


def test_a_slot_where_all_had_to_choose_goes_with_what_could_be_booked(user):
    event = make_event(choice_required=["2027-01-14T09:00"], published_at=None)
    make_session(event, slug="atelier", title="Atelier", booking=BookingMode.OPTIONAL)
    content = json.dumps({"sessions": [{
        "slug": "bilan", "title": "Bilan", "starts_at": "2027-01-14T14:00", "ends_at": "2027-01-14T15:00",
    }]})  # fmt: skip

    assert take_over(event, content, user, replaces=True)
    assert event.choice_required == []


def test_an_event_file_gives_its_programme_and_nothing_else(event, user):
    other = make_event(slug="autre", choice_required=["2027-01-14T09:00"])
    make_session(other, make_speaker(other), room=make_room(other), booking=BookingMode.REQUIRED, capacity=12)
    whole = writing.as_dict(taking.take(other))
    part = {name: whole[name] for name in drafting.PARTS}
    assert take_over(event, json.dumps(whole), user)
    (session,) = db.session.scalars(Session.of(event))
    assert (session.booking, session.capacity, event.slug) == (BookingMode.REQUIRED, 12, "juin")
    assert not take_over(event, json.dumps(part), user)
    with pytest.raises(BadFile) as refusal:
        keep(event, json.dumps(part | {"sessions": [{"slug": "x"}]}), user)
    assert "sessions[0].title" in {fault.path for fault in refusal.value.faults}


def test_rooms_and_people_are_known_by_their_names(event, user):
    room = make_room(event, name="Amphithéâtre")
    known = make_speaker(event, first_name="Hélène", last_name="Dupré")
    item = {
        "title": "Table ronde : l’été", "date": "2027-06-01T09:00:00", "duration": "1:30",
        "persons": [{"name": "DUPRÉ Hélène"}, {"public_name": "Mme Anne de La Tour"}, {"name": "Roy, Luc"}, {}, 5],
    }  # fmt: skip
    data = {"schedule": {"conference": {"days": [{"rooms": {"AMPHITHEATRE": [item, 7]}}]}}}
    assert take_over(event, json.dumps(data), user)
    (session,) = db.session.scalars(Session.of(event))
    assert (session.room, session.kind, session.ends_at - session.starts_at) == (
        room, Kind.ROUND_TABLE, timedelta(minutes=90),
    )  # fmt: skip
    people = [(a.speaker.civility, a.speaker.first_name, a.speaker.last_name) for a in session.appearances]
    assert people == [(known.civility, "Hélène", "Dupré"), ("Mme", "Anne", "de La Tour"), ("", "Luc", "Roy")]
    assert session.appearances[0].speaker is known


LEFT_OUT = {
    "annulée": entry("STATUS:CANCELLED"),
    "pas de titre": entry(title=" \x00\u202e "),
    "pas de date": entry(starts=""),
    "des journées entières": entry(starts="DTSTART;VALUE=DATE:20270114", ends="DTEND;VALUE=DATE:20270116"),
    "ne dit pas quand elle finit": entry(starts="DTSTART;TZID=Nulle/Part:20270114T100000", ends=""),
    "finit avant": entry(ends="DTEND:20270114T080000Z"),
    "ne se lit pas": entry(ends="DURATION:P99999999999D"),
}
TAKEN = {
    "Se répète": entry("RRULE:FREQ=SECONDLY;INTERVAL=1"),
    "Heure sans fuseau": entry(starts="DTSTART:20270114T100000", ends="DURATION:PT1H"),
    "Fuseau horaire inconnu": entry(starts="DTSTART;TZID=Nulle/Part:20270114T100000", ends="DURATION:PT1H"),
    "Titre raccourci": entry(title="T" * 300),
    "En dehors des heures": entry(starts="DTSTART:20300101T100000Z", ends="DURATION:PT1H"),
}


def remarks(user, *events, **head):
    event = make_event(published_at=None)
    kept = keep(event, calendar_of(*events, **head), user)
    return " ".join(kept.warnings), kept.file["sessions"]


@pytest.mark.parametrize("why", LEFT_OUT)
def test_what_is_left_out_is_said(user, why):
    said, sessions = remarks(user, LEFT_OUT[why], entry(title="Témoin"))
    assert why in said
    assert [session["title"] for session in sessions] == ["Témoin"]
    with pytest.raises(NotAnAgenda, match=why):
        remarks(user, LEFT_OUT[why])


@pytest.mark.parametrize("why", TAKEN)
def test_what_is_taken_all_the_same_is_said(user, why):
    said, (session,) = remarks(user, TAKEN[why])
    assert why in said
    assert len(session["title"]) <= 200


def test_zones_by_their_windows_names_need_no_rules(user):
    said, (session,) = remarks(
        user, entry(starts="DTSTART;TZID=Romance Standard Time:20270114T100000", ends="DURATION:PT90M")
    )
    assert (said, session["starts_at"], session["ends_at"]) == ("", "2027-01-14T10:00", "2027-01-14T11:30")


def test_hidden_characters_tags_and_methods_mean_nothing(user):
    lines = ("DESCRIPTION:<b>Gras</b><br>suite \u2028\x00 fin", "BEGIN:VALARM", "SUMMARY:Alarme", "END:VALARM")
    said, (session,) = remarks(user, entry(*lines, title="A\u202eb\x07c"), head="METHOD:CANCEL")
    assert (said, session["title"]) == ("", "Ab c")
    assert session["description"].startswith("Gras\nsuite")
    assert "<" not in session["description"]


def test_exceptions_of_one_uid_are_sessions_of_their_own_and_a_later_version_wins(user):
    said, sessions = remarks(
        user,
        entry("UID:a", "SEQUENCE:2", title="Deux"),
        entry("UID:a", "SEQUENCE:1", title="Un"),
        entry("UID:a", "RECURRENCE-ID:20270115T090000Z", title="Exception"),
    )
    assert sorted(session["title"] for session in sessions) == ["Deux", "Exception"]
    assert "Écrite deux fois" in said


def deep(depth):
    return '{"schedule":' * depth + "1" + "}" * depth


SCHEDULES = [
    [], {}, {"schedule": 1}, {"schedule": {"conference": []}}, {"schedule": {"conference": {"days": {}}}},
    {"schedule": {"conference": {"days": [1]}}}, {"schedule": {"conference": {"days": [{"rooms": [1]}]}}},
    {"schedule": {"conference": {"days": [{"rooms": {"a": 3}}]}}},
]  # fmt: skip
NO_AGENDAS = {
    "empty": b"", "binary": bytes(range(256)) * 50, "UTF-16": calendar_of(entry()).encode("utf-16"),
    "deep": deep(20_000).encode(), "deep lists": b'{"schedule":' + b"[" * 100_000,
    "huge number": b'{"schedule":' + b"1" * 50_000 + b"}", "NaN": b'{"schedule": NaN}',
    "no end": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x", "too large": b"BEGIN:VCALENDAR\r\n" + b" " * 3_000_000,
    "50,000 entries": calendar_of(*["BEGIN:VEVENT\r\nEND:VEVENT"] * 50_000).encode(),
    "nested": calendar_of("BEGIN:VEVENT\r\n" * 100_000).encode(),
    **{f"schedule {n}": json.dumps(data).encode() for n, data in enumerate(SCHEDULES)},
}  # fmt: skip


@pytest.mark.parametrize("fault", NO_AGENDAS)
def test_what_is_no_programme_is_refused_by_a_sentence(event, user, fault):
    with pytest.raises(NotAnAgenda) as refusal:
        keep(event, NO_AGENDAS[fault], user)
    assert str(refusal.value).endswith(".")


def test_items_of_wrong_types_are_named_by_their_path(event, user):
    wrong = [{"title": 5}, {"title": "a", "date": 4}, {"title": "b", "date": "2027-06-01", "duration": -3}]
    good = {"title": "Bonne", "date": "2027-06-01T09:00:00+02:00", "duration": "00:30", "persons": 3, "abstract": [1]}
    data = {"schedule": {"conference": {"rooms": 4, "days": [{"rooms": {"S": [*wrong, good]}}]}}}
    kept = keep(event, json.dumps(data), user, "schedule.json")
    said = " ".join(kept.warnings)
    for path in ("S[0].title", "S[1].date", "S[2].date", "S[3].persons", "S[3].abstract"):
        assert f"schedule.conference.days[0].rooms.{path}" in said, said
    assert [session["title"] for session in kept.file["sessions"]] == ["Bonne"]


def test_of_an_entry_without_end_only_that_is_said(event, user):
    content = calendar_of(LEFT_OUT["ne dit pas quand elle finit"])
    with pytest.raises(NotAnAgenda) as refusal:
        keep(event, content, user)
    sentence = "Laissée de côté, elle ne dit pas quand elle finit\u00a0: «\u00a0Atelier\u00a0»."
    assert str(refusal.value) == f"{agenda_import.HOLDS_NOTHING} {sentence}"
