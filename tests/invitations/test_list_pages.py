"""The guest list's own acts: filters, several at once, addresses that came back."""

import csv
import io

import pytest

from eventapp.extensions import db
from eventapp.invitations.models import Guest, GuestKind, NamedAs, Reply
from eventapp.registrations.models import Status
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_guest,
    make_invitation,
    make_person,
    make_registration,
    make_structure,
)
from tests.pages import parse, words

pytestmark = pytest.mark.usefixtures("in_november")


def at(event, path=""):
    return f"/gestion/evenements/{event.slug}/invites{path}"


def listed(page):
    return [words(link) for link in page.select("tbody th a")]


def tabs(page):
    return [words(link) for link in page.select(".tabs--sub a")]


def returned(event, **facts):
    guest = make_guest(event, make_person(last_name="Perdu"), undeliverable_at=NOW, undeliverable_why="Boîte pleine")
    make_invitation(guest, **facts)
    return guest


def test_every_tab_counts_what_it_shows(client, event):
    returned(event)
    queued = make_registration(event, status=Status.WAITING)
    guest = make_guest(event, make_person(last_name="Queue"))
    make_invitation(guest, reply=Reply.ACCEPTED, replied_at=NOW, registration=queued)

    page = client.page(at(event))

    assert tabs(page) == ["Tous 2", "À inviter 0", "Sans réponse 1", "Ont accepté 1", "En attente de place 1",
                          "Ont décliné 0", "Adresses à corriger 1"]  # fmt: skip
    assert listed(client.page(at(event, "?etat=waiting"))) == ["QUEUE Camille"]
    assert "en attente de place" in words(client.page(at(event, "?etat=waiting")).select_one("tbody"))


def test_a_structure_shows_its_places_and_a_colleague_who_named_them(client, event):
    structure = make_structure(name="France services de Laon", commune="Laon")
    mailbox = make_guest(event, make_person(first_name="", last_name=structure.name, structure=structure),
                         kind=GuestKind.STRUCTURE, places=2)  # fmt: skip
    make_guest(event, make_person(last_name="Roy"), named_by=mailbox, named_as=NamedAs.COLLEAGUE)

    rows = words(client.page(at(event)).select_one("tbody"))

    assert "2 places, Laon (02)" in rows
    assert "nommé par France services de Laon" in rows
    assert listed(client.page(at(event, "?nature=structure"))) == ["France services de Laon"]


def test_the_list_is_sorted_by_structure_page_after_page(client, event):
    for n in range(60):
        make_guest(event, make_person(last_name=f"Nom{n:02}", structure=make_structure(name=f"Maison {n % 7}")))

    first = client.page(at(event, "?tri=-structure"))
    second = client.page(at(event) + first.select_one("a[rel=next]")["href"])
    back = client.page(at(event) + second.select_one("a[rel=prev]")["href"])

    assert "Maison 6" in words(first.select_one("tbody tr"))
    assert (len(listed(first)), len(listed(second))) == (50, 10)
    assert listed(back) == listed(first)


def test_an_address_is_corrected_from_the_list(client, event, outbox):
    guest = returned(event)

    form = client.page(at(event, "?etat=undeliverable")).select_one("tbody form")
    response = client.post(form["action"], data={"email": "juste@agents.example"}, follow_redirects=True)

    assert "l’invitation part à juste@agents.example" in words(parse(response))
    assert db.session.get_one(Guest, guest.id).undeliverable_at is None
    assert [message.to for message in outbox()] == ["juste@agents.example"]


@pytest.mark.parametrize(
    ("typed", "sentence"), [("pas une adresse", "Il manque le « @ »"), ("", "@"), ("a\0@b", "pas")]
)
def test_a_wrong_address_stays_beside_its_guest_with_what_is_wrong(client, event, typed, sentence):
    guest = returned(event)

    response = client.post(at(event, f"/{guest.id}/adresse"), data={"email": typed})

    page = parse(response)
    assert (response.status_code, page.title.text.startswith("Erreur")) == (422, True)
    assert page.select_one("tbody input[type=email]")["value"] == typed.replace("\0", "")
    assert sentence in words(page.select_one("tbody .fr-message--error"))


def test_an_address_that_another_guest_of_that_name_has_is_refused(client, event):
    guest = returned(event)
    make_guest(event, make_person(last_name="Perdu", email="juste@agents.example"))

    response = client.post(at(event, f"/{guest.id}/adresse"), data={"email": "juste@agents.example"})

    assert "déjà dans la liste" in words(parse(response).select_one("tbody"))


def test_ticked_guests_change_category_together(client, event):
    make_category(event, slug="elus", name="Élus")
    wanted, other = make_guest(event), make_guest(event)

    page = client.page(at(event, f"/categorie?invites=0&invites={wanted.id}"))
    assert "Changer pour 1 invité" in words(page)
    client.post(at(event, "/categorie"), data={"invites": [wanted.id], "categorie": "elus"})

    assert [guest.category is None for guest in (wanted, other)] == [False, True]


def test_those_found_by_a_filter_leave_together_except_who_comes(client, event):
    structure = make_structure(departement_code="59")
    silent = make_guest(event, make_person(last_name="Silence", structure=structure))
    coming = make_guest(event, make_person(last_name="Venue", structure=structure))
    make_invitation(coming, reply=Reply.ACCEPTED, replied_at=NOW, registration=make_registration(event))
    far = make_guest(event)

    page = client.page(at(event, "/retrait?departement=59"))
    assert "VENUE Camille : Cette personne a accepté" in words(page.select_one("section[aria-labelledby=staying]"))
    ids = [field["value"] for field in page.select("form.confirm input[name=invites]")]
    client.post(at(event, "/retrait"), data={"invites": ids})

    assert ids == [str(silent.id)]
    assert set(db.session.scalars(Guest.of(event))) == {coming, far}


@pytest.mark.parametrize("path", ["/categorie", "/retrait"])
def test_nobody_ticked_is_nobody(client, event, path):
    make_guest(event)

    shown = client.get(at(event, f"{path}?invites=0"), follow_redirects=True)
    client.post(at(event, path), data={})

    assert "Cochez au moins un invité" in words(parse(shown))
    assert len(db.session.scalars(Guest.of(event)).all()) == 1


def test_guests_of_another_event_are_not_touched(client, event):
    foreign = make_guest(make_event())

    client.post(at(event, "/retrait"), data={"invites": [foreign.id]})

    assert db.session.get_one(Guest, foreign.id).removed_at is None
    assert client.post(at(event, f"/{foreign.id}/adresse"), data={"email": "a@b.example"}).status_code == 404


def test_the_export_holds_the_filtered_list_with_its_troubles(client, event):
    returned(event)
    make_guest(event)

    content = client.get(at(event, "/liste.csv?etat=undeliverable")).data.decode("utf-8-sig")

    [row] = csv.DictReader(io.StringIO(content), delimiter=";")
    assert (row["Nom"], row["Adresse en échec"], row["État"]) == ("Perdu", "Boîte pleine", "sans réponse")
