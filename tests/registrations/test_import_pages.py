"""The file of registrations as its organisers apply or give up it: a second press hears what the first one did."""

import pytest

from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.registrations.desk.models import RegistrationImport
from eventapp.registrations.models import Registration
from eventapp.spreadsheets.reading import Table
from tests.factories import make_event, make_user
from tests.pages import PageClient, parse, words
from tests.registrations.test_public_pages import coming

HEADER = ["Prénom", "Nom", "Adresse électronique"]


@pytest.fixture
def event(client: PageClient) -> Event:
    event = coming()
    client.sign_in(make_user(event.organisation))
    return event


def draft_of(event: Event, *people: str) -> str:
    rows = [(line, [name, "Roy", f"{name.lower()}@agents.example"]) for line, name in enumerate(people, 2)]
    table = Table(header=HEADER, rows=rows)
    draft = RegistrationImport.keep(event.id, table, "liste.csv", now=utcnow(), by_id=make_user().id)
    db.session.flush()
    return f"/gestion/evenements/{event.slug}/inscriptions/import/{draft.id}"


def press(client: PageClient, path: str) -> tuple[int, str]:
    response = client.post(path, data={"tell": "y"}, follow_redirects=True)
    return response.status_code, words(parse(response).main)


@pytest.mark.both_databases
def test_applying_twice_says_twice_what_was_done(client: PageClient, event: Event) -> None:
    event.waiting_list = False
    event.capacity = 1
    path = draft_of(event, "Zoe", "Max")
    first, second = (press(client, f"{path}/application") for _ in range(2))
    assert first == second
    assert first[0] == 200
    assert "1 place confirmée." in first[1]
    assert db.session.scalar(db.select(db.func.count(Registration.id))) == 1
    assert db.session.scalar(db.select(db.func.count(Entry.id)).where(Entry.act == "registrations.imported")) == 1


def test_whichever_button_is_pressed_second_says_what_the_first_one_did(client: PageClient, event: Event) -> None:
    path = draft_of(event, "Zoe")
    said = [press(client, f"{path}/{act}") for act in ("abandon", "abandon", "application")]
    assert said[0] == said[1] == said[2]
    assert "L’import est abandonné : personne n’a été inscrit." in said[0][1]
    path = draft_of(event, "Max", "Ana")
    said = [press(client, f"{path}/{act}") for act in ("application", "abandon")]
    assert said[0] == said[1]
    assert "2 places confirmées." in said[0][1]


def test_what_never_was_or_is_elsewhere_is_not_found(client: PageClient, event: Event) -> None:
    elsewhere = draft_of(make_event(), "Zoe").rpartition("/")[2]
    for number in (elsewhere, "999", str(2**63)):
        path = f"/gestion/evenements/{event.slug}/inscriptions/import/{number}"
        assert [client.post(f"{path}/{act}").status_code for act in ("application", "abandon")] == [404, 404]
