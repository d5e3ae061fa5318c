"""Over HTTPS, as it is installed for good: strict cookies, strict forms, and everything still works."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from eventapp.accounts import passwords
from eventapp.accounts.models import Role
from tests.browser.hands import Hands, event_day
from tests.factories import make_event, make_user
from tests.servers import Certificate

ADDRESS = "organisatrice@sgar.example"
PASSWORD = "une-phrase-longue-a-retenir"


def seed():
    starts_at = event_day(datetime.now(UTC))
    event = make_event(slug="rencontre", starts_at=starts_at, ends_at=starts_at + timedelta(hours=8))
    passwords.choose(make_user(event.organisation, Role.ORGANISER, email=ADDRESS), PASSWORD)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A day's certificate of this machine, signed by itself."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl n'est pas installé : apt install openssl")
    folder = tmp_path_factory.mktemp("tls")
    files = Certificate(certificate=folder / "certificate.pem", key=folder / "key.pem")
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=127.0.0.1"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", files.key, "-out", files.certificate]
    subprocess.run([openssl, *words.split(), *names], check=True, capture_output=True)
    return files


@pytest.fixture(scope="module")
def site(start_site, certificate):
    return start_site(seed, certificate=certificate)


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "ignore_https_errors": True}


@pytest.fixture
def mouse(page, site):
    return Hands(page, site.url)


def sign_in(mouse: Hands) -> None:
    mouse.open("/connexion")
    mouse.write("Adresse électronique", ADDRESS)
    mouse.write("Mot de passe", PASSWORD)
    mouse.press("Se connecter")


def test_an_organiser_signs_in_and_out(mouse):
    sign_in(mouse)
    expect(mouse.page.get_by_role("heading", level=1)).to_have_text("Mes événements")
    mouse.press("Se déconnecter")
    mouse.sees("Vous êtes déconnecté.")


def test_the_cookie_belongs_to_this_host_over_https_only(mouse):
    sign_in(mouse)
    [cookie] = mouse.page.context.cookies()
    assert cookie["name"] == "__Host-session"
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, True, "Lax", "/")


def test_a_person_registers_and_cancels(mouse):
    """Forms on the personal page send only their origin as referrer, which the check of forms must accept."""
    mouse.open("/evenements/rencontre/inscription")
    mouse.write("Prénom", "Camille")
    mouse.write("Nom", "Durand")
    mouse.write("Adresse électronique", "camille@agents.example")
    mouse.press("Envoyer mon inscription")
    mouse.sees("Votre place est confirmée")
    answer = mouse.page.request.get(mouse.page.url)
    assert answer.headers["referrer-policy"] == "strict-origin"
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")

    mouse.follow("Annuler mon inscription")
    mouse.tick("Annuler mon inscription")
    mouse.press("Enregistrer mon choix")

    mouse.sees("Votre inscription est annulée")


def test_a_form_sent_from_elsewhere_is_refused(mouse):
    """The negative control: with a right token but no referrer."""
    mouse.open("/evenements/rencontre/inscription")
    token = mouse.page.locator("[name=csrf_token]").input_value()
    form = {"csrf_token": token, "first_name": "Zoé", "last_name": "Caron", "email": "zoe@agents.example"}
    answer = mouse.page.request.post(mouse.page.url, form=form)
    assert answer.status == 400
