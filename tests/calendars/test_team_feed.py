"""The organiser's own calendar: every event of the organisation, drafts marked, at an address that can be ended."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from eventapp.accounts import feeds
from eventapp.accounts.models import Role
from eventapp.events import lifecycle
from eventapp.extensions import db
from eventapp.links import absolute
from tests.calendars.lint import faults, lines
from tests.factories import NOW, STARTS, make_event, make_organisation, make_session, make_user

SOON = timedelta(hours=1)


@pytest.fixture
def team():
    return make_organisation(name="SGAR Hauts-de-France")


@pytest.fixture
def member(team):
    return make_user(team).memberships[0]


@pytest.fixture
def today():
    with time_machine.travel(datetime(2026, 12, 1, 12, tzinfo=UTC), tick=False):
        yield


def path_of(membership):
    return feeds.address(membership).removeprefix(absolute("events.home").rstrip("/"))


def followed(membership):
    feeds.renew(membership, now=NOW)
    return path_of(membership)


def entries(response):
    """(summary, status) of each."""
    assert response.status_code == 200
    assert faults(response.data) == []
    found = {name: [] for name in ("SUMMARY", "STATUS")}
    for line in lines(response.data):
        name, _, value = line.partition(":")
        if name in found:
            found[name].append(value)
    return list(zip(found["SUMMARY"], found["STATUS"], strict=True))


@pytest.mark.both_databases
def test_it_holds_the_events_of_the_organisation_with_drafts_marked(client, team, member, today):
    make_session(make_event(team, title="Publiée"))
    make_event(team, title="À venir", published_at=None, starts_at=STARTS + SOON)
    make_event(team, title="Empêchée", cancelled_at=NOW, starts_at=STARTS + 2 * SOON)
    make_event(title="D’une autre organisation")

    response = client.get(followed(member))

    assert entries(response) == [
        ("Publiée", "CONFIRMED"),
        ("À venir (brouillon)", "TENTATIVE"),
        ("Annulé\u00a0: Empêchée", "CANCELLED"),
    ]
    assert "NAME:SGAR Hauts-de-France\\, rencontres" in lines(response.data)


def test_a_draft_leads_to_the_desk_and_what_is_published_to_its_page(client, team, member, today):
    make_event(team, slug="brouillon", published_at=None)
    make_event(team, slug="publiee", starts_at=STARTS + SOON)
    addresses = [line for line in lines(client.get(followed(member)).data) if line.startswith("URL")]
    assert [address.rpartition("//")[2].partition("/")[2] for address in addresses] == [
        "gestion/evenements/brouillon/",
        "evenements/publiee/",
    ]


def test_a_long_title_of_a_draft_keeps_its_mark(client, team, member, today):
    make_event(team, title="T" * 200, published_at=None)
    ((summary, status),) = entries(client.get(followed(member)))
    assert (len(summary), summary[-13:], status) == (200, "… (brouillon)", "TENTATIVE")


def test_it_answers_as_private_calendars_do(client, team, member, today):
    make_event(team)
    path = followed(member)
    response = client.get(path, headers={"Accept-Encoding": "gzip"})
    etag, weak = response.get_etag()
    again = client.get(path, headers={"If-None-Match": f'"{etag}"'})

    assert (weak, again.status_code, again.data) == (False, 304, b"")
    assert response.headers.getlist("Content-Type") == ["text/calendar; charset=utf-8"]
    assert response.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert {"Set-Cookie", "Content-Encoding", "Content-Disposition"}.isdisjoint(response.headers.keys())
    assert {getattr(client, verb)(path).status_code for verb in ("post", "put", "delete", "options")} == {405}
    assert client.head(path).status_code == 200


def test_a_change_gives_another_version(client, team, member, today):
    event = make_event(team, published_at=None)
    path = followed(member)
    before = client.get(path)
    lifecycle.publish(event, now=NOW + SOON, by=None)
    after = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert entries(after)[0][1] == "CONFIRMED"


def test_a_change_ends_the_old_address_and_a_stop_ends_it_for_good(client, member):
    old = followed(member)
    new = followed(member)
    assert [client.get(path).status_code for path in (old, new)] == [404, 200]
    feeds.stop(member, now=NOW)
    assert (client.get(new).status_code, feeds.address(member)) == (404, "")


def test_it_ends_with_the_membership(client, member):
    path = followed(member)
    db.session.delete(member)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("role", [Role.READER, Role.RECEPTION, Role.DEPARTMENTAL])
def test_it_ends_with_the_role_that_organises(client, member, role):
    path = followed(member)
    member.role = role
    assert (client.get(path).status_code, feeds.address(member)) == (404, "")


def test_it_ends_with_the_account(client, member):
    path = followed(member)
    member.user.active = False
    assert client.get(path).status_code == 404


def test_the_settings_page_makes_changes_and_ends_it(client, team, member):
    client.sign_in(member.user)
    settings = f"/gestion/organisations/{team.slug}/reglages"
    assert client.page(settings).find(id="calendar-address") is None

    client.post(f"/gestion/organisations/{team.slug}/calendrier")
    address = client.page(settings).find(id="calendar-address")["value"]
    assert address == feeds.address(member)

    client.post(f"/gestion/organisations/{team.slug}/calendrier/arret")
    assert client.page(settings).find(id="calendar-address") is None


def test_who_only_reads_has_none(client, team):
    reader = make_user(team, Role.READER)
    client.sign_in(reader)
    assert client.post(f"/gestion/organisations/{team.slug}/calendrier").status_code == 303
    assert reader.memberships[0].feed_digest is None
    assert "Mon calendrier des rencontres" not in client.get(f"/gestion/organisations/{team.slug}/reglages").text
