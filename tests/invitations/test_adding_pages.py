"""Guests in two clicks: structures of the network, people of a former event."""

import pytest

from eventapp.extensions import db
from eventapp.invitations.models import Guest
from tests.factories import (
    NOW,
    make_event,
    make_guest,
    make_person,
    make_registration,
    make_structure,
)
from tests.pages import parse, words

pytestmark = pytest.mark.usefixtures("in_november")


def at(event, path=""):
    return f"/gestion/evenements/{event.slug}/invites{path}"


def guests(event):
    return [guest.last_name for guest in db.session.scalars(Guest.of(event))]


def sent(page):
    """What a browser sends of the form as it is shown."""
    form = page.select_one("main form[method=post]")
    ticked = [box["value"] for box in form.select("input[type=checkbox][checked]")]
    typed = {field["name"]: field["value"] for field in form.select("input[type=email], input[type=number]")}
    return form["action"], form.select_one("input[type=checkbox]")["name"], ticked, typed


def test_the_structures_of_a_departement_are_invited_in_two_clicks(client, event):
    make_structure(name="Laon", departement_code="02", email="laon@fs.example")
    make_structure(name="Guise", departement_code="02")
    make_structure(name="Lille", departement_code="59", email="lille@fs.example")

    action, name, ticked, typed = sent(client.page(at(event, "/reseau?departement=02")))
    response = client.post(action, data={name: ticked, **typed}, follow_redirects=True)

    assert "1 structure ajoutée" in words(parse(response))
    assert [(guest.last_name, guest.places) for guest in db.session.scalars(Guest.of(event))] == [("Laon", 2)]


def test_an_address_typed_beside_a_structure_is_kept_with_its_fault(client, event):
    structure = make_structure(name="Guise")

    response = client.post(
        at(event, "/reseau"),
        data={"structures": structure.id, f"adresse-{structure.id}": "guise", "places": "3"},
    )

    page = parse(response)
    assert response.status_code == 422
    assert page.select_one(f"#email-{structure.id}")["value"] == "guise"
    assert page.select_one(f"#structure-{structure.id}").has_attr("checked")
    assert page.select_one("#places")["value"] == "3"
    assert "Il manque le « @ »" in words(page.select_one(".fr-alert--error"))


@pytest.mark.parametrize("places", ["0", "101", "deux", "", "9" * 5000])
def test_odd_places_are_refused_beside_their_field(client, event, places):
    structure = make_structure(email="laon@fs.example")

    response = client.post(at(event, "/reseau"), data={"structures": structure.id, "places": places})

    assert response.status_code == 422
    assert "entre 1 et 100" in words(parse(response).select_one(".fr-input-group--error"))


def test_no_structure_ticked_adds_none(client, event):
    make_structure(email="laon@fs.example")

    response = client.post(at(event, "/reseau"), data={"structures": ["9" * 5000, "x"], "places": "2"})

    assert "Cochez au moins une structure." in words(parse(response).select_one(".fr-alert--error"))
    assert guests(event) == []


def test_the_registered_of_the_latest_event_come_back_in_two_clicks(client, event):
    former = make_event(event.organisation, title="Rencontres 2025")
    make_registration(former, make_person(last_name="Ana"))
    here = make_person(last_name="Bo")
    make_registration(former, here)
    make_guest(event, here)

    page = client.page(at(event, "/rencontre-precedente"))
    assert "1 autre est déjà dans la liste" in words(page)
    action, name, ticked, _typed = sent(page)
    client.post(action, data={name: ticked})

    assert guests(event) == ["Ana", "Bo"]
    added = db.session.scalars(Guest.of(event)).first()
    assert added.origin == "rencontre «\u00a0Rencontres 2025\u00a0»"


def test_a_former_event_of_another_organisation_is_not_offered(client, event):
    foreign = make_event()
    registration = make_registration(foreign)

    page = client.page(at(event, f"/rencontre-precedente?precedent={foreign.slug}"))
    response = client.post(
        at(event, f"/rencontre-precedente?precedent={foreign.slug}"), data={"personnes": f"r{registration.id}"}
    )

    assert "n’a pas de rencontre précédente" in words(page)
    assert (response.status_code, guests(event)) == (303, [])


def test_somebody_who_is_not_of_that_event_is_not_added(client, event):
    former = make_event(event.organisation)
    make_registration(former, at=NOW)
    stranger = make_registration(make_event())

    client.post(at(event, f"/rencontre-precedente?precedent={former.slug}"), data={"personnes": f"r{stranger.id}"})

    assert guests(event) == []
