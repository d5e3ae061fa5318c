"""The form of a group and its page: lines, faults, both rules, the same submission again."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from eventapp.events.models import Audience, Event
from eventapp.extensions import db
from eventapp.outbox.models import Message
from eventapp.registrations import links
from eventapp.registrations.groups.models import Party
from eventapp.registrations.models import Registration, Status
from tests.factories import NOW, make_category, make_event, make_party, make_person, make_registration, make_structure
from tests.pages import parse, words

pytestmark = pytest.mark.usefixtures("in_november")


@pytest.fixture
def event() -> Event:
    return make_event(capacity=2, title="Rencontre")


def path(event: Event) -> str:
    return f"/evenements/{event.slug}/inscription/groupe"


def group(*names: str, **more: Any) -> dict[str, Any]:
    """The sent form, with one line for each name."""
    sent = {"contact_name": "Anne Roy", "contact_email": "anne.roy@mairie.example", "organization": "Mairie"}
    for number, name in enumerate(names, 1):
        address = f"{name.lower()}@mairie.example" if name else ""
        facts = {"first_name": "Camille" if name else "", "last_name": name, "email": address}
        sent |= {f"person-{number}-{part}": value for part, value in facts.items()}
    return sent | {"rule": "all", "key": "k"} | more


def registered(event: Event) -> list[Registration]:
    return list(db.session.scalars(Registration.of(event)))


def faults(response: Any) -> str:
    return words(parse(response).select_one(".fr-alert--error"))


def test_a_group_gets_its_page_and_the_same_again_the_same(client: FlaskClient, event: Event) -> None:
    first = client.post(path(event), data=group("Un", "Deux", ""))
    again = client.post(path(event), data=group("Un", "Deux", ""))

    assert (first.status_code, first.location) == (303, again.location)
    page = client.page(first.location)
    assert "Camille UN" in words(page.main)
    assert words(page.select_one(".fr-badge")) == "confirmée"
    assert [one.organisation for one in registered(event)] == ["Mairie", "Mairie"]
    assert not any(links.token(one) in str(page) for one in registered(event))


def test_too_few_places_say_how_many_and_keep_what_is_written(client: FlaskClient, event: Event) -> None:
    response = client.post(path(event), data=group("Un", "Deux", "Trois", "Quatre"))

    assert response.status_code == 422
    assert "Il n’y a de place que pour 2 des 4 personnes" in faults(response)
    page = parse(response)
    assert page.select_one("[name=person-4-last_name]")["value"] == "Quatre"
    assert registered(event) == []


def test_then_the_other_choice_seats_those_that_fit(client: FlaskClient, event: Event) -> None:
    client.post(path(event), data=group("Un", "Deux", "Trois"))
    response = client.post(path(event), data=group("Un", "Deux", "Trois", rule="fitting"))
    page = client.page(response.location)
    assert [words(badge) for badge in page.select(".fr-badge")] == ["confirmée", "confirmée", "en attente de place"]


def test_without_waiting_list_the_page_names_those_who_are_not_registered(client: FlaskClient, event: Event) -> None:
    event.waiting_list = False
    response = client.post(path(event), data=group("Un", "Deux", "Trois", rule="fitting"))
    shown = words(client.page(response.location).main)
    assert "Camille TROIS : il n’y avait plus de place, cette personne n’est pas inscrite." in shown


def test_somebody_registered_already_gets_their_link_again(client: FlaskClient, event: Event) -> None:
    known = make_registration(event, make_person(first_name="Camille", last_name="Un", email="un@mairie.example"))
    address = known.email

    response = client.post(path(event), data=group("Un", "Deux"))

    shown = words(client.page(response.location).main)
    assert "Camille UN : son lien personnel lui est envoyé de nouveau." in shown
    assert "confirmée" in shown
    sent = db.session.execute(db.select(Message.letter, Message.to).order_by(Message.id)).all()
    assert sent[-1] == ("registrations/link", address)


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"contact_name": ""}, "Écrivez votre prénom et votre nom."),
        ({"contact_email": "anne"}, "Il manque le « @ » dans l’adresse électronique."),
        ({"organization": ""}, "Écrivez le nom de votre structure ou de votre organisme."),
        ({"person-1-first_name": ""}, "Écrivez le prénom de la personne 1."),
        ({"person-2-last_name": ""}, "Écrivez le nom de la personne 2."),
        ({"person-2-email": ""}, "Écrivez l’adresse de la personne 2."),
        ({"person-2-email": "deux"}, "Il manque le « @ » dans l’adresse électronique."),
        ({"rule": ""}, "Dites que faire s’il n’y a pas de place pour tout le monde."),
        ({"rule": "x"}, "Dites que faire s’il n’y a pas de place pour tout le monde."),
        (
            {"person-2-last_name": "UN", "person-2-email": "Un@mairie.example"},
            "Cette personne est déjà la personne 1.",
        ),
        ({"person-21-last_name": "Encore"}, "Un groupe compte 20 personnes au plus."),
        ({"person-1-last_name": ["Un", "Autre"]}, "Cette information a été envoyée plusieurs fois."),
        ({"person-9999-last_name": "x"}, "Un groupe compte 20 personnes au plus."),
    ],
)
def test_each_fault_is_said(client: FlaskClient, event: Event, more: dict[str, Any], fault: str) -> None:
    response = client.post(path(event), data=group("Un", "Deux", **more))
    assert response.status_code == 422
    assert fault in faults(response)
    assert registered(event) == []


def test_the_first_line_is_needed_and_the_others_are_not(client: FlaskClient, event: Event) -> None:
    page = client.page(path(event))
    needed = [field["name"] for field in page.select("[required]")]
    assert needed == [
        "contact_name", "contact_email", "organization",
        "person-1-first_name", "person-1-last_name", "person-1-email", "rule", "rule",
    ]  # fmt: skip
    assert client.post(path(event), data=group("", rule="fitting")).status_code == 422


def test_more_lines_keep_what_is_written(client: FlaskClient, event: Event) -> None:
    response = client.post(f"{path(event)}/lignes", data=group("Un", "Deux", "Trois"))
    page = parse(response)
    assert response.status_code == 200
    assert page.select_one("[name=person-3-last_name]")["value"] == "Trois"
    assert len(page.select("[name$=-last_name]")) == 6
    assert page.select_one(".fr-alert--error") is None
    assert page.select_one("[name=key]")["value"] == "k"


def test_there_are_twenty_lines_at_most(client: FlaskClient, event: Event) -> None:
    page = parse(client.post(f"{path(event)}/lignes", data=group(*map(str, range(19)))))
    assert len(page.select("[name$=-last_name]")) == 20
    assert page.select_one("[formaction]") is None


def test_each_person_has_their_category(client: FlaskClient, event: Event) -> None:
    agents, officials = make_category(event).slug, make_category(event).slug
    sent = {"person-1-category": agents, "person-2-category": ""}
    refused = client.post(path(event), data=group("Un", "Deux", **sent))
    assert "Choisissez la catégorie de la personne 2." in faults(refused)
    client.post(path(event), data=group("Un", "Deux", **sent | {"person-2-category": officials}))
    assert {one.category.slug for one in registered(event) if one.category} == {agents, officials}


def test_the_structure_of_the_network_is_that_of_all(client: FlaskClient, event: Event) -> None:
    structure = make_structure()
    client.post(path(event), data=group("Un", "Deux", organization=structure.full_label))
    assert {one.structure_id for one in registered(event)} == {structure.id}


@pytest.mark.parametrize("facts", [{"audience": Audience.INVITED}, {"closes_at": NOW}])
def test_where_nobody_registers_no_group_does(client: FlaskClient, facts: dict[str, Any]) -> None:
    event = make_event(**facts)
    assert client.page(path(event)).select_one("form") is None
    assert client.post(path(event), data=group("Un")).status_code == 422
    assert registered(event) == []


def test_the_event_and_the_form_lead_here(client: FlaskClient, event: Event) -> None:
    for page in (f"/evenements/{event.slug}/", f"/evenements/{event.slug}/inscription"):
        assert client.page(page).select_one(f'a[href="{path(event)}"]')


def test_the_page_of_a_group_shows_those_registered_and_not_their_successors(client: FlaskClient, event: Event) -> None:
    party = make_party(event)
    first = make_registration(event, party_id=party.id, status=Status.CANCELLED)
    make_registration(event, make_person(last_name="Suivante"), party_id=party.id, replaces_id=first.id)
    shown = words(client.page(f"/inscription-de-groupe/{links.party_token(party)}").main)
    assert "annulée" in shown
    assert "SUIVANTE" not in shown


def test_a_wrong_token_opens_nothing(client: FlaskClient, event: Event) -> None:
    make_party(event)
    assert client.get("/inscription-de-groupe/abc").status_code == 404
    assert db.session.scalar(db.select(db.func.count(Party.id))) == 1
