"""The desk, asked for over HTTP."""

from datetime import timedelta

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.network.models import Structure
from eventapp.registrations.models import Status
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_guest,
    make_invitation,
    make_person,
    make_registration,
    make_session,
    make_user,
    save,
)  # fmt: skip
from tests.pages import PageClient, words


@pytest.fixture
def event(client: PageClient) -> Event:
    soon = utcnow() + timedelta(days=40)
    event = make_event(starts_at=soon, ends_at=soon + timedelta(hours=8), capacity=3)
    client.sign_in(make_user(event.organisation))
    return event


def desk(event: Event) -> str:
    return f"/gestion/evenements/{event.slug}/"


def filled(event: Event) -> None:
    laon = save(Structure(id_fs="1", name="France services de Laon", departement_code="02", updated_at=NOW))
    agents = make_category(event, name="Agents", capacity=2)
    person = make_person(last_name="Érard", structure=laon, category=agents)
    make_invitation(make_guest(event, person), reply="accepted", replied_at=NOW)
    make_guest(event)
    make_registration(event, person)
    make_registration(event, status=Status.WAITING)
    make_session(event, title="Atelier", booking=BookingMode.OPTIONAL, capacity=12)


def test_every_figure_opens_the_list_it_counts(client: PageClient, event: Event) -> None:
    filled(event)

    page = client.page(desk(event))

    figures = {words(row.dt): row.dd for row in page.select(".figures > div")}
    assert {name: words(value) for name, value in figures.items()} == {
        "Sur la liste": "2", "Ont accepté": "1", "Ont décliné": "0", "N’ont pas répondu": "0", "Inscrits": "1",
        "En attente d’une place": "1", "En attente d’une session": "0", "Annulations": "0",
        "Structures représentées": "1",
    }  # fmt: skip
    for link in page.select(".figures a, .bars a, .todo a, .next-steps a, tbody a"):
        assert client.get(link["href"].split("#")[0] or desk(event)).status_code == 200, link


def test_the_first_thing_to_do_comes_first(client: PageClient, event: Event) -> None:
    filled(event)

    page = client.page(desk(event))

    assert words(page.select_one(".todo")) == "À faire maintenant : 1 invité attend son invitation. Choisir qui inviter"


def test_the_plot_is_read_aloud_and_has_its_table(client: PageClient, event: Event) -> None:
    filled(event)

    page = client.page(desk(event))

    plot = page.select_one("svg.plot")
    assert plot["role"] == "img"
    assert plot["aria-label"].startswith("Courbe. 2 inscriptions au ")
    assert "lundi 2 novembre 2026" in words(page.select_one("details table"))


def test_an_empty_draft_says_what_to_do(client: PageClient, event: Event) -> None:
    event.published_at = None

    page = client.page(desk(event))

    assert "le programme est encore vide. Composer le programme" in words(page.select_one(".todo"))
    assert page.select(".figures, svg.plot") == []


@pytest.mark.parametrize("published", [False, True])
def test_only_a_draft_can_be_published(client: PageClient, event: Event, published: bool) -> None:
    event.published_at = NOW if published else None
    for _ in range(2):  # without a programme, then with one
        buttons = [words(link) for link in client.page(desk(event)).select(".page-head .fr-btn, .todo .fr-btn")]
        assert buttons.count("Publier") == (0 if published else 1)
        make_session(event)


def test_the_report_is_written_once_the_event_has_begun(client: PageClient, event: Event) -> None:
    assert "Écrire le compte rendu" not in words(client.page(desk(event)).main)
    event.starts_at = utcnow() - timedelta(hours=1)

    assert "Écrire le compte rendu" in words(client.page(desk(event)).main)


def test_what_undoes_stands_apart(client: PageClient, event: Event) -> None:
    page = client.page(desk(event))

    apart = [words(link) for link in page.select(".acts--danger a")]
    assert apart == ["Retirer de la publication", "Annuler l’événement"]


def test_a_past_event_shows_its_figures_and_its_report(client: PageClient) -> None:
    ended = utcnow() - timedelta(days=8)
    event = make_event(starts_at=ended - timedelta(hours=8), ends_at=ended, report="Une **belle** journée.")
    client.sign_in(make_user(event.organisation))
    make_registration(event, at=ended - timedelta(days=20))

    page = client.page(desk(event))

    assert "Une belle journée." in words(page.main)
    assert "Inscrits 1" in words(page.select_one(".figures"))


def test_hostile_names_stay_text(client: PageClient, event: Event) -> None:
    make_registration(event, make_person(last_name="<script>alert(1)</script>", organisation='"><b>x'))

    page = client.page(desk(event))

    assert page.main.find(["script", "b"]) is None


def test_a_stranger_finds_nothing(client: PageClient, event: Event) -> None:
    assert client.get(desk(make_event())).status_code == 404
    assert client.get(desk(event) + "%00").status_code == 404


def test_the_desk_asks_to_sign_in(client: PageClient) -> None:
    response = client.get(desk(make_event()))

    assert response.status_code == 302
    assert "/connexion" in response.location
