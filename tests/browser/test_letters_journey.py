"""An organiser words a letter, sees it as a guest will read it, tries it on themselves and joins a file."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from eventapp.accounts import passwords
from eventapp.accounts.models import Role
from tests.browser.hands import Hands, event_day
from tests.factories import make_event, make_organisation, make_person, make_registration, make_user

STARTS = event_day(datetime.now(UTC)) + timedelta(hours=8)
ADDRESS = "organisatrice@sgar.example"
PASSWORD = "une-phrase-longue-a-retenir"
DESK_MENU = "Rubriques de l’événement"
WAYS = ("mouse", "no-javascript", "keyboard")


def seed():
    organisation = make_organisation(name="SGAR Hauts-de-France")
    passwords.choose(make_user(organisation, Role.ORGANISER, email=ADDRESS), PASSWORD)
    for way in WAYS:
        event = make_event(
            organisation, slug=way, title=f"Journée {way}", starts_at=STARTS, ends_at=STARTS.replace(hour=16)
        )
        make_registration(event, make_person(first_name="Ana", last_name="Abel"))
        make_registration(event, make_person(first_name="Zoé", last_name="Zédé"))


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed, with_worker=True, environ={"EVENTAPP_DEMO": "1"})


def test_a_letter_is_worded_seen_tried_and_saved(hands, tmp_path, request):
    way = request.node.callspec.id
    sign_in(hands, way)
    hands.follow("Lettres", DESK_MENU)
    hands.follow("Confirmation")
    word(hands, way)
    try_on_oneself(hands, way)
    hands.press("Enregistrer la lettre")
    hands.sees("Votre texte, version 1")
    join_a_file(hands, tmp_path / "Plan d’accès.pdf")


def sign_in(hands: Hands, way: str) -> None:
    hands.open(f"/gestion/evenements/{way}/")
    hands.write("Adresse électronique", ADDRESS)
    hands.write("Mot de passe", PASSWORD)
    hands.press("Se connecter")


def word(hands: Hands, way: str) -> None:
    """With JavaScript the letter follows what is typed and who is chosen; without it a button shows it."""
    hands.pick("Tel que le lira", "ZÉDÉ Zoé")
    hands.write("Texte de la lettre", "Chère **{prenom}**, à bientôt.")
    if way == "no-javascript":
        hands.press("Voir l’aperçu")
    framed = hands.page.frame_locator("iframe")
    expect(framed.locator("strong").last).to_have_text("Zoé")
    expect(framed.get_by_role("heading", level=1)).to_have_text("Votre place est confirmée.")
    expect(hands.page.get_by_role("article", name="En texte seul")).to_contain_text("Chère Zoé, à bientôt.")
    hands.sees("Cet aperçu montre votre texte, qui n’est pas encore enregistré.")


def try_on_oneself(hands: Hands, way: str) -> None:
    hands.press("M’envoyer un essai")
    hands.sees(f"Un essai part vers {ADDRESS}")


def join_a_file(hands: Hands, file) -> None:
    file.write_bytes(b"%PDF-1.7\n%%EOF\n")
    hands.give("Fichier à joindre", file)
    hands.press("Joindre ce fichier")
    assert hands.take(file.name) == file.read_bytes()
