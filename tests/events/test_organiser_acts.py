"""Publish, withdraw, cancel, move, duplicate, categories, report, file, draft: through their pages."""

import io
import json
from datetime import date

import pytest

from eventapp.agenda.models import Session
from eventapp.events.local_times import to_iso
from eventapp.events.models import Event, Status
from eventapp.exchange import applying, reading
from eventapp.extensions import db
from eventapp.registrations.models import Status as Registered
from tests.exchange.files import WHOLE
from tests.factories import NOW, make_category, make_event, make_person, make_registration, make_session, make_user
from tests.pages import parse, words


@pytest.fixture
def event(client):
    """A published event whose organiser is signed in."""
    event = make_event()
    client.sign_in(make_user(event.organisation))
    return event


def address(event, path):
    return f"/gestion/evenements/{event.slug}/{path}"


def said(client, event):
    return words(client.page(address(event, "modification")).main)


def move_form(**changes):
    return {
        "starts_date": "2027-01-21", "starts_time": "09:00", "ends_date": "2027-01-21", "ends_time": "17:00",
        "venue_name": "Préfecture de région", "venue_postcode": "59000", "venue_city": "Lille", "with_sessions": "y",
    } | changes  # fmt: skip


def test_publishing_puts_the_page_on_line(client, event):
    event.published_at = None
    response = client.post(address(event, "publication"))
    assert (response.status_code, response.location) == (303, address(event, ""))
    assert client.get(f"/evenements/{event.slug}/").status_code == 200
    assert "L’événement est publié" in words(client.page(response.location).main)


def test_before_publishing_what_to_check_is_said_again(client, event):
    event.published_at = None
    assert "À vérifier" not in words(client.page(address(event, "publication")).main)
    make_session(event, title="Aube", starts_at=event.starts_at.replace(hour=3), ends_at=event.starts_at)
    text = words(client.page(address(event, "publication")).main)
    assert "À vérifier : 1 point « Aube » sort des horaires de l’événement" in text


def test_publishing_twice_says_so(client, event):
    client.post(address(event, "publication"))
    assert "Cet événement est déjà publié." in said(client, event)


def test_withdrawing_says_first_who_will_not_be_told(client, event, outbox):
    make_registration(event)
    assert "1 personne est inscrite : elle garde sa place" in words(client.page(address(event, "retrait")).main)
    client.post(address(event, "retrait"))
    assert (client.get(f"/evenements/{event.slug}/").status_code, outbox()) == (404, [])


def test_cancelling_says_first_how_many_then_tells_each_once(client, event, outbox):
    people = [make_registration(event) for _ in range(3)]
    make_registration(event, status=Registered.CANCELLED)
    page = client.page(address(event, "annulation"))
    assert "3 personnes inscrites recevront chacune un courriel" in words(page.main)
    client.post(address(event, "annulation"), data={"reason": "Neige"})
    assert sorted(m.to for m in outbox()) == sorted(p.email for p in people)
    assert {m.letter for m in outbox()} == {"registrations/event_cancelled"}
    assert event.status is Status.CANCELLED


def test_cancelling_needs_a_reason(client, event):
    response = client.post(address(event, "annulation"), data={"reason": " "})
    assert (response.status_code, event.cancelled_at) == (422, None)


def test_moving_tells_each_once_and_takes_the_programme_along(client, event, outbox):
    person = make_registration(event)
    make_session(event, starts_at=event.starts_at, ends_at=event.ends_at)
    assert client.post(address(event, "deplacement"), data=move_form()).status_code == 303
    assert [(m.to, m.letter, m.calendar_method) for m in outbox()] == [
        (person.email, "registrations/event_moved", "REQUEST")
    ]
    session = db.session.scalars(Session.of(event)).one()
    assert to_iso(session.starts_at, event.timezone) == "2027-01-21T09:00"


def test_moving_can_leave_the_programme(client, event):
    session = make_session(event)
    before = session.starts_at
    data = move_form()
    del data["with_sessions"]
    client.post(address(event, "deplacement"), data=data)
    assert session.starts_at == before


def test_another_place_is_a_move_too(client, event, outbox):
    make_registration(event)
    client.post(address(event, "deplacement"), data=move_form(
        starts_date="2027-01-14", ends_date="2027-01-14", venue_city="Amiens"))  # fmt: skip
    assert (event.venue.city, len(outbox())) == ("Amiens", 1)


def test_moving_nowhere_tells_nobody(client, event, outbox):
    make_registration(event)
    response = client.post(
        address(event, "deplacement"), data=move_form(starts_date="2027-01-14", ends_date="2027-01-14")
    )
    assert (response.status_code, outbox()) == (422, [])
    assert "Ni la date ni le lieu ne changent." in words(parse(response).select_one("#erreurs"))


def test_a_move_into_the_gap_of_a_session_changes_nothing(client, event, outbox):
    make_registration(event)
    start = reading.read(WHOLE | {"starts_at": "2027-01-14T02:30"}).starts_at
    make_session(event, title="Nuit", starts_at=start, ends_at=event.starts_at)
    response = client.post(
        address(event, "deplacement"), data=move_form(starts_date="2027-03-28", ends_date="2027-03-28")
    )
    assert (response.status_code, outbox(), event.revision) == (422, [], 1)
    assert "Session « Nuit »" in words(parse(response).select_one("#erreurs"))


