"""Calendar addresses as programs use them: what they hold, their headers, what they answer when nothing is there."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.exc import OperationalError

from eventapp import tokens
from eventapp.agenda import editing
from eventapp.agenda.models import BookingMode
from eventapp.events import lifecycle
from eventapp.extensions import db
from eventapp.registrations import changes
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.sessions import session_changes
from tests.calendars.lint import faults, lines, names
from tests.factories import (
    NOW,
    STARTS,
    make_event,
    make_organisation,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    save,
)

HOUR = timedelta(hours=1)
LATER = NOW + HOUR


@pytest.fixture
def event():
    return make_event(slug="rencontre", title="Rencontre régionale")


@pytest.fixture
def today():
    with time_machine.travel(datetime(2026, 12, 1, 12, tzinfo=UTC), tick=False):
        yield


def agenda_url(registration):
    return f"/mon-inscription/{tokens.reveal(Registration.PURPOSE, registration.nonce)}/agenda.ics"


def feed_url(registration):
    return f"/agenda/{tokens.reveal(Registration.FEED_PURPOSE, registration.feed_nonce)}/rencontre.ics"


def book(registration, session, **facts):
    times = {"created_at": NOW, "confirmed_at": NOW}
    return save(Booking(event_id=session.event_id, registration=registration, session=session, **times | facts))


def titles(response):
    assert response.status_code == 200
    assert faults(response.data) == []
    return [line.removeprefix("SUMMARY:") for line in lines(response.data) if line.startswith("SUMMARY:")]


def test_an_event_and_a_session_are_files_of_one_entry(client, event):
    make_session(event, slug="atelier", title="Atelier")

    whole, one = (
        client.get("/evenements/rencontre/evenement.ics"),
        client.get("/evenements/rencontre/sessions/atelier.ics"),
    )

    assert (titles(whole), titles(one)) == (["Rencontre régionale"], ["Atelier"])
    assert whole.headers.getlist("Content-Type") == ["text/calendar; charset=utf-8"]
    assert (
        whole.headers["Content-Disposition"] == "attachment; filename=\"rencontre.ics\"; filename*=UTF-8''rencontre.ics"
    )
    assert "X-WR-CALNAME" not in names(whole.data)


def test_the_feed_of_an_event_holds_all_its_sessions_and_what_was_cancelled(client, event, today):
    make_session(event, title="Ouverture")
    make_session(event, title="Visite", cancelled_at=NOW, starts_at=STARTS + HOUR)

    response = client.get("/evenements/rencontre/calendrier.ics")

    assert titles(response) == ["Ouverture", "Annulé\u00a0: Visite"]
    assert "Content-Disposition" not in response.headers
    assert {"NAME:Rencontre régionale", "X-PUBLISHED-TTL:PT1H"} <= set(lines(response.data))


def test_without_session_the_feed_holds_the_event(client, event, today):
    assert titles(client.get("/evenements/rencontre/calendrier.ics")) == ["Rencontre régionale"]


@pytest.mark.both_databases
def test_all_events_and_those_of_a_region(client, event, today):
    make_event(make_organisation(region_code="02"), title="En Martinique", timezone="America/Martinique")
    make_event(published_at=None)
    make_event(title="Empêchée", cancelled_at=NOW, starts_at=STARTS + HOUR)

    assert sorted(titles(client.get("/calendrier.ics"))) == [
        "Annulé\u00a0: Empêchée",
        "En Martinique",
        "Rencontre régionale",
    ]
    assert titles(client.get("/regions/martinique/calendrier.ics")) == ["En Martinique"]


def test_a_region_without_event_has_its_zone_alone(client, today):
    response = client.get("/regions/la-reunion/calendrier.ics")

    assert titles(response) == []
    assert names(response.data).count("TZID") == 1


@pytest.mark.both_databases
def test_a_person_has_what_is_open_to_all_and_what_they_booked(client, event, today):
    make_session(event, title="Plénière")
    facts = {"booking": BookingMode.REQUIRED, "starts_at": STARTS + 5 * HOUR}
    mine, wanted, given_up = (make_session(event, title=title, **facts) for title in ("A", "B", "C"))
    make_session(event, title="D", **facts)
    registration = make_registration(event)
    book(registration, mine)
    book(registration, wanted, confirmed_at=None)
    book(registration, given_up, released_at=NOW)

    agenda, feed = client.get(agenda_url(registration)), client.get(feed_url(registration))

    assert (titles(agenda), titles(feed)) == (["Plénière", "A"], ["Plénière", "A"])
    assert agenda.headers["Content-Disposition"].startswith('attachment; filename="mon-agenda-rencontre.ics"')
    assert "Content-Disposition" not in feed.headers
    assert ("REFRESH-INTERVAL" in names(feed.data), "REFRESH-INTERVAL" in names(agenda.data)) == (True, False)


def test_a_cancelled_session_stays_in_the_feed_of_who_booked_it_and_leaves_the_file(client, event, today):
    make_session(event, title="Plénière")
    session = make_session(event, title="Atelier", booking=BookingMode.REQUIRED, starts_at=STARTS + HOUR)
    registration, other = make_registration(event), make_registration(event)
    book(registration, session)

    editing.cancel_session(session, now=LATER, by=None)
    session_changes.release_session(session, now=LATER, by="organiser")

    assert titles(client.get(feed_url(registration))) == ["Plénière", "Annulé\u00a0: Atelier"]
    assert titles(client.get(agenda_url(registration))) == ["Plénière"]
    assert titles(client.get(feed_url(other))) == ["Plénière"]


def test_what_is_cancelled_leaves_once_its_day_has_passed(client, event):
    make_session(event, cancelled_at=NOW)
    registration = make_registration(event)
    with time_machine.travel(datetime(2027, 1, 14, 22, 59, tzinfo=UTC), tick=False):
        before = client.get(feed_url(registration))
    with time_machine.travel(datetime(2027, 1, 14, 23, 0, tzinfo=UTC), tick=False):
        after = client.get(feed_url(registration))

    assert (len(titles(before)), titles(after)) == (1, [])
    assert before.get_etag() != after.get_etag()


@pytest.mark.parametrize(("by", "kept"), [("organiser", ["Annulé\u00a0: Plénière"]), ("person", [])])
def test_who_was_taken_off_the_list_sees_it_cancelled_who_gave_up_sees_nothing(client, event, today, by, kept):
    make_session(event, title="Plénière")
    registration = make_registration(event)

    changes.cancel(registration, now=LATER, by=by)

    assert titles(client.get(feed_url(registration))) == kept
    assert titles(client.get(agenda_url(registration))) == ([] if by == "person" else ["Plénière"])


def test_after_the_whole_event_was_cancelled_its_sessions_are_too(client, event, today):
    make_session(event, title="Plénière")
    registration = make_registration(event)
    sequence = _sequence(client.get(feed_url(registration)))

    lifecycle.cancel(event, reason="Neige", now=LATER, by=None)

    response = client.get(feed_url(registration))
    assert titles(response) == ["Annulé\u00a0: Plénière"]
    assert _sequence(response) > sequence


@pytest.mark.parametrize("facts", [{"status": Status.WAITING}, {"event": {"published_at": None}}])
def test_without_a_place_or_a_published_event_the_zone_is_left_alone(client, event, today, facts):
    make_session(event)
    for name, value in facts.pop("event", {}).items():
        setattr(event, name, value)
    registration = make_registration(event, **facts)

    response = client.get(feed_url(registration))

    assert titles(response) == []
    assert names(response.data).count("TZID") == 1


def test_no_secret_and_no_one_else_is_in_any_entry(client, event, today):
    make_session(event, make_speaker(event), room=make_room(event))
    registration, other = make_registration(event), make_registration(event)

    content = client.get(feed_url(registration)).text + client.get(agenda_url(registration)).text

    secrets = [agenda_url(registration).split("/")[2], feed_url(registration).split("/")[2], registration.email]
    assert [
        secret for secret in (*secrets, registration.last_name, other.last_name, other.email) if secret in content
    ] == []
    assert not {"METHOD", "ORGANIZER", "ATTENDEE", "BEGIN:VALARM"} & {
        *names(content.encode()[:9000]),
        *content.split("\r\n"),
    }


PUBLIC = [
    "/evenements/rencontre/evenement.ics",
    "/evenements/rencontre/calendrier.ics",
    "/evenements/rencontre/sessions/s.ics",
    "/calendrier.ics",
    "/regions/hauts-de-france/calendrier.ics",
]


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("kept", ["kept_pages", "app"])
def test_public_addresses_answer_as_calendars_need(client, event, path, kept, request):
    request.getfixturevalue(kept)
    make_session(event, slug="s")

    response = client.get(path, headers={"Accept-Encoding": "gzip", "Accept": "text/html"})

    assert_headers(client, path, response)
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert {"Vary", "Set-Cookie", "Content-Encoding"}.isdisjoint(response.headers.keys())


@pytest.mark.parametrize("url", [agenda_url, feed_url])
def test_personal_addresses_answer_as_calendars_need(client, event, url):
    make_session(event)
    path = url(make_registration(event))

    response = client.get(path, headers={"Accept-Encoding": "gzip"})

    assert_headers(client, path, response)
    assert response.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert {"Set-Cookie", "Content-Encoding"}.isdisjoint(response.headers.keys())


def assert_headers(client, path, response):
    """One type, a strong ETag that gives 304, HEAD like GET, nothing else."""
    etag, weak = response.get_etag()
    again = client.get(path, headers={"If-None-Match": f'"{etag}"'})
    head = client.head(path)
    assert response.headers.getlist("Content-Type") == ["text/calendar; charset=utf-8"]
    assert (weak, again.status_code, again.data, again.get_etag()) == (False, 304, b"", (etag, False))
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(response.data)))
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    refused = [getattr(client, verb)(path).status_code for verb in ("post", "put", "delete", "patch", "options")]
    assert refused == [405] * 5


@pytest.mark.parametrize(
    "path",
    [
        "/evenements/brouillon/evenement.ics",
        "/evenements/brouillon/calendrier.ics",
        "/evenements/brouillon/sessions/s.ics",
        "/evenements/rencontre/sessions/s.ics",
        "/evenements/inconnu/evenement.ics",
        "/regions/inconnue/calendrier.ics",
        "/mon-inscription/inconnu/agenda.ics",
        "/agenda/inconnu/rencontre.ics",
    ],
)
@pytest.mark.parametrize("kept", ["kept_pages", "app"])
def test_what_does_not_exist_or_is_not_published_is_not_found(client, event, path, kept, request):
    request.getfixturevalue(kept)
    make_session(make_event(slug="brouillon", published_at=None), slug="s")

    assert client.get(path).status_code == 404


def test_a_renewed_feed_address_ends_the_old_one_and_a_personal_link_opens_no_feed(client, event):
    registration = make_registration(event)
    old = feed_url(registration)
    personal = agenda_url(registration).split("/")[2]
    issued = tokens.issue(Registration.FEED_PURPOSE)
    registration.feed_nonce, registration.feed_digest = issued.nonce, issued.digest

    assert [client.get(path).status_code for path in (old, f"/agenda/{personal}/x.ics", feed_url(registration))] == [
        404,
        404,
        200,
    ]


def test_a_valid_address_is_never_limited(client, event, limits):
    make_session(event)
    path = feed_url(make_registration(event))

    assert {client.get(path).status_code for _ in range(320)} == {200}


def test_a_change_gives_another_version(client, event):
    session = make_session(event)
    path = feed_url(make_registration(event))
    before = client.get(path)

    editing.edit_session(session, {"title": "Autrement"}, now=LATER, by=None)

    after = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert titles(after) == ["Autrement"]


def test_while_the_database_is_away_public_feeds_keep_their_last_copy_and_personal_ones_ask_to_wait(
    client, event, kept_pages, monkeypatch
):
    make_session(event, title="Plénière")
    personal = feed_url(make_registration(event))
    known = client.get("/evenements/rencontre/calendrier.ics")

    monkeypatch.setattr(db.session, "scalar", _away)

    assert client.get("/evenements/rencontre/calendrier.ics").data == known.data
    response = client.get(personal)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


def _away(*_arguments, **_options):
    raise OperationalError("SELECT", {}, Exception("away"))


def _sequence(response):
    return max(int(line.split(":")[1]) for line in lines(response.data) if line.startswith("SEQUENCE:"))
