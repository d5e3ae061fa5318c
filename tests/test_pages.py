"""The pages every public service has, its health, and who may see what when something is wrong."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from eventapp import readiness
from eventapp.clock import utcnow
from eventapp.extensions import db
from eventapp.outbox.models import Heartbeat
from tests.factories import make_event, make_organisation, make_session, make_speaker
from tests.pages import words

LEGAL = ["/mentions-legales", "/donnees-personnelles", "/accessibilite"]


@pytest.mark.parametrize("path", [*LEGAL, "/cookies", "/plan-du-site"])
def test_pages_open_even_on_an_empty_site(client, path):
    client.page(path)


@pytest.mark.parametrize("path", LEGAL)
def test_each_organisation_has_its_section(client, path):
    for name in ("SGAR Bretagne", "SGAR Corse"):
        make_organisation(name=name, slug=name.lower().replace(" ", "-"))
    titles = [words(title) for title in client.page(path).select("main h2")]
    assert [title.partition(" :")[0] for title in titles] == ["SGAR Bretagne", "SGAR Corse"]
    only = [words(title) for title in client.page(f"{path}?organisation=sgar-corse").select("main h2")]
    assert [title.partition(" :")[0] for title in only] == ["SGAR Corse"]
    assert client.get(f"{path}?organisation=inconnue").status_code == 404


def test_privacy_tells_what_the_law_asks(client):
    make_organisation(name="SGAR Corse", email="dpd@sgar.example")
    text = words(client.page("/donnees-personnelles").main)
    for needed in ("responsable du traitement", "article 6", "consentement", "un an", "dpd@sgar.example", "CNIL"):
        assert needed in text


def test_accessibility_is_not_conform_until_said_otherwise(client):
    make_organisation()
    text = words(client.page("/accessibilite").main)
    assert "non conformes au référentiel" in text
    assert "Défenseur des droits" in text


def test_own_texts_replace_the_usual_ones_and_stay_inert(client):
    make_organisation(legal_notice="# Chez nous\n\n<script>alert(1)</script> [x](javascript:alert(1))")
    page = client.page("/mentions-legales")
    assert words(page.select_one("main h3")) == "Chez nous"
    assert page.select("main script, main a") == []


def test_the_map_lists_public_events_only(client):
    make_event(title="Visible")
    make_event(title="Brouillon", published_at=None)
    text = words(client.page("/plan-du-site").main)
    assert "Visible" in text
    assert "Brouillon" not in text


def test_the_map_leads_to_each_page_of_a_programme(client):
    event, draft = make_event(slug="rencontre"), make_event(slug="brouillon", published_at=None)
    for one in (event, draft, make_event(slug="sans-programme")):
        make_speaker(one, slug="discret", biography="")
        if one.slug != "sans-programme":
            make_session(one, make_speaker(one, slug="martin"), slug="ouverture")
    page = client.page("/plan-du-site")
    links = [link["href"] for link in page.select("main a")]
    for path in ("programme", "programme.pdf", "sessions/ouverture", "intervenants/martin"):
        assert f"/evenements/rencontre/{path}" in links, path
        assert client.get(f"/evenements/rencontre/{path}").status_code == 200
    assert not any("discret" in link or "brouillon" in link for link in links)
    assert "/evenements/sans-programme/programme.pdf" not in links
    assert words(page.select_one("details summary")) == f"1 session, 1 intervenant de {event.title}"


def test_health_is_alive_without_a_database(client, monkeypatch):
    monkeypatch.setattr(db.session, "execute", lambda *_a, **_k: pytest.fail("asked the database"))
    assert client.get("/healthz").text == "ok\n"


@pytest.fixture
def migrated(monkeypatch):
    monkeypatch.setattr(readiness, "wanted_heads", lambda: set())


def test_ready_when_the_worker_beats(client, migrated):
    db.session.add(Heartbeat(name="worker", beaten_at=utcnow()))
    response = client.get("/readyz")
    assert (response.status_code, response.text) == (200, "ok\n")


def test_not_ready_without_worker(client, migrated):
    db.session.add(Heartbeat(name="worker", beaten_at=utcnow() - timedelta(hours=1)))
    response = client.get("/readyz")
    assert (response.status_code, response.text) == (503, f"{readiness.WORKER}\n")


def test_not_ready_before_migrations(client, monkeypatch):
    monkeypatch.setattr(readiness, "wanted_heads", lambda: {"0001"})
    response = client.get("/readyz")
    assert (response.status_code, response.text) == (503, f"{readiness.MIGRATIONS}\n")


def test_not_ready_without_database_and_says_nothing_secret(client, monkeypatch, caplog):
    def down(*_args, **_kwargs):
        raise OperationalError("SELECT secret", {"password": "x"}, Exception("host=10.0.0.1 password=x"))

    monkeypatch.setattr(readiness.MigrationContext, "configure", down)
    with caplog.at_level(logging.ERROR):
        response = client.get("/readyz")
    assert (response.status_code, response.text) == (503, f"{readiness.DATABASE}\n")
    assert "password" not in caplog.text


def test_robots_hides_nothing_by_listing_it(client):
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow:\n"


def test_the_old_icon_address_answers(client):
    assert client.get("/favicon.ico", buffered=True).mimetype == "image/svg+xml"
