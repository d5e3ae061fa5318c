"""What every answer carries, errors included; what is refused before any view runs."""

import hashlib
import json
import logging
from dataclasses import replace

import pytest
from flask import abort
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from eventapp import access, create_app
from eventapp.assets import content_hash
from eventapp.config import Settings
from eventapp.extensions import db, limiter
from eventapp.logs import JsonLines
from tests import databases
from tests.factories import make_organisation, make_user
from tests.pages import parse, words


def score(response, *, https=False):
    """MDN HTTP Observatory's table (tests of version 5), for what a response shows by itself."""
    headers, points = response.headers, 100
    csp = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert not any(part in ("*", "http:", "https:") for values in csp.values() for part in values.split())
    points += 10 if csp["default-src"] == "'none'" else 5
    points += 5 if csp.get("frame-ancestors") == "'none'" else 0
    points += 5 if headers["Referrer-Policy"] in ("same-origin", "strict-origin", "no-referrer") else 0
    points += 10 if headers["Cross-Origin-Resource-Policy"] == "same-origin" else 0
    points -= 5 if headers.get("X-Content-Type-Options") != "nosniff" else 0
    points -= 20 if https and "max-age=63072000" not in headers.get("Strict-Transport-Security", "") else 0
    for cookie in headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        points += 5
    return points


@pytest.fixture(scope="module")
def broken_app(tmp_path_factory):
    """An application of its own, over HTTPS, with views that fail in each way."""
    url = f"sqlite:///{tmp_path_factory.mktemp('headers') / 'test.db'}"
    environment = databases.ENVIRONMENT | {
        "DATABASE_URL": url,
        "BASE_URL": "https://rencontres.example.org",
        "TRUSTED_HOSTS": "rencontres.example.org",
    }
    extra = databases.FLASK | {"PROPAGATE_EXCEPTIONS": False}
    application = create_app(replace(Settings.from_environment(environment), extra=extra))
    application.url_build_error_handlers.append(lambda _error, endpoint, _values: f"/absent/{endpoint}")
    limiter.enabled = False

    @application.get("/erreur/<int:code>")
    @access.everyone
    def fail(code):
        if code == 500:
            raise ValueError("a secret value")
        if code == 503:
            raise OperationalError("SELECT secret", {}, Exception("database is locked"))
        abort(code)

    @application.get("/ecriture")
    @access.everyone
    def write():
        db.session.execute(text("CREATE TABLE made_by_a_get (id INTEGER)"))

    return application


@pytest.fixture
def broken(broken_app):
    return broken_app.test_client()


def ask(client, path, host="rencontres.example.org", **more):
    return client.get(path, base_url=f"https://{host}", **more)


@pytest.mark.parametrize("code", [400, 403, 404, 405, 413, 415, 422, 429, 500, 503])
def test_every_error_is_a_safe_page(broken, code):
    response = ask(broken, f"/erreur/{code}")
    assert response.status_code == code
    assert score(response, https=True) >= 130
    assert response.headers["Cache-Control"] == "no-store"
    assert len(parse(response).find_all("h1")) == 1
    for leak in ("Traceback", "secret", "Werkzeug", "Python", "SELECT"):
        assert leak not in response.text
        assert leak not in str(response.headers)


def test_an_unavailable_database_says_when_to_come_back(broken):
    assert ask(broken, "/erreur/503").headers["Retry-After"] == "5"


def test_a_get_that_writes_is_our_mistake(broken):
    assert ask(broken, "/ecriture").status_code == 500


@pytest.mark.parametrize("host", ["evil.example", "rencontres.example.org.evil.example", "localhost"])
def test_a_foreign_host_is_refused(broken, host):
    response = ask(broken, "/healthz", host=host, headers={"X-Forwarded-Host": "rencontres.example.org"})
    assert response.status_code == 400
    assert score(response, https=True) >= 130
    assert host not in response.text


def test_a_forwarded_host_changes_nothing(broken):
    response = ask(broken, "/connexion", headers={"X-Forwarded-Host": "evil.example"})
    assert response.status_code == 200
    assert "evil.example" not in response.text


