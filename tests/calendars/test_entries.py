from datetime import UTC, datetime, timedelta

import pytest

from eventapp.agenda.models import SpeakerRole
from eventapp.calendars.entries import LONGEST_LINE, entry_bytes, event_entry, session_entry
from eventapp.events.models import Venue
from tests.calendars.rows import CHANGED, HOUR, STARTS, add_speaker, links, make_event, make_session

LATER = CHANGED + timedelta(days=1)
URL = "https://rencontres.example/evenements/r/"


def text(entry, name):
    return str(entry[name])


def test_identity_comes_from_the_row():
    entry = event_entry(make_event(calendar_uid="event-x@y.example", sequence=7), URL)
    assert (text(entry, "uid"), entry["sequence"]) == ("event-x@y.example", 7)


def test_stamps_are_the_time_of_the_last_change():
    entry = event_entry(make_event(updated_at=CHANGED), URL)
    assert entry.decoded("dtstamp") == entry.decoded("last-modified") == CHANGED


def test_times_are_local_with_their_zone():
    lines = entry_bytes(make_event(starts_at=STARTS, ends_at=STARTS + HOUR), links).split(b"\r\n")
    assert b"DTSTART;TZID=Europe/Paris:20270114T090000" in lines
    assert b"DTEND;TZID=Europe/Paris:20270114T100000" in lines


def test_a_zone_without_rules_is_written_in_utc():
    lines = entry_bytes(make_event(timezone="Africa/Casablanca", starts_at=STARTS), links).split(b"\r\n")
    assert b"DTSTART:20270114T080000Z" in lines


def test_the_place_is_one_line():
    venue = Venue(
        name="Préfecture\nde région", address="2, rue", postcode="59000", city="Lille", latitude=50.63, longitude=3.06
    )
    entry = session_entry(make_session(make_event(venue=venue), room="Salle Vauban"), URL)
    assert text(entry, "location") == "Salle Vauban, Préfecture de région, 2, rue, 59000 Lille"
    assert entry.to_ical().count(b"GEO:50.63;3.06\r\n") == 1


def test_an_event_without_place_has_no_location():
    entry = event_entry(make_event(venue=Venue()), URL)
    assert "location" not in entry
    assert "geo" not in entry


def test_the_description_ends_with_the_public_address():
    event = make_event(summary="Une journée.", description="# Programme\n\n- **plénière**\n- [plan](https://a.example)")
    assert text(event_entry(event, URL), "description") == (
        f"Une journée.\n\nProgramme\n\n- plénière\n- plan (https://a.example)\n\nPage de l’événement\u00a0: {URL}"
    )
    assert text(event_entry(event, URL), "url") == URL


def test_a_session_says_who_speaks_and_how_to_follow():
    session = make_session(make_event(title="Rencontre"), description="Échanges.", online_url="https://visio.example/a")
    add_speaker(
        session, role=SpeakerRole.MODERATOR, civility="Mme", function="secrétaire générale", note="sous réserve"
    )
    entry = session_entry(session, URL)
    assert text(entry, "description") == (
        "Rencontre\n\nÉchanges.\n\nAnimation\u00a0: Mme Jeanne MARTIN, secrétaire générale (sous réserve)\n\n"
        f"Lien pour suivre à distance\u00a0: https://visio.example/a\n\nPage de la session\u00a0: {URL}"
    )
    assert text(entry, "related-to") == session.event.calendar_uid
    assert b"CONFERENCE;FEATURE=VIDEO;VALUE=URI:https://visio.example/a\r\n" in entry.to_ical()


def test_lines_are_short_and_texts_bounded():
    entry = event_entry(make_event(title="é" * 500, description="mot " * 5_000), URL)
    assert len(text(entry, "summary")) == LONGEST_LINE
    assert len(text(entry, "description")) < 4_100
    assert text(entry, "description").endswith(URL)


@pytest.mark.parametrize(
    ("facts", "status", "transparency"),
    [
        ({}, "CONFIRMED", "OPAQUE"),
        ({"ends_at": STARTS + timedelta(days=1)}, "CONFIRMED", "TRANSPARENT"),
        ({"cancelled_at": LATER}, "CANCELLED", "TRANSPARENT"),
    ],
)
def test_only_what_takes_place_on_one_day_takes_the_time_of_people(facts, status, transparency):
    entry = event_entry(make_event(**facts), URL)
    assert (text(entry, "status"), text(entry, "transp")) == (status, transparency)


def test_what_is_cancelled_says_so_in_its_title():
    assert text(event_entry(make_event(title="R", cancelled_at=LATER), URL), "summary") == "Annulé\u00a0: R"
    session = make_session(make_event(cancelled_at=LATER), title="S")
    assert text(session_entry(session, URL), "summary") == "Annulé\u00a0: S"
    assert text(session_entry(session, URL), "status") == "CANCELLED"


def test_a_change_of_the_event_reaches_its_sessions():
    event = make_event(sequence=2, updated_at=LATER)
    entry = session_entry(make_session(event, sequence=3, updated_at=CHANGED), URL)
    assert (entry["sequence"], entry.decoded("dtstamp")) == (5, LATER)


def test_the_same_revision_is_written_once_and_the_next_one_anew():
    session = make_session()
    first = entry_bytes(session, links)
    assert entry_bytes(session, links) is first
    session.title, session.revision = "Autre titre", 2
    assert b"SUMMARY:Autre titre\r\n" in entry_bytes(session, links)
    session.event.venue, session.event.revision = Venue(city="Amiens"), 2
    assert b"Amiens" in entry_bytes(session, links)


def test_microseconds_and_other_zones_do_not_reach_the_file():
    moment = datetime(2026, 11, 2, 9, 30, 15, 999_999, tzinfo=UTC)
    assert b"DTSTAMP:20261102T093015Z\r\n" in entry_bytes(make_event(updated_at=moment), links)
