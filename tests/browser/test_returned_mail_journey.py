"""A letter comes back: the mail server says so, the organiser sees it, prints the letter, then corrects the address."""

import time
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from eventapp.accounts import passwords
from eventapp.accounts.models import Role
from eventapp.clock import utcnow
from eventapp.extensions import db
from eventapp.invitations import sending
from eventapp.outbox import signing
from eventapp.outbox.models import Message
from tests.browser.hands import Hands, event_day
from tests.factories import make_event, make_guest, make_organisation, make_person, make_user
from tests.outbox.reports import report

SECRET = "0123456789abcdef0123456789abcdef"
ADDRESS, PASSWORD = "organisatrice@sgar.example", "une-phrase-longue-a-retenir"
BOARD = "/gestion/evenements/rencontre/courriels"


def seed():
    organisation = make_organisation(name="SGAR Hauts-de-France")
    user = make_user(organisation, Role.ORGANISER, email=ADDRESS)
    passwords.choose(user, PASSWORD)
    now = datetime.now(UTC)
    hours = {"starts_at": event_day(now), "ends_at": event_day(now) + timedelta(hours=8)}
    event = make_event(organisation, slug="rencontre", title="Rencontre", **hours)
    guests = [make_guest(event, make_person(last_name=name, email=f"{name}@agents.example")) for name in ("un", "deux")]
    sending.invite(event, guests, now=now, by=user)


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed, with_worker=True, environ={"EVENTAPP_DEMO": "1", "BOUNCE_WEBHOOK_SECRET": SECRET})


def test_a_letter_that_comes_back_leads_to_a_corrected_address(site, page):
    hands = Hands(page, site.url)
    hands.open("/gestion/")
    hands.write("Adresse électronique", ADDRESS)
    hands.write("Mot de passe", PASSWORD)
    hands.press("Se connecter")
    come_back(site, "un@agents.example")

    hands.open(BOARD)
    hands.follow("Revenus 1")
    hands.sees("cette adresse n’existe pas ou plus")
    hands.follow("un@agents.example")
    hands.sees("550 5.1.1")
    hands.open(BOARD)
    hands.follow("Lettres sur papier")
    hands.sees("1 invité a une adresse injoignable")
    with page.expect_download() as download:
        hands.act(page.get_by_role("button", name="Télécharger 1 lettre (PDF)"))
    assert download.value.suggested_filename == "lettres-rencontre.pdf"

    hands.follow("UN Camille")
    hands.write("Adresse électronique", "une@agents.example")
    hands.press("Enregistrer")
    hands.open("/gestion/evenements/rencontre/lettres-sur-papier")
    hands.sees("Aucune adresse injoignable")
    hands.open(f"{BOARD}?q=une@")
    hands.sees("une@agents.example")


def come_back(site, address):
    """The mail server's report, posted once the letter has left."""
    deadline = time.monotonic() + 60
    while not (message_id := identifier(site, address)):
        assert time.monotonic() < deadline, "the letter never left"
        time.sleep(0.2)
    source, timestamp = report(message_id), str(int(utcnow().timestamp()))
    headers = {"X-Timestamp": timestamp, "X-Signature": signing.signature(source, timestamp, SECRET)}
    headers["Content-Type"] = "message/rfc822"
    request = urllib.request.Request(f"{site.url}/courriels/retours", data=source, headers=headers)  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        assert answer.status == 204


def identifier(site, address):
    with site.app.app_context():
        sent = db.select(Message.message_id).where(Message.to == address, Message.sent_at.is_not(None))
        return db.session.scalar(sent)