def test_the_session_cookie_is_locked_to_the_host_over_https(broken):
    response = ask(broken, "/cookies")
    assert response.headers.getlist("Set-Cookie") == []
    broken.application.config["WTF_CSRF_ENABLED"] = True
    cookie = ask(broken, "/connexion").headers["Set-Cookie"]
    broken.application.config["WTF_CSRF_ENABLED"] = False
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    "path",
    [
        "/cookies",
        "/connexion",
        "/plan-du-site",
        "/mentions-legales",
        "/healthz",
        "/robots.txt",
        "/rien",
        "/static/rien",
    ],
)
def test_public_pages_score_130(client, path):
    assert score(client.get(path)) >= 130


def test_personal_pages_are_kept_by_nobody(client):
    client.sign_in(make_user(make_organisation()))
    response = client.get("/gestion/compte")
    assert response.headers["Cache-Control"] == "no-store"
    assert "Cookie" in response.vary


def test_a_page_behind_a_token_is_not_indexed_nor_named_to_others(client):
    headers = client.get("/connexion/inconnu").headers
    assert (headers["Referrer-Policy"], headers["X-Robots-Tag"]) == ("strict-origin", "noindex")


def test_a_form_without_token_is_refused_with_a_sentence(csrf_client):
    response = csrf_client.post("/connexion", data={"email": "a@b.example", "password": "x"})
    assert response.status_code == 400
    assert "rien n’a été enregistré" in words(parse(response))


def fill(app, rule):
    """An address of this rule, with values that fit its converters."""
    values = {name: 1 if "Integer" in type(kind).__name__ else "valeur" for name, kind in rule._converters.items()}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values, method=next(iter(rule.methods)))


# What no form of ours sends: a mail program's one click (RFC 8058), a report that its sender signs.
EXEMPT = {"invitations.do_unsubscribe", "outbox.take_returned"}


def test_every_post_without_token_is_refused(app, csrf_client):
    csrf_client.sign_in(make_user(make_organisation()))
    unsafe = {"POST", "PUT", "PATCH", "DELETE"}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in EXEMPT]
    asked = [(fill(app, rule), method) for rule in rules for method in rule.methods & unsafe]
    answers = {(path, method): csrf_client.open(path, method=method).status_code for path, method in asked}
    assert {where: code for where, code in answers.items() if code != 400} == {}
    assert len(asked) > 5


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
    ],
)
def test_a_form_sent_by_another_site_is_refused(client, headers):
    assert client.post("/deconnexion", headers=headers).status_code == 400


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, {"Origin": "null"}]
)
def test_a_form_of_ours_passes(client, headers):
    assert client.post("/deconnexion", headers=headers).status_code == 303


def dump():
    """Every row of every table, in one hash."""
    rows = [(table.name, sorted(map(repr, db.session.execute(table.select())))) for table in db.metadata.sorted_tables]
    db.session.rollback()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def test_the_dump_sees_any_change():
    user = make_user()
    db.session.commit()
    before = dump()
    user.name = "Autre"
    db.session.commit()
    assert dump() != before


@pytest.mark.parametrize("signed_in", [False, True])
def test_reading_changes_nothing(app, client, signed_in):
    user = make_user(make_organisation(slug="valeur"))
    if signed_in:
        client.sign_in(user)
    db.session.commit()
    before = dump()
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint != "static":
            path = fill(app, rule)
            response = client.get(path, buffered=True)
            assert response.status_code < 500 or path == "/readyz"
            assert score(response) >= 130
            client.head(path, buffered=True)
    assert dump() == before


def test_static_files_are_kept_a_year_under_their_hash(client):
    known = client.get(f"/static/js/app.js?v={content_hash('js/app.js')}", buffered=True)
    assert known.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get("/static/js/app.js?v=autre", buffered=True).headers["Cache-Control"] == "no-cache"
    assert client.get("/static/js/app.js", buffered=True).headers["Cache-Control"] == "no-cache"
    assert f"app.js?v={content_hash('js/app.js')}" in client.get("/cookies").text


