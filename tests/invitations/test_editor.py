"""What a guest is told about where their address comes from."""

import pytest

from eventapp.extensions import db
from eventapp.invitations import guest_list
from eventapp.invitations.models import PUBLIC_DIRECTORY, Guest
from eventapp.network.models import Structure
from eventapp.outbox import rendering
from tests.factories import NOW, make_event, make_guest, make_organisation, make_user, save

pytestmark = pytest.mark.usefixtures("in_november")


@pytest.fixture
def event(client):
    organisation = make_organisation(name="Préfecture de région")
    client.sign_in(make_user(organisation))
    return make_event(organisation, title="Deuxièmes rencontres")


def at(event, path=""):
    return f"/gestion/evenements/{event.slug}/invites{path}"


def make_structure(id_fs, departement):
    return save(Structure(id_fs=id_fs, name=f"France services {id_fs}", departement_code=departement, updated_at=NOW))


def test_an_address_of_the_directory_is_said_to_come_from_it(client, event):
    structure = make_structure("7", "02")
    structure.email = "laon@france-services.example"

    for email in ("laon@france-services.example", "autre@agents.example"):
        client.post(at(event, "/nouveau?structure=7"), data={"last_name": "Roy", "email": email})

    assert [g.origin for g in db.session.scalars(Guest.of(event))] == [PUBLIC_DIRECTORY, guest_list.BY_HAND]


def sent_to(client, event, outbox, guest):
    client.post(at(event, f"/{guest.id}/invitation"))
    message = outbox()[0]
    with rendering.reading():
        return rendering.render(message)


@pytest.mark.parametrize("origin", ["fichier « g.xlsx »", guest_list.BY_HAND])
def test_a_guest_is_told_who_gave_their_address_not_in_which_file(client, event, outbox, origin):
    letter = sent_to(client, event, outbox, make_guest(event, origin=origin))

    for text in (letter.text, letter.html):
        assert "liste transmise par Préfecture de région" in text
        assert origin not in text


def test_a_guest_is_told_of_the_public_directory(client, event, outbox):
    letter = sent_to(client, event, outbox, make_guest(event, origin=PUBLIC_DIRECTORY))

    assert PUBLIC_DIRECTORY in letter.text


def test_the_proposed_letter_names_the_event_once(client, event, outbox):
    letter = sent_to(client, event, outbox, make_guest(event))

    assert letter.text.count(event.title) == 1
    assert letter.html.split("<body", 1)[1].count(event.title) <= 2  # the layout's own line, then the heading
