"""The letter's editor, and what a guest is told about where their address comes from."""

import pytest

from eventapp.extensions import db
from eventapp.invitations import guest_list
from eventapp.invitations.models import PUBLIC_DIRECTORY, Guest
from eventapp.letters.models import Letter
from eventapp.network.models import Structure
from eventapp.outbox import rendering
from tests.factories import NOW, make_event, make_guest, make_organisation, make_person, make_user, save
from tests.pages import parse, words


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to(NOW)


@pytest.fixture
def event(client):
    organisation = make_organisation(name="Préfecture de région")
    client.sign_in(make_user(organisation))
    return make_event(organisation, title="Deuxièmes rencontres")


def at(event, path=""):
    return f"/gestion/evenements/{event.slug}/invites{path}"


def make_structure(id_fs, departement):
    return save(Structure(id_fs=id_fs, name=f"France services {id_fs}", departement_code=departement, updated_at=NOW))


def letter_of(event):
    return f"/gestion/evenements/{event.slug}/lettre"


def test_saving_a_letter_never_inherits_a_fragment_that_hides_the_error(client, event):
    response = client.post(letter_of(event), data={"subject": "", "body": "Texte"})

    page = parse(response)
    assert page.select_one("#lettre")["action"] == letter_of(event)
    assert page.select_one("#erreurs").has_attr("autofocus")


def test_an_unsaved_letter_is_shown_to_the_chosen_guest_and_kept_unsaved(client, event):
    make_guest(event, make_person(first_name="Ana"))
    chosen = make_guest(event, make_person(first_name="Zoé", last_name="Zédé"))
    button = client.page(letter_of(event)).select_one("button[form=lettre]")

    data = {"subject": "Neuf", "body": "Chère {prenom}", "invite": chosen.id}
    page = parse(client.post(button["formaction"], data=data))

    assert "Neuf" in words(page.select_one(".preview"))
    assert "Chère Zoé" in words(page.select_one(".preview"))
    assert page.select_one("textarea").text.strip() == "Chère {prenom}"
    assert page.select_one("#invite option[selected]")["value"] == str(chosen.id)
    assert db.session.scalars(db.select(Letter)).all() == []


def test_an_unsaved_letter_with_a_mistake_is_not_shown_as_right(client, event):
    response = client.post(f"{letter_of(event)}/apercu", data={"subject": "", "body": "{truc}"})

    assert response.status_code == 422
    assert parse(response).select_one("#erreurs")


def test_an_address_of_the_directory_is_said_to_come_from_it(client, event):
    structure = make_structure("7", "02")
    structure.email = "laon@france-services.example"

    for email in ("laon@france-services.example", "autre@agents.example"):
        client.post(at(event, "/nouveau?structure=7"), data={"last_name": "Roy", "email": email})

    assert [g.origin for g in db.session.scalars(Guest.of(event))] == [PUBLIC_DIRECTORY, guest_list.BY_HAND]


def sent_to(client, event, outbox, guest):
    client.post(at(event, "/envoi"), data={"guests": [guest.id]})
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