def test_what_everyone_may_read_does_not_depend_on_cookies(app, client, monkeypatch):
    client.sign_in(make_user(make_organisation()))
    monkeypatch.setattr(app.login_manager, "_user_callback", lambda _key: pytest.fail("loaded the user"))
    for path in ("/cookies", "/rien", "/static/js/app.js"):
        response = client.get(path, buffered=True)
        assert "Set-Cookie" not in response.headers
        assert "Cookie" not in response.vary or path == "/rien"


def test_too_large_a_form_is_refused_with_a_sentence(client):
    response = client.post("/connexion", data={"email": "a" * 7_000_000})
    assert response.status_code == 413
    assert words(parse(response).h1) == "Envoi trop volumineux"


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE"])
def test_other_methods_are_refused(client, method):
    response = client.open("/cookies", method=method)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.long
@pytest.mark.both_databases
def test_a_lock_held_by_someone_else_is_a_503(app, client, database):
    user = make_user(make_organisation())
    client.sign_in(user)
    db.session.commit()
    with db.engine.connect() as other:
        if database == "sqlite":
            other.exec_driver_sql("UPDATE user_account SET name = 'x'")
        else:
            other.exec_driver_sql("LOCK TABLE user_account IN EXCLUSIVE MODE")
        response = client.post("/gestion/compte/nom", data={"name": "Autre"})
        other.rollback()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


def test_the_states_design_system_replaces_ours(tmp_path):
    for name in ("dsfr.min.css", "utility/utility.min.css"):
        (tmp_path / "dist" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "dist" / name).write_text("a{}")
    (tmp_path / "secret.txt").write_text("secret")
    environment = databases.ENVIRONMENT | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'test.db'}",
        "DSFR_DIR": str(tmp_path / "dist"),
    }
    application = create_app(replace(Settings.from_environment(environment), extra=databases.FLASK))
    application.url_build_error_handlers.append(lambda _error, endpoint, _values: f"/absent/{endpoint}")
    limiter.enabled = False
    client = application.test_client()
    page = client.get("/cookies")
    assert [link["href"] for link in parse(page).find_all("link", rel="stylesheet")] == [
        "/dsfr/dsfr.min.css",
        "/dsfr/utility/utility.min.css",
        "/complement.css",
    ]
    assert "font-src 'self'" in page.headers["Content-Security-Policy"]
    assert score(page) >= 130
    assert client.get("/dsfr/dsfr.min.css", buffered=True).text == "a{}"
    assert "@layer own" in client.get("/complement.css").text
    for path in ("/dsfr/../secret.txt", "/dsfr/%2e%2e/secret.txt", "/dsfr//etc/passwd", "/dsfr/absent.css"):
        assert client.get(path, buffered=True).status_code in (308, 404)


def test_a_log_record_is_one_line_of_json():
    record = logging.LogRecord("eventapp", logging.ERROR, "x", 1, "agent: %s", ('a\n{"level": "forged"}',), None)
    line = JsonLines().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == 'agent: a\n{"level": "forged"}'


def test_a_log_record_holds_no_token(app):
    record = logging.LogRecord("eventapp", logging.ERROR, "x", 1, "failed", (), None)
    with app.test_request_context("/connexion/a-secret-token"):
        line = json.loads(JsonLines().format(record))
    assert line["request"] == "GET /connexion/<token>"


def test_old_keys_still_open_sessions(tmp_path):
    def client_with(**keys):
        environment = databases.ENVIRONMENT | {"DATABASE_URL": f"sqlite:///{tmp_path / 'test.db'}"} | keys
        application = create_app(replace(Settings.from_environment(environment), extra=databases.FLASK))
        limiter.enabled = False
        return application.test_client()

    before = client_with(SECRET_KEY="a" * 32)
    with before.session_transaction() as session:
        session["x"] = 1
    after = client_with(SECRET_KEY="b" * 32, SECRET_KEY_FALLBACKS="a" * 32)
    after.set_cookie("session", before.get_cookie("session").value)
    with after.session_transaction() as session:
        assert session["x"] == 1