def test_a_copy_is_made_at_another_date(client, event):
    make_session(event, title="Plénière", starts_at=event.starts_at, ends_at=event.ends_at)
    response = client.post(
        address(event, "copie"), data={"title": "Troisièmes", "starts_on": "2027-07-01", "agenda": "y"}
    )
    assert response.location == "/gestion/evenements/troisiemes/modification"
    copy = db.session.scalars(db.select(Event).where(Event.slug == "troisiemes")).one()
    assert (copy.local_start.date(), copy.status) == (date(2027, 7, 1), Status.DRAFT)
    assert [s.title for s in db.session.scalars(Session.of(copy))] == ["Plénière"]


def test_categories_are_added_edited_ordered_and_removed(client, event):
    for name in ("Agents", "Élus"):
        client.post(address(event, "categories"), data={"name": name, "capacity": "10"})
    client.post(address(event, "categories/elus/montee"))
    client.post(address(event, "categories/agents/modification"), data={"name": "Agents et conseillers"})
    assert [(c.name, c.capacity) for c in event.categories] == [("Élus", 10), ("Agents et conseillers", None)]
    client.post(address(event, "categories/elus/suppression"))
    assert [c.name for c in event.categories] == ["Agents et conseillers"]


def test_a_category_in_use_cannot_be_removed(client, event):
    category = make_category(event, slug="agents")
    make_registration(event, make_person(category=category))
    client.post(address(event, "categories/agents/suppression"))
    assert "ne peut pas être supprimée" in words(client.page(address(event, "categories")).main)
    assert event.categories == [category]


def test_an_unknown_category_is_not_found(client, event):
    assert client.post(address(event, "categories/inconnue/suppression")).status_code == 404


def test_a_report_is_previewed_then_written(client, event):
    preview = client.post(address(event, "compte-rendu/apercu"), data={"report": "## Bilan", "revision": "1"})
    assert (words(parse(preview).select_one(".preview h3")), event.report) == ("Bilan", "")
    client.post(address(event, "compte-rendu"), data={"report": "## Bilan", "revision": "1"})
    assert event.report == "## Bilan"


def test_a_report_written_meanwhile_is_not_overwritten(client, event):
    client.post(address(event, "compte-rendu"), data={"report": "Un", "revision": "1"})
    response = client.post(address(event, "compte-rendu"), data={"report": "Deux", "revision": "1"})
    assert (response.status_code, event.report) == (409, "Un")
    assert "Deux" in parse(response).select_one("textarea").text


def upload(client, content, name="event.json"):
    data = {"file": (io.BytesIO(content), name)}
    return client.post("/gestion/evenements/fichier", data=data, content_type="multipart/form-data")


def file_of(event, **changes):
    organisation = {"slug": event.organisation.slug, "name": "x"}
    return json.dumps(WHOLE | {"organisation": organisation} | changes).encode()


def test_a_file_makes_a_draft_of_my_organisation(client, event):
    response = upload(client, file_of(event))
    assert response.location == "/gestion/evenements/rencontres-2027/modification"


def test_a_file_of_another_organisation_is_refused(client, event):
    response = upload(client, json.dumps(WHOLE).encode())
    assert response.status_code == 422
    assert "organisation.slug" in words(parse(response).main)


def test_faults_of_a_file_are_listed_in_french(client, event):
    response = upload(client, file_of(event, ends_at="2027-01-14T08:00"))
    assert "ends_at vient avant le début" in words(parse(response).select_one("tbody"))


@pytest.mark.parametrize("content", [b"", b"{", b"PK\x03\x04", b"[" * 100_000])
def test_a_file_of_another_kind_is_refused(client, event, content):
    assert upload(client, content).status_code == 422


def test_the_file_of_an_event_is_downloaded(client, event):
    response = client.get(address(event, "fichier.json"))
    assert json.loads(response.data)["slug"] == event.slug
    assert response.headers["Content-Disposition"].startswith("attachment")


@pytest.fixture
def drafted(client):
    """A released event beside which a changed file waits."""
    now = {"update": True, "now": NOW}
    event = applying.import_file(reading.read(WHOLE), publish=True, **now).event
    sessions = [WHOLE["sessions"][0]]
    changed = WHOLE | {"title": "Autre titre", "sessions": sessions, "choice_required": []}
    applying.import_file(reading.read(changed), publish=False, **now)
    client.sign_in(make_user(event.organisation))
    return event


def test_a_waiting_draft_is_announced_and_told_in_words(client, drafted):
    assert "un brouillon attend" in said(client, drafted)
    page = words(client.page(address(drafted, "brouillon")).main)
    assert "Titre : Rencontres 2027 → Autre titre" in page
    assert "Session annulée : Table ronde, jeudi 14 janvier 2027, 14 h – 15 h 30" in page


def test_a_draft_is_published(client, drafted):
    client.post(address(drafted, "brouillon/publication"), data={"whom": "concerned"})
    assert (drafted.title, drafted.draft) == ("Autre titre", None)


def test_a_draft_is_abandoned(client, drafted):
    client.post(address(drafted, "brouillon/abandon"))
    assert (drafted.title, drafted.draft) == ("Rencontres 2027", None)
    assert client.get(address(drafted, "brouillon")).status_code == 404


def test_a_withdrawn_event_that_people_await_is_moved_not_edited(client, event, outbox):
    make_registration(event)
    event.published_at = None
    page = client.page(address(event, "modification"))
    assert page.select_one("#starts_date") is None
    client.post(address(event, "deplacement"), data=move_form())
    assert len(outbox()) == 1


def test_without_its_token_nothing_happens(csrf_client):
    event = make_event()
    csrf_client.sign_in(make_user(event.organisation))
    for path in ("retrait", "annulation", "deplacement", "categories", "compte-rendu", "brouillon/abandon"):
        assert csrf_client.post(address(event, path), data={"reason": "x", "name": "x"}).status_code in (400, 422)
    assert (event.revision, event.cancelled_at) == (1, None)
