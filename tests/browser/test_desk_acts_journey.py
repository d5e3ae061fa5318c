"""An organiser's busy hour: people from a file, some moved, two made one, two cancelled, one of them by mistake."""

from datetime import UTC, datetime, timedelta

import pytest

from eventapp.accounts import passwords
from eventapp.accounts.models import Organisation, Role
from eventapp.agenda.models import BookingMode
from eventapp.extensions import db
from tests.browser.hands import Hands
from tests.factories import make_event, make_organisation, make_session, make_user

ADDRESS = "organisatrice@sgar.example"
PASSWORD = "une-phrase-longue-a-retenir"
WAYS = ("mouse", "no-javascript", "keyboard")
CSV = (
    "Prénom;Nom;Courriel;Sessions\r\n"
    "Amandine;Lefèvre;amandine@agents.example;Aidants\r\n"
    "Amandine;Lefèvre;a.lefevre@mairie.example;\r\n"
    "Karim;N’Guyen;karim@agents.example;\r\n"
    "Zoé;Caron;pas-une-adresse;\r\n"
)


def seed():
    organisation = make_organisation(name="SGAR Hauts-de-France")
    passwords.choose(make_user(organisation, Role.ORGANISER, email=ADDRESS, name="Jeanne Martin"), PASSWORD)
    for way in WAYS:
        seed_event(organisation, way)


def seed_event(organisation: Organisation, way: str) -> None:
    starts = datetime.now(UTC) + timedelta(days=40)
    facts = {"starts_at": starts, "ends_at": starts + timedelta(hours=8), "published_at": starts - timedelta(days=60)}
    event = make_event(organisation, slug=way, title=f"Rencontre {way}", capacity=2, **facts)
    make_session(event, title="Aidants", booking=BookingMode.OPTIONAL, capacity=9)
    later = starts + timedelta(hours=3)
    make_session(event, title="Numérique", booking=BookingMode.OPTIONAL, capacity=9, starts_at=later)
    db.session.flush()


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed, environ={"EVENTAPP_DEMO": "1"})


def test_a_busy_hour(hands, tmp_path, request):
    sign_in(hands)
    hands.open(f"/gestion/evenements/{request.node.callspec.id}/inscriptions")
    import_people(hands, tmp_path / "agents.csv")
    move_between_sessions(hands)
    merge_doubles(hands)
    cancel_several(hands)
    undo_one(hands)


def sign_in(hands: Hands) -> None:
    hands.open("/gestion/")
    hands.write("Adresse électronique", ADDRESS)
    hands.write("Mot de passe", PASSWORD)
    hands.press("Se connecter")


def import_people(hands: Hands, path) -> None:
    path.write_bytes(CSV.encode())
    hands.follow("Importer un fichier")
    hands.give("Fichier des personnes à inscrire", path)
    hands.press("Lire le fichier")
    hands.sees("3 personnes seront inscrites, dans l’ordre du fichier, dont 1 sur la liste d’attente.")
    hands.sees("1 ligne à corriger est laissée de côté.")
    hands.press("Inscrire ces personnes")
    hands.sees("2 places confirmées, 1 personne en attente.")


def move_between_sessions(hands: Hands) -> None:
    hands.follow("Déplacer entre sessions")
    hands.pick("De la session", "Aidants")
    hands.pick("Vers la session", "Numérique")
    hands.press("Voir les personnes")
    hands.tick("LEFÈVRE Amandine")
    hands.press("Déplacer les personnes cochées")
    hands.sees("1 personne est maintenant dans «\u00a0Numérique\u00a0».")


def merge_doubles(hands: Hands) -> None:
    hands.follow("Inscriptions", menu="Rubriques de l’événement")
    hands.follow("Doublons possibles")
    hands.follow("LEFÈVRE Amandine")
    hands.follow("Réunir avec une autre")
    hands.tick("LEFÈVRE Amandine")
    hands.press("Relire avant de réunir")
    hands.sees("Rien n’est fait.")
    hands.press("Réunir les deux inscriptions")
    hands.sees("Les deux inscriptions de Amandine LEFÈVRE n’en font plus qu’une.")
    hands.sees("Numérique")


def cancel_several(hands: Hands) -> None:
    hands.follow("Inscriptions", menu="Rubriques de l’événement")
    hands.sees("2 inscrits pour 2 places.")
    hands.follow("En annuler plusieurs")
    hands.follow("Tout cocher")
    hands.press("Relire avant d’annuler")
    hands.write("Message aux personnes", "La salle n’est plus libre.")
    hands.press("Annuler 2 inscriptions")
    hands.sees("2 inscriptions annulées. Un courriel part à chaque personne.")


def undo_one(hands: Hands) -> None:
    hands.follow("N’GUYEN Karim")
    hands.press("Rétablir l’inscription")
    hands.sees("L’inscription de Karim N’GUYEN est rétablie\u00a0: confirmée.")
    hands.sees("Annulation de l’inscription de Karim N’GUYEN défaite\u00a0: place confirmée (par Jeanne Martin).")
