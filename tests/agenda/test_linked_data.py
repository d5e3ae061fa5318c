"""What the pages say in the words of schema.org is what the database holds."""

import json
from datetime import datetime, timedelta

import pytest

from eventapp.agenda.models import BookingMode, Kind
from eventapp.events import lifecycle
from eventapp.events.models import Audience, Venue
from eventapp.exchange.releases import keep_release
from tests.factories import NOW, STARTS, make_event, make_room, make_session, make_speaker

HOUR = timedelta(hours=1)
LILLE = Venue(name="Préfecture", address="2 rue Jean-sans-Peur", postcode="59000", city="Lille", latitude=50.6)
BREAKING = "</script><script>alert(1)</script> \u2028 <!-- & ' \" é 😀"

pytestmark = pytest.mark.usefixtures("in_november")


@pytest.fixture
def event():
    return make_event(slug="rencontre", summary="Une journée.", capacity=250, venue=LILLE)


def facts(client, path=""):
    (script,) = client.page(f"/evenements/rencontre/{path}").select('script[type="application/ld+json"]')
    return json.loads(script.string)


def test_the_event_page_says_what_when_where_and_for_how_much(client, event):
    said = facts(client)

    assert said["@context"] == "https://schema.org"
    assert {key: said[key] for key in ("@type", "name", "description", "maximumAttendeeCapacity")} == {
        "@type": "Event", "name": event.title, "description": "Une journée.", "maximumAttendeeCapacity": 250,
    }  # fmt: skip
    assert said["startDate"] == "2027-01-14T09:00:00+01:00"
    assert datetime.fromisoformat(said["endDate"]) == event.ends_at
    assert said["eventStatus"] == "https://schema.org/EventScheduled"
    assert said["eventAttendanceMode"] == "https://schema.org/OfflineEventAttendanceMode"
    assert said["location"]["address"] == {
        "@type": "PostalAddress", "streetAddress": "2 rue Jean-sans-Peur", "postalCode": "59000",
        "addressLocality": "Lille", "addressCountry": "FR",
    }  # fmt: skip
    assert said["organizer"]["name"] == event.organisation.name
    assert said["offers"] == {
        "@type": "Offer", "price": 0, "priceCurrency": "EUR", "availability": "https://schema.org/InStock",
        "url": "http://localhost/evenements/rencontre/inscription",
    }  # fmt: skip


def test_the_programme_names_each_session_but_pauses(client, event):
    jeanne = make_speaker(event)
    make_session(event, jeanne, slug="a", title="Ouverture", room=make_room(event, name="Amphi"))
    make_session(event, kind=Kind.BREAK)
    make_session(event, slug="b", title="Visite", starts_at=STARTS + HOUR, cancelled_at=NOW)

    said = facts(client, "programme")

    parts = [(part["name"], part["startDate"], part["eventStatus"].rpartition("/")[2]) for part in said["subEvent"]]
    assert parts == [
        ("Ouverture", "2027-01-14T09:00:00+01:00", "EventScheduled"),
        ("Visite", "2027-01-14T10:00:00+01:00", "EventCancelled"),
    ]
    assert said["subEvent"][0]["location"]["name"] == "Amphi"
    assert said["subEvent"][0]["location"]["address"]["addressLocality"] == "Lille"
    assert [person["jobTitle"] for person in said["performer"]] == [jeanne.function]


def test_a_session_says_who_where_how_many_and_of_what(client, event):
    jeanne = make_speaker(event, last_name="Martin", organisation="Préfecture")
    session = make_session(
        event, jeanne, slug="a", booking=BookingMode.OPTIONAL, capacity=12, description="Le **bus**."
    )
    session.appearances[0].note = "sous réserve"
    session.online_url, session.description = "https://visio.example/a", "Un **bus**."

    said = facts(client, "sessions/a")

    assert said["performer"] == [
        {"@type": "Person", "name": "Jeanne MARTIN", "jobTitle": jeanne.function, "description": "sous réserve",
         "worksFor": {"@type": "Organization", "name": "Préfecture"}}
    ]  # fmt: skip
    assert said["url"] == "http://localhost/evenements/rencontre/sessions/a"
    assert said["description"] == "Un bus."
    assert (said["maximumAttendeeCapacity"], said["remainingAttendeeCapacity"]) == (12, 12)
    assert said["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert said["location"][1] == {"@type": "VirtualLocation", "url": "https://visio.example/a"}
    assert said["superEvent"]["url"] == "http://localhost/evenements/rencontre/"


def test_what_moved_since_it_was_announced_says_from_when(client, event):
    session = make_session(event, slug="a")
    keep_release(event, now=NOW, by=None)
    session.starts_at, session.ends_at = STARTS + HOUR, STARTS + 2 * HOUR
    event.ends_at += HOUR

    said = facts(client, "sessions/a")

    assert said["eventStatus"] == "https://schema.org/EventRescheduled"
    assert said["previousStartDate"] == "2027-01-14T09:00:00+01:00"
    assert "previousStartDate" not in facts(client)
    lifecycle.move(event, starts_at=STARTS + HOUR, ends_at=event.ends_at, venue=LILLE, now=NOW, by=None)
    assert facts(client)["previousStartDate"] == "2027-01-14T09:00:00+01:00"


def test_a_cancelled_event_cancels_its_sessions_and_offers_nothing(client, event):
    make_session(event, slug="a")
    event.cancelled_at = NOW

    assert {facts(client, path)["eventStatus"] for path in ("", "programme", "sessions/a")} == {
        "https://schema.org/EventCancelled"
    }
    assert "offers" not in facts(client)


def test_an_event_for_those_invited_offers_nothing_to_all(client, event):
    event.audience = Audience.INVITED
    assert "offers" not in facts(client)


def test_an_event_without_place_has_none(client, event):
    event.venue = Venue()
    make_session(event, slug="a", online_url="https://visio.example/a")

    assert "location" not in facts(client)
    assert facts(client, "sessions/a")["location"]["@type"] == "VirtualLocation"
    assert facts(client, "sessions/a")["eventAttendanceMode"] == "https://schema.org/OnlineEventAttendanceMode"


def test_no_text_ends_the_script(client, event):
    event.title = event.summary = BREAKING
    make_session(event, make_speaker(event, function=BREAKING), slug="a", title=BREAKING, description=BREAKING)

    for path in ("", "programme", "sessions/a"):
        assert facts(client, path)["name"] == BREAKING
        html = client.get(f"/evenements/rencontre/{path}").text
        raw = html.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
        assert json.loads(raw)["name"] == BREAKING
        assert not set("<>&\u2028") & set(raw)
