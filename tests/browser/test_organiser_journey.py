"""An organiser's first day: an event from nothing to invitations sent, three ways of using the page."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from eventapp.accounts import passwords
from eventapp.accounts.models import Role
from eventapp.network.models import Structure
from eventapp.text import fold
from tests.browser.hands import Hands, event_day
from tests.factories import make_organisation, make_user, save

DAY = event_day(datetime.now(UTC)).date().isoformat()
ADDRESS = "organisatrice@sgar.example"
PASSWORD = "une-phrase-longue-a-retenir"
DESK_MENU = "Rubriques de l’événement"
CSV = (
    "Prénom;Nom;Courriel;Structure\r\n"
    "Amandine;Lefèvre;amandine@agents.example;France services de Saint-Erme (Saint-Erme, 02)\r\n"
    "Karim;N’Guyen;karim@agents.example;\r\n"
    "Zoé;Caron;pas-une-adresse;\r\n"
)


def seed():
    user = make_user(make_organisation(name="SGAR Hauts-de-France"), Role.ORGANISER, email=ADDRESS)
    passwords.choose(user, PASSWORD)
    structure = Structure(
        id_fs="1", name="France services de Saint-Erme", departement_code="02", commune="Saint-Erme",
        updated_at=datetime.now(UTC),
    )  # fmt: skip
    structure.match_key = structure.search_text = fold(structure.full_label)
    save(structure)


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed, with_worker=True, environ={"EVENTAPP_DEMO": "1"})


def test_an_organiser_goes_from_nothing_to_invitations_sent(hands, tmp_path, request):
    title = f"Rencontre {request.node.callspec.id}"
    sign_in(hands)
    create_event(hands, title)
    add_rooms_and_speaker(hands)
    add_parallel_sessions(hands)
    publish(hands, title)
    import_guests(hands, tmp_path / "invités.csv")
    add_guest_by_hand(hands)
    write_letter(hands)
    send_invitations(hands)
    read_kept_mail(hands, title)


def sign_in(hands: Hands) -> None:
    hands.open("/gestion/")
    assert "/connexion" in hands.page.url
    hands.write("Adresse électronique", ADDRESS)
    hands.write("Mot de passe", PASSWORD)
    hands.press("Se connecter")
    expect(hands.page).to_have_url(f"{hands.url}/gestion/")


def create_event(hands: Hands, title: str) -> None:
    hands.follow("Créer un événement")
    hands.write("Titre", title)
    for moment, hour in (("début", "14:00"), ("fin", "18:00")):
        hands.write(f"Date de {moment}", DAY)
        hands.write(f"Heure de {moment}", hour)
    hands.write("Nom du lieu", "Préfecture de région")
    hands.write("Ville", "Lille")
    hands.press("Créer l’événement")
    hands.sees("L’événement est créé, en brouillon")


def add_rooms_and_speaker(hands: Hands) -> None:
    hands.follow("Programme", DESK_MENU)
    hands.follow("Salles")
    for name in ("Salle Vauban", "Salle Jean-Bart"):
        hands.write("Nom de la salle", name)
        hands.press("Ajouter la salle")
        expect(hands.page.get_by_role("link", name=name)).to_be_visible()
    hands.follow("Intervenants")
    hands.write("Prénom", "Jeanne")
    hands.write("Nom", "Martin")
    hands.press("Ajouter l’intervenant")
    expect(hands.page.get_by_role("link", name="Jeanne MARTIN")).to_be_visible()


def add_parallel_sessions(hands: Hands) -> None:
    hands.follow("Programme", DESK_MENU)
    for title, room in (("Aller vers", "Salle Vauban"), ("Écrire simplement", "Salle Jean-Bart")):
        hands.follow("Ajouter une session")
        hands.write("Titre", title)
        hands.write("Début", "14:30")
        hands.write("Fin", "15:30")
        hands.pick("Salle", room)
        hands.tick("Sur réservation uniquement")
        hands.write("Places", "12")
        hands.pick("Personne", "Jeanne MARTIN")
        hands.press("Ajouter au programme")
    sessions = hands.page.locator(".grid tbody tr").filter(has_text="Aller vers")
    expect(sessions).to_contain_text("Écrire simplement")


def publish(hands: Hands, title: str) -> None:
    hands.follow("Réglages", DESK_MENU)
    hands.follow("Publier")
    hands.press("Publier l’événement")
    hands.follow("Voir la page publique")
    expect(hands.page.get_by_role("heading", level=1)).to_have_text(title)
    hands.sees("Écrire simplement")
    hands.page.go_back()


def import_guests(hands: Hands, file: Path) -> None:
    file.write_bytes(CSV.encode("cp1252"))
    hands.follow("Invités", DESK_MENU)
    hands.follow("Importer un fichier")
    hands.give("Fichier des invités", file)
    hands.press("Lire le fichier")
    hands.sees("2 personnes seront ajoutées à la liste. 1 ligne à corriger est laissée de côté.")
    hands.sees("pas-une-adresse")
    hands.press("Ajouter 2 personnes")
    hands.sees("2 invités ajoutés. Aucune invitation n’est encore partie.")


def add_guest_by_hand(hands: Hands) -> None:
    hands.follow("Ajouter une personne")
    hands.write("Nom ou commune", "saint erme")
    hands.press("Chercher")
    hands.follow("France services de Saint-Erme (Saint-Erme, 02)")
    hands.write("Prénom", "Solène")
    hands.write("Nom", "Œuvrard")
    hands.write("Adresse électronique", "solene@agents.example")
    hands.press("Ajouter à la liste")
    hands.sees("Solène ŒUVRARD est dans la liste. L’invitation n’est pas encore partie.")


def write_letter(hands: Hands) -> None:
    hands.follow("Lettres", DESK_MENU)
    hands.follow("Invitation")
    hands.write("Texte de la lettre", "Bonjour {prenom},\n\nVenez le **{date}** à {lieu}.")
    hands.press("Enregistrer la lettre")
    hands.pick("Tel que le lira", "N’GUYEN Karim")
    hands.press("Voir l’aperçu")
    expect(hands.page.get_by_role("article", name="En texte seul")).to_contain_text("Bonjour Karim,")
    expect(hands.page.frame_locator("iframe").get_by_text("Bonjour Karim,")).to_be_visible()


def send_invitations(hands: Hands) -> None:
    hands.follow("Invités", DESK_MENU)
    hands.follow("Écrire aux invités")
    hands.sees("3 personnes recevront cette lettre")
    hands.follow("Relire avant l’envoi")
    hands.sees("Bonjour Amandine")
    hands.press("Envoyer à 3 personnes")
    hands.sees("La lettre part à 3 personnes.")
    hands.comes_to_see("envoyé")
    hands.follow("Invités", DESK_MENU)
    expect(hands.page.get_by_role("link", name="Sans réponse 3")).to_be_visible()


def read_kept_mail(hands: Hands, title: str) -> None:
    for name in ("Karim", "Solène"):
        hands.finds_mail(name.replace("è", "e").lower(), f"Invitation\u00a0: {title}")
        hands.sees(f"Bonjour {name},")
        expect(hands.page.locator('pre a[href*="/invitation/"]')).to_be_visible()
