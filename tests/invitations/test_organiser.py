import io

import pytest

from eventapp.extensions import db
from eventapp.invitations.models import Guest, GuestImport, GuestState, Reply
from eventapp.network.models import Departement, Structure
from tests.factories import (
    NOW,
    make_guest,
    make_invitation,
    make_person,
    save,
)
from tests.pages import parse, words

pytestmark = pytest.mark.usefixtures("in_november")

FILE = "Prénom;Nom;Courriel\nLéa;Martin;lea@agents.example\nPaul;;paul@agents.example\n"


def at(event, path=""):
    return f"/gestion/evenements/{event.slug}/invites{path}"


def make_structure(id_fs, departement):
    assert db.session.get(Departement, departement)
    return save(Structure(id_fs=id_fs, name=f"France services {id_fs}", departement_code=departement, updated_at=NOW))


def multipart(content: bytes) -> dict[str, object]:
    """A sent file as bytes: the test client would leave a temporary file open behind a large one."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="liste.csv"\r\n\r\n'
    return {"data": head + content + b"\r\n--b--\r\n", "content_type": "multipart/form-data; boundary=b"}


def listed(page):
    return [words(link) for link in page.select("tbody th a")]


def test_an_empty_list_says_what_to_do_next(client, event):
    assert "Importez un fichier d’invités" in words(client.page(at(event)))


def test_the_list_is_filtered_by_state_and_departement(client, event):
    silent = make_guest(event, make_person(last_name="Silence", structure=make_structure("1", "02")))
    make_invitation(silent)
    declined = make_guest(event, make_person(last_name="Refus", structure=make_structure("2", "59")))
    make_invitation(declined, reply=Reply.DECLINED, replied_at=NOW)

    assert listed(client.page(at(event, "?etat=silent"))) == ["SILENCE Camille"]
    assert listed(client.page(at(event, "?etat=declined"))) == ["REFUS Camille"]
    assert listed(client.page(at(event, "?departement=02"))) == ["SILENCE Camille"]
    assert listed(client.page(at(event, "?q=refus"))) == ["REFUS Camille"]


def test_a_long_list_is_read_page_by_page_in_both_directions(client, event):
    for n in range(120):
        make_guest(event, make_person(last_name=f"Nom{n:03}"))

    first = client.page(at(event))
    second = client.page(at(event) + first.select_one("a[rel=next]")["href"])
    back = client.page(at(event) + second.select_one("a[rel=prev]")["href"])

    assert listed(second)[0] == "NOM050 Camille"
    assert listed(back) == listed(first)


def test_a_person_is_added_by_hand_without_being_invited(client, event, outbox):
    response = client.post(at(event, "/nouveau"), data={"last_name": "Roy", "email": "roy@agents.example"})

    assert response.status_code == 303
    assert db.session.scalars(Guest.of(event)).one().state is GuestState.NOT_INVITED
    assert outbox() == []


def test_a_person_can_be_added_from_a_structure_found_by_search(client, event):
    structure = make_structure("7", "02")
    structure.search_text, structure.email = "france services 7 laon", "laon@france-services.example"

    page = client.page(at(event, "/nouveau?q=laon"))
    chosen = client.page(page.select_one("aside li a")["href"])

    assert chosen.select_one("#organization")["value"] == structure.full_label
    assert chosen.select_one("#email")["value"] == "laon@france-services.example"


def test_a_file_is_previewed_before_anything_is_added(client, event):
    response = client.post(at(event, "/import"), data={"file": (io.BytesIO(FILE.encode()), "liste.csv")})
    page = client.page(response.location)

    assert "1 personne sera ajoutée" in words(page)
    assert "Le nom est absent." in words(page)
    assert db.session.scalars(Guest.of(event)).all() == []

    client.post(page.select_one("form.confirm")["action"])

    assert [g.email for g in db.session.scalars(Guest.of(event))] == ["lea@agents.example"]
    assert db.session.scalars(db.select(GuestImport)).all() == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Le fichier est vide."),
        (b"PK\x03\x04 not a workbook", "endommagé"),
        (b"Ville;Pays\nLaon;France\n", "Colonnes absentes"),
        (b"x" * 5_500_000, "dépasse"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(client, event, content, sentence):
    response = client.post(at(event, "/import"), **multipart(content))

    assert response.status_code == 422
    assert sentence in words(parse(response).select_one(".fr-message--error"))


def test_correcting_the_address_says_that_the_old_link_is_dead(client, event, outbox):
    guest = make_guest(event, make_person(last_name="Roy"))
    make_invitation(guest)

    response = client.post(
        at(event, f"/{guest.id}"), data={"last_name": "Roy", "email": "juste@agents.example"}, follow_redirects=True
    )

    assert "L’ancien lien ne fonctionne plus" in words(parse(response))
    assert [m.to for m in outbox()] == ["juste@agents.example"]


def test_removing_a_guest_is_confirmed_first(client, event):
    guest = make_guest(event)

    assert "rien ne lui sera envoyé" in words(client.page(at(event, f"/{guest.id}/retrait")))
    client.post(at(event, f"/{guest.id}/retrait"))

    assert db.session.scalars(Guest.of(event)).all() == []


def test_the_model_file_is_accepted_by_the_import(client, event):
    content = client.get(at(event, "/modele.ods")).data

    response = client.post(at(event, "/import"), data={"file": (io.BytesIO(content), "modele.ods")})

    assert "1 personne sera ajoutée" in words(client.page(response.location))


def test_the_second_press_of_an_import_hears_what_the_first_did(client, event):
    file = io.BytesIO("Nom;Adresse électronique\nMartin;lea@agents.example\n".encode())
    shown = client.post(at(event, "/import"), data={"file": (file, "invites.csv")}).location

    said = []
    for button in ("application", "application", "abandon"):
        answer = client.post(f"{shown}/{button}")
        said.append((answer.status_code, words(client.page(answer.location).select_one(".fr-alert"))))

    assert said == [(303, "1 invité ajouté. Aucune invitation n’est encore partie.")] * 3
    assert db.session.scalar(db.select(db.func.count(Guest.id))) == 1


def test_a_file_given_up_twice_adds_nothing(client, event):
    file = io.BytesIO("Nom;Adresse électronique\nMartin;lea@agents.example\n".encode())
    shown = client.post(at(event, "/import"), data={"file": (file, "invites.csv")}).location

    for button in ("abandon", "abandon", "application"):
        answer = client.post(f"{shown}/{button}")
        assert "rien n’a été ajouté" in words(client.page(answer.location).select_one(".fr-alert"))

    assert db.session.scalar(db.select(db.func.count(Guest.id))) == 0
    assert client.post(at(event, "/import/99/application")).status_code == 404
    assert client.post(at(event, "/import/99999999999/application")).status_code == 404


@pytest.mark.parametrize("path", ["/99", "/99999999999", "/99/retrait", "/import/99", "/import/99999999999"])
def test_what_is_not_there_is_404(client, event, path):
    assert client.get(at(event, path)).status_code == 404


def test_the_letter_to_print_is_offered_from_the_guest_whose_address_fails(client, event):
    guest = make_guest(event, undeliverable_at=NOW, undeliverable_why="cette boîte est pleine")
    answered = make_guest(event)
    make_invitation(answered, reply=Reply.DECLINED, replied_at=NOW)

    page, other = (client.page(f"/gestion/evenements/{event.slug}/invites/{one.id}") for one in (guest, answered))
    form = page.select_one("form[action$=lettre-sur-papier]")

    assert "n’arrivent pas à cette adresse : cette boîte est pleine." in words(page.main)
    assert client.post(form["action"]).data.startswith(b"%PDF")
    assert other.select_one("form[action$=lettre-sur-papier]") is None
