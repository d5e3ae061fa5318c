"""Sign-in sheets over HTTP."""

import csv
import io

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.events.models import Event
from eventapp.registrations.models import Booking
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_person,
    make_registration,
    make_session,
    make_user,
    save,
)
from tests.pages import PageClient, words

MORNING = "2027-01-14/matin"


@pytest.fixture
def event(client: PageClient) -> Event:
    event = make_event()
    client.sign_in(make_user(event.organisation))
    return event


def sheets(event: Event) -> str:
    return f"/gestion/evenements/{event.slug}/emargement"


def test_the_page_leads_to_each_half_day_and_session(client: PageClient, event: Event) -> None:
    make_registration(event)
    make_session(event, title="Atelier", booking=BookingMode.OPTIONAL)
    make_session(event, title="Après", starts_at=event.starts_at.replace(hour=14))

    page = client.page(f"{sheets(event)}?lignes=4")

    links = page.select("tbody th a")
    assert [words(a) for a in links] == [
        "jeudi 14 janvier 2027, matin",
        "jeudi 14 janvier 2027, après-midi",
        "Atelier",
    ]
    for link in [*links, *page.select("tbody td a")]:
        assert client.get(link["href"]).status_code == 200
        assert "lignes=4" in link["href"]


def test_the_sheet_shows_names_and_nothing_else(client: PageClient, event: Event) -> None:
    person = make_person(last_name="Érard", email="secret@agents.example", phone="+33323975390", organisation="Mairie")
    make_registration(event, person)

    page = client.page(f"{sheets(event)}/{MORNING}?lignes=1")

    assert [words(row) for row in page.select(".sheet tbody tr")] == ["1 ÉRARD Camille Mairie", "2"]
    assert [words(head) for head in page.select("thead tr:last-child th")] == [
        "N°", "NOM", "Prénom", "Organisme", "Signature",
    ]  # fmt: skip
    assert "secret" not in str(page)
    assert "97 53 90" not in words(page)


def test_each_category_has_its_sheet(client: PageClient, event: Event) -> None:
    for name in ("Agents", "Partenaires"):
        make_registration(event, make_person(category=make_category(event, name=name)))

    page = client.page(f"{sheets(event)}/{MORNING}?ordre=categorie")

    titles = [words(title).split(" Rencontre")[0] for title in page.select(".sheet__title")]
    assert titles == ["jeudi 14 janvier 2027, matin – Agents", "jeudi 14 janvier 2027, matin – Partenaires"]


def test_a_session_has_its_sheet_and_its_file(client: PageClient, event: Event) -> None:
    session = make_session(event, title="Atelier", booking=BookingMode.OPTIONAL)
    held = make_registration(event, make_person(last_name="Tient"))
    save(Booking(event_id=event.id, registration=held, session=session, created_at=NOW, confirmed_at=NOW))
    make_registration(event, make_person(last_name="Autre"))

    address = f"{sheets(event)}/sessions/{session.slug}"

    assert [words(cell) for cell in client.page(address).select("tbody th")] == ["TIENT"]
    rows = list(csv.reader(io.StringIO(client.get(f"{address}/liste.csv").text.removeprefix("\ufeff")), delimiter=";"))
    assert rows == [["Feuille", "N°", "NOM", "Prénom", "Organisme", "Signature"], ["", "1", "TIENT", "Camille", "", ""]]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_the_sheet_is_a_spreadsheet_too(client: PageClient, event: Event, kind: str) -> None:
    make_registration(event)

    response = client.get(f"{sheets(event)}/{MORNING}/liste.{kind}")

    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith("attachment; ")


def test_an_event_without_anybody_prints_empty_lines(client: PageClient, event: Event) -> None:
    event.published_at = None

    assert "Personne n’est encore inscrit" in words(client.page(sheets(event)).main)
    assert len(client.page(f"{sheets(event)}/{MORNING}").select(".sheet tbody tr")) == 10


@pytest.mark.parametrize(
    "rest",
    ["", f"/{MORNING}", f"/{MORNING}/liste.csv", "/sessions/x", "/sessions/x/liste.csv"],
)
def test_a_stranger_finds_nothing(client: PageClient, event: Event, rest: str) -> None:
    other = make_event()
    make_session(other, slug="x", booking=BookingMode.OPTIONAL)
    client.sign_in(make_user(event.organisation))

    assert client.get(sheets(other) + rest).status_code == 404


@pytest.mark.parametrize(
    "rest", ["/2027-01-15/matin", "/2027-01-14/soir", "/sessions/inconnue", f"/{MORNING}/liste.pdf", "/%00/%00"]
)
def test_what_does_not_exist_is_not_found(client: PageClient, event: Event, rest: str) -> None:
    assert client.get(sheets(event) + rest).status_code == 404
