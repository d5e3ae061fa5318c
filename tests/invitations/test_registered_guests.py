"""A guest who is already registered is recognised: in a file, before sending, and on the page of their invitation."""

import io

import pytest

from eventapp.extensions import db
from eventapp.invitations import answering, delegating, links, naming
from eventapp.invitations.models import GuestImport
from eventapp.registrations import links as registration_links
from eventapp.registrations import seats
from eventapp.registrations.people import Colleague
from tests.factories import (
    NOW,
    make_event,
    make_guest,
    make_invitation,
    make_person,
    make_registration,
    make_structure,
    make_user,
)
from tests.pages import parse, words

FILE = "Prénom;Nom;Courriel\nZoé;Roy;zoe@agents.example\nLéa;Martin;lea@agents.example\nLéa;Martin;lea@agents.example\n"
pytestmark = pytest.mark.usefixtures("in_november")


@pytest.fixture
def zoe():
    return make_person(first_name="Zoé", last_name="Roy", email="zoe@agents.example")


@pytest.fixture
def registration(event, zoe):
    return make_registration(event, zoe)


def at(event, path=""):
    return f"/gestion/evenements/{event.slug}/invites{path}"


def test_a_file_says_who_is_already_registered_and_who_comes_twice(client, event, registration):
    response = client.post(at(event, "/import"), data={"file": (io.BytesIO(FILE.encode()), "liste.csv")})
    page = client.page(response.location)

    assert "Déjà inscrit à la rencontre." in words(page.select_one("section[aria-labelledby=created] tbody tr"))
    assert "Déjà à la ligne 3 de ce fichier." in words(page.select_one("section[aria-labelledby=present]"))
    assert "Déjà là ou en double" in words(page)
    assert len(page.select("form[action$=application] button, button[form=apply]")) == 2


def test_the_invitation_says_so_and_leads_to_the_personal_page(client, event, registration, zoe):
    invitation = make_invitation(make_guest(event, zoe))
    personal = f"/mon-inscription/{registration_links.token(registration)}"

    page = client.page(f"/invitation/{links.token(invitation)}")

    assert "Vous êtes déjà inscrit." in words(page)
    assert page.select_one(f'a[href="{personal}"]')
    assert client.get(f"/invitation/{links.token(invitation)}/inscription").location == personal


def test_another_person_of_the_same_address_is_not_taken_for_registered(client, event, registration):
    other = make_person(first_name="Ana", last_name="Roy", email="zoe@agents.example")

    page = client.page(f"/invitation/{links.token(make_invitation(make_guest(event, other)))}")

    assert "déjà inscrit" not in words(page)


def test_declining_gives_back_the_place_taken_without_the_invitation(event, registration, zoe):
    answering.decline(make_invitation(make_guest(event, zoe)), now=NOW)

    assert registration.is_cancelled


def test_the_registration_leads_back_to_the_guest(client, event, registration, zoe):
    guest = make_guest(event, zoe)
    make_invitation(guest, registration=registration)

    page = client.page(f"/gestion/evenements/{event.slug}/inscriptions/{registration.id}")

    assert page.select_one(f'dl a[href="{at(event, f"/{guest.id}")}"]')


def test_the_list_says_when_each_was_invited(client, event):
    make_invitation(make_guest(event))

    assert "invité le 2" in words(client.page(at(event)).select_one("tbody"))


@pytest.mark.parametrize("path", ["/evenements/{}/invites/import", "/evenements/fichier"])
def test_a_file_far_too_large_shows_its_page_again(csrf_client, path):
    event = make_event()
    csrf_client.sign_in(make_user(event.organisation))

    response = csrf_client.post(
        f"/gestion{path.format(event.slug)}", data=b"x" * 7_000_000, content_type="multipart/form-data; boundary=b"
    )

    assert response.status_code == 413
    assert "dépasse" in words(parse(response).select_one("#file-error"))
    assert db.session.scalars(db.select(GuestImport)).all() == []


def test_a_file_far_too_large_shows_a_stranger_nothing(csrf_client):
    event = make_event()
    address, sent = at(event, "/import"), {"data": b"x" * 7_000_000, "content_type": "multipart/form-data; boundary=b"}

    assert "/connexion" in csrf_client.post(address, **sent).location
    csrf_client.sign_in(make_user(make_event().organisation))
    assert csrf_client.post(address, **sent).status_code == 404


def gone(invitation, person):
    """Their registration: they came by this invitation, and cancelled."""
    registration = answering.accept(invitation, person, now=NOW)
    seats.cancel(registration, now=NOW, by="person")
    return registration


def is_refused(client, registration, sentence):
    page = f"/gestion/evenements/{registration.event.slug}/inscriptions/{registration.id}"
    assert words(client.page(page).aside) == f"L’annulation ne se défait pas. {sentence}"
    client.post(f"{page}/retablissement")
    assert sentence in words(client.page(page).main)
    return registration.is_cancelled


def test_whoever_cancelled_does_not_come_back_beside_their_replacement(client, event, zoe):
    invitation = make_invitation(make_guest(event, zoe))
    registration = gone(invitation, zoe)
    lea = Colleague(first_name="Léa", last_name="Martin", email="lea@agents.example")
    naming.send_instead(invitation, lea, now=NOW)

    assert is_refused(client, registration, "La place de cette invitation a été donnée à Léa MARTIN.")


def test_a_structure_gets_no_place_more_when_a_cancellation_is_undone(client, event, zoe):
    laon = delegating.invite_structure(event, make_structure(name="Laon"), 1, "laon@agents.example", NOW, None)
    structure = make_invitation(laon)
    (named,) = delegating.name_colleagues(structure, [zoe], now=NOW)
    registration = gone(named.invitation, zoe)
    delegating.name_colleagues(structure, [make_person()], now=NOW)

    assert is_refused(
        client, registration, "Laon a donné toutes ses places à d’autres : ajoutez-lui une place d’abord."
    )
