from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from eventapp.calendars.files import agenda, download, feed
from eventapp.events.models import Venue
from tests.calendars.lint import faults, lines, names
from tests.calendars.readers import icalendar_reader
from tests.calendars.rows import HOUR, STARTS, add_speaker, links, make_event, make_session

GOLDEN = Path(__file__).with_name("golden")
NOW = datetime(2027, 1, 10, 9, tzinfo=UTC)
PARIS = "Europe/Paris"


def titles(content):
    return [entry.title for entry in icalendar_reader.read(content)]


def sample():
    """An event of two sessions, one of them cancelled, with everything that an entry can hold."""
    venue = Venue(
        name="Préfecture",
        address="12, rue Jean-sans-Peur",
        postcode="59000",
        city="Lille",
        latitude=50.63,
        longitude=3.06,
    )
    event = make_event(
        calendar_uid="event-1@rencontres.example", slug="rencontres-2027", title="Rencontres régionales ; édition 2027",
        summary="Une journée pour le réseau.", description="**Plénière**, puis ateliers.",
        venue=venue, sequence=2, revision=4,
    )  # fmt: skip
    opening = make_session(
        event, calendar_uid="session-1@rencontres.example", slug="ouverture", title="Ouverture", sequence=1, revision=2,
        description="Accueil", online_url="https://visio.example/salle",
    )  # fmt: skip
    add_speaker(opening, civility="Mme", function="secrétaire générale pour les affaires régionales")
    workshop = make_session(
        event, calendar_uid="session-2@rencontres.example", slug="atelier", title="Atelier", cancelled_at=NOW,
        room=None, starts_at=STARTS + 5 * HOUR, ends_at=STARTS + 6 * HOUR,
    )  # fmt: skip
    return event, [opening, workshop]


def samples():
    event, sessions = sample()
    return {
        "event": download(event, links),
        "agenda": agenda("Rencontres régionales, mon agenda", sessions, links, zone=PARIS),
        "feed": feed("Rencontres régionales", sessions, links, zone=PARIS, now=NOW),
        "nothing-left": feed("Rencontres régionales", [], links, zone=PARIS, now=NOW),
    }


@pytest.mark.parametrize("name", ["event", "agenda", "feed", "nothing-left"])
def test_files_are_byte_for_byte_as_agreed(name):
    assert samples()[name].decode() == (GOLDEN / f"{name}.ics").read_bytes().decode()


@pytest.mark.parametrize("name", ["event", "agenda", "feed", "nothing-left"])
def test_files_are_well_made(name):
    assert faults(samples()[name]) == []


@pytest.mark.parametrize("name", ["event", "agenda", "feed", "nothing-left"])
def test_files_speak_to_nobody(name):
    assert not {"METHOD", "ORGANIZER", "ATTENDEE", "VALARM"} & set(names(samples()[name]))


def test_the_same_rows_give_the_same_bytes():
    _, sessions = sample()
    files = [feed("x", sessions, links, zone=PARIS, now=moment) for moment in (NOW, NOW + HOUR)]
    assert files[0] == files[1]


def test_a_download_has_one_entry_and_no_name():
    content = download(make_session(title="Atelier"), links)
    assert titles(content) == ["Atelier"]
    assert not {"NAME", "X-WR-CALNAME", "REFRESH-INTERVAL"} & set(names(content))


def test_an_agenda_leaves_out_what_is_cancelled():
    event = make_event()
    rows = [make_session(event, title="A"), make_session(event, title="B", cancelled_at=NOW)]
    assert titles(agenda("x", rows, links, zone=PARIS)) == ["A"]


def test_a_feed_keeps_what_is_cancelled_until_its_day_has_passed():
    event = make_event()
    rows = [make_session(event, title="A"), make_session(event, title="B", cancelled_at=NOW)]
    that_evening = datetime(2027, 1, 14, 22, 59, tzinfo=UTC)
    assert titles(feed("x", rows, links, zone=PARIS, now=that_evening)) == ["A", "Annulé\u00a0: B"]
    assert titles(feed("x", rows, links, zone=PARIS, now=that_evening + timedelta(minutes=1))) == ["A"]


def test_a_feed_of_a_cancelled_registration_cancels_everything_for_its_reader():
    rows = [make_session(title="A", updated_at=NOW - HOUR)]
    content = feed("x", rows, links, zone=PARIS, now=NOW, cancelled_at=NOW)
    assert titles(content) == ["Annulé\u00a0: A"]
    assert "DTSTAMP:20270110T090000Z" in lines(content)
    assert "TRANSP:TRANSPARENT" in lines(content)
    assert titles(feed("x", rows, links, zone=PARIS, now=NOW)) == ["A"]


def test_an_empty_feed_still_has_its_zone():
    content = feed("x", [], links, zone="America/Cayenne", now=NOW)
    assert [line for line in lines(content) if line.startswith("TZID")] == ["TZID:America/Cayenne"]


def test_each_zone_is_written_once():
    rows = [make_event(timezone=name) for name in (PARIS, "Indian/Reunion", PARIS, "Africa/Casablanca")]
    zones = [line for line in lines(feed("x", rows, links, zone=PARIS, now=NOW)) if line.startswith("TZID:")]
    assert zones == ["TZID:Europe/Paris", "TZID:Indian/Reunion"]


def test_a_calendar_name_cannot_add_a_property():
    content = feed("Agenda\r\nMETHOD:CANCEL\nX-EVIL:1", [make_event()], links, zone=PARIS, now=NOW)
    assert "X-WR-CALNAME:Agenda METHOD:CANCEL X-EVIL:1" in lines(content)
    assert faults(content) == []
