"""A reminder: chosen, read, sent to the silent alone, who then stop reminders without declining."""

from datetime import UTC, datetime, timedelta

import pytest

from eventapp.accounts import passwords
from eventapp.accounts.models import Role
from eventapp.extensions import db
from eventapp.invitations.models import Guest, GuestState, Reply
from tests.browser.hands import Hands, event_day, go
from tests.factories import make_event, make_guest, make_invitation, make_organisation, make_person, make_user

ADDRESS = "organisatrice@sgar.example"
PASSWORD = "une-phrase-longue-a-retenir"
DESK_MENU = "Rubriques de l’événement"


def seed():
    organisation = make_organisation(name="SGAR Hauts-de-France")
    passwords.choose(make_user(organisation, Role.ORGANISER, email=ADDRESS), PASSWORD)
    starts_at = event_day(datetime.now(UTC))
    ends_at = starts_at + timedelta(hours=4)
    event = make_event(organisation, title="Journée du réseau", starts_at=starts_at, ends_at=ends_at)
    make_invitation(make_guest(event, make_person(last_name="Silence", email="silence@agents.example")))
    declined = make_guest(event, make_person(last_name="Refus", email="refus@agents.example"))
    make_invitation(declined, reply=Reply.DECLINED, replied_at=datetime.now(UTC))


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed, with_worker=True, environ={"EVENTAPP_DEMO": "1"})


def test_a_reminder_goes_to_the_silent_who_may_stop_them(page, site):
    hands = Hands(page, site.url)
    hands.open("/gestion/")
    hands.write("Adresse électronique", ADDRESS)
    hands.write("Mot de passe", PASSWORD)
    hands.press("Se connecter")
    send_a_reminder(hands)
    stop_reminders(hands)

    with site.app.app_context():
        silent = db.session.scalar(db.select(Guest).where(Guest.email == "silence@agents.example"))
        assert silent.reminders_stopped_at is not None
        assert silent.state is GuestState.SILENT


def send_a_reminder(hands: Hands) -> None:
    hands.follow("Journée du réseau")
    hands.follow("Invités", DESK_MENU)
    hands.follow("Écrire aux invités")
    hands.follow("Relance", "Quelle lettre")
    hands.sees("1 personne recevra cette lettre")
    hands.sees("a déjà répondu : 1")
    hands.follow("Relire avant l’envoi")
    hands.press("Envoyer à 1 personne")
    hands.sees("La lettre part à 1 personne.")
    hands.comes_to_see("envoyé")


def stop_reminders(hands: Hands) -> None:
    hands.finds_mail("silence", "Votre réponse avant le")
    go(hands.page.locator('pre a[href*="/desinscription/"]').first)
    hands.press("Enregistrer mon choix")
    hands.sees("Choisissez l’une des deux réponses.")
    hands.tick("Ne plus recevoir de relances")
    hands.press("Enregistrer mon choix")
    hands.sees("vous ne recevrez plus de relances")
