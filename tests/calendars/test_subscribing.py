"""The page that explains subscriptions, for each public calendar."""

import pytest

from tests.factories import NOW, make_event
from tests.pages import words


@pytest.mark.parametrize(
    ("path", "calendar"),
    [
        ("/calendrier", "/calendrier.ics"),
        ("/regions/hauts-de-france/calendrier", "/regions/hauts-de-france/calendrier.ics"),
        ("/evenements/rencontre/calendrier", "/evenements/rencontre/calendrier.ics"),
    ],
)
def test_it_explains_each_program_and_gives_the_address_twice(client, path, calendar):
    make_event(slug="rencontre")
    page = client.page(path)
    address = page.find(id="calendar-address")["value"]
    assert address.endswith(calendar)
    assert page.find("a", href=address.replace("http://", "webcal://").replace("https://", "webcal://"))
    told = words(page.main)
    for word in ("Outlook", "Thunderbird", "Google Agenda", "Apple", "Zimbra", "BlueMind", "Android"):
        assert word in told
    for delay in ("30 minutes", "une heure", "12 heures", "24 heures"):
        assert delay in told
    assert client.get(calendar).status_code == 200


def test_the_event_can_be_added_to_google_directly(client):
    make_event(slug="rencontre", title="Rencontre & atelier")
    link = client.page("/evenements/rencontre/calendrier").find("a", href=lambda href: href and "google" in href)
    assert link["href"].startswith(
        "https://calendar.google.com/calendar/render?action=TEMPLATE&text=Rencontre+%26+atelier"
    )
    assert "dates=20270114T080000Z%2F20270114T160000Z" in link["href"]


def test_a_cancelled_event_is_not_added(client):
    make_event(slug="rencontre", cancelled_at=NOW)
    assert "calendar.google.com" not in client.get("/evenements/rencontre/calendrier").text


@pytest.mark.parametrize("path", ["/evenements/brouillon/calendrier", "/regions/inconnue/calendrier"])
def test_what_is_not_public_is_not_found(client, path):
    make_event(slug="brouillon", published_at=None)
    assert client.get(path).status_code == 404


@pytest.mark.usefixtures("in_november")
def test_it_is_found_from_the_event_the_map_and_the_list(client):
    make_event(slug="rencontre")
    assert client.page("/evenements/rencontre/").find("a", href="/evenements/rencontre/calendrier")
    assert client.page("/plan-du-site").find("a", href="/calendrier")


def test_robots_may_read_calendars(client):
    """Google's calendar obeys robots.txt."""
    assert "Disallow: /" not in client.get("/robots.txt").text
