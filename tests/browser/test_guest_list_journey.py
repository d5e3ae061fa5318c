"""A guest list made in an afternoon: a file of 500, the region's 205 structures in two clicks, a letter come back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from eventapp.accounts import passwords
from eventapp.demonstration import building
from tests.browser.hands import Hands, event_day
from tests.factories import make_event, make_guest, make_invitation, make_organisation, make_person, make_user

STARTS = event_day(datetime.now(UTC)) + timedelta(hours=8)
ADDRESS = "organisatrice@sgar.example"
PASSWORD = "une-phrase-longue-a-retenir"
GUESTS = 500


def seed():
    """Every structure has an address; somebody's letter has come back."""
    organisation = make_organisation(name="SGAR Hauts-de-France")
    passwords.choose(make_user(organisation, email=ADDRESS), PASSWORD)
    building.import_structures(datetime.now(UTC))
    dates = {"starts_at": STARTS, "ends_at": STARTS + timedelta(hours=8)}
    event = make_event(organisation, slug="rencontre", title="Rencontre", **dates)
    failed = {"undeliverable_at": datetime.now(UTC), "undeliverable_why": "La boîte n’existe pas."}
    make_invitation(make_guest(event, make_person(first_name="Ana", last_name="Perdue"), **failed))


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed, with_worker=True, environ={"EVENTAPP_DEMO": "1"})


@pytest.mark.parametrize("hands", ["no-javascript"], indirect=True)
def test_a_guest_list_is_made_in_an_afternoon(hands, tmp_path):
    sign_in(hands)
    hands.open("/gestion/evenements/rencontre/invites")
    invite_the_network(hands)
    import_a_file(hands, tmp_path / "invités.csv")
    correct_an_address(hands)


def sign_in(hands: Hands) -> None:
    hands.open("/connexion")
    hands.write("Adresse électronique", ADDRESS)
    hands.write("Mot de passe", PASSWORD)
    hands.press("Se connecter")


def invite_the_network(hands: Hands) -> None:
    hands.follow("Structures du réseau")
    hands.sees("205 structures, 205 cochées.")
    hands.press("Ajouter les structures cochées")
    hands.sees("205 structures ajoutées. Aucune invitation n’est encore partie.")
    hands.sees("2 places")


def import_a_file(hands: Hands, file: Path) -> None:
    """One of the 500 is on the list already at another address: left aside unless ticked."""
    lines = [f"Camille;Invité {n};camille-{n}@agents.example" for n in range(GUESTS)]
    file.write_text("\n".join(["Prénom;Nom;Courriel", "Ana;Perdue;ana@ailleurs.example", *lines]), encoding="utf-8")
    hands.follow("Importer un fichier")
    hands.give("Fichier des invités", file)
    hands.press("Lire le fichier")
    hands.sees("500 personnes seront ajoutées à la liste, avec les doublons possibles que vous cochez.")
    hands.sees("Même nom dans la liste, à l’adresse camille.durand")
    hands.press("Ajouter à la liste")
    hands.sees("500 invités ajoutés.")


def correct_an_address(hands: Hands) -> None:
    hands.follow("Adresses à corriger 1")
    hands.sees("La boîte n’existe pas.")
    hands.write("Adresse de Ana PERDUE", "ana perdue")
    hands.press("Corriger et renvoyer à Ana PERDUE")
    hands.sees("Il manque le «\u00a0@\u00a0»")
    hands.write("Adresse de Ana PERDUE", "ana@agents.example")
    hands.press("Corriger et renvoyer à Ana PERDUE")
    hands.sees("Ana PERDUE\u00a0: l’invitation part à ana@agents.example.")
    hands.finds_mail("ana@agents.example", "Invitation\u00a0: Rencontre")
