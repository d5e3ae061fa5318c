"""A file is sent, read, and taken over or left, from the pages."""

from datetime import timedelta

import pytest

from eventapp.agenda.models import Session
from eventapp.exchange.models import AgendaImport
from eventapp.extensions import db
from tests.exchange.test_agenda_import import EXPORTS, calendar_of, entry
from tests.factories import make_event, make_session, make_user
from tests.pages import parse, words


@pytest.fixture
def event(client):
    event = make_event(slug="juin")
    make_session(event, title="Ancienne")
    client.sign_in(make_user(event.organisation))
    return event


@pytest.fixture
def upload(client, event):
    def send(content, name="programme.ics"):
        content = content.encode() if isinstance(content, str) else content
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"'.encode()
        body = b"--b\r\n" + head + b"\r\n\r\n" + content + b"\r\n--b--\r\n"
        path = "/gestion/evenements/juin/programme/import"
        return client.post(path, data=body, content_type="multipart/form-data; boundary=b")

    return send


@pytest.mark.both_databases
def test_a_real_export_goes_into_the_draft_of_a_shown_event(client, event, upload):
    response = upload((EXPORTS / "pretalx-2026.2-schedule.json").read_bytes(), "schedule.json")
    page = words(client.page(response.location).main)
    for said in ("40 sessions trouvées", "Ancienne", "4 salles nouvelles", "En dehors des heures", "Speaker Number 0"):
        assert said in page, said
    assert event.draft is None
    done = client.post(f"{response.location}/reprise", data={"way": "replace"})
    assert done.location == "/gestion/evenements/juin/brouillon"
    assert len(event.draft["sessions"]) == 40
    (taken,) = db.session.scalars(db.select(AgendaImport))
    assert (taken.file, taken.warnings) == ({}, [])
    assert client.get(response.location).location == done.location
    again = upload((EXPORTS / "pretalx-2026.2-schedule.json").read_bytes(), "schedule.json")
    assert "Inchangées 40" in words(client.page(again.location).main)


def test_leaving_forgets_what_was_read(client, event, upload):
    response = upload(calendar_of(entry()))
    assert client.post(f"{response.location}/abandon").location == "/gestion/evenements/juin/programme"
    assert db.session.scalars(db.select(AgendaImport)).all() == []
    assert event.draft is None


def test_a_decision_is_needed(client, event, upload):
    response = upload(calendar_of(entry()))
    refused = client.post(f"{response.location}/reprise", data={"way": "both"})
    assert refused.status_code == 422
    assert words(parse(refused).find(id="erreurs"))


def test_what_is_not_shown_yet_changes_at_once(client, event, upload):
    event.published_at = None
    response = upload(calendar_of(entry(title="Nouvelle")))
    client.post(f"{response.location}/reprise", data={"way": "add"})
    assert [session.title for session in db.session.scalars(Session.of(event))] == ["Ancienne", "Nouvelle"]
    assert event.draft is None


def test_faults_of_an_event_file_are_listed_with_their_place(client, upload):
    response = upload('{"sessions": [{"title": 4}]}', "programme.json")
    assert response.status_code == 422
    assert "sessions[0].title" in words(parse(response).main)


def test_a_second_file_of_the_same_person_replaces_the_first(client, event, upload):
    for title in ("Une", "Deux"):
        upload(calendar_of(entry(title=title)))
    (kept,) = db.session.scalars(db.select(AgendaImport))
    assert [session["title"] for session in kept.file["sessions"]] == ["Deux"]


def test_the_preview_follows_what_a_colleague_changed(client, event, upload):
    """Read at nine, decided at ten: what is compared is the programme of ten."""
    response = upload(calendar_of(entry(title="Nouvelle")))
    make_session(event, title="Nouvelle", slug="nouvelle", starts_at=event.starts_at + timedelta(hours=1))
    assert "Inchangées 1" in words(client.page(response.location).main)


def test_a_second_press_of_the_button_finds_what_the_first_one_did(client, event, upload):
    response = upload(calendar_of(entry(title="Nouvelle")))
    first, draft = client.post(f"{response.location}/reprise", data={"way": "add"}), event.draft
    assert client.post(f"{response.location}/reprise", data={"way": "add"}).location == first.location
    assert event.draft == draft
    assert "n’ont pas été repris" not in words(client.page("/gestion/evenements/juin/programme/import").main)


def test_an_old_address_never_shows_another_file(client, event, upload):
    """SQLite gives the id of a row that was deleted to the next one."""
    old = upload(calendar_of(entry(title="Une"))).location
    client.post(f"{old}/abandon")
    new = upload(calendar_of(entry(title="Deux"))).location
    assert new != old
    assert client.get(old).status_code == 404
    assert len(new.rpartition("/")[2]) == 32
