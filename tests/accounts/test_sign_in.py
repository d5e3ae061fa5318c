"""In and out: by password, by one-time link; what a stranger learns; when a session ends."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask_security import hash_password

from eventapp.accounts import people
from eventapp.accounts import sign_in as sessions
from eventapp.accounts.models import SignInLink
from eventapp.accounts.notices import link_url
from eventapp.clock import utcnow
from eventapp.extensions import db
from tests.factories import make_organisation, make_user
from tests.pages import parse, words

PASSWORD = "quatre mots sans rapport"
DESK = "/gestion/compte"


@pytest.fixture
def user():
    return make_user(make_organisation(), email="jeanne@sgar.example", password=hash_password(PASSWORD))


def enter(client, email="jeanne@sgar.example", password=PASSWORD, **more):
    return client.post("/connexion", data={"email": email, "password": password, **more})


def is_in(client):
    return client.get(DESK).status_code == 200


def without_csrf(html):
    return re.sub(r'name="csrf_token" value="[^"]*"', "", html)


def path_of(link):
    return link_url(link).removeprefix("http://localhost")


def test_the_right_password_opens_the_desk(client, user):
    response = enter(client)
    assert (response.status_code, response.location) == (303, "/gestion/")
    assert is_in(client)


def test_the_address_may_be_typed_in_capitals(client, user):
    assert enter(client, email=" Jeanne@SGAR.example ").status_code == 303


def test_a_wrong_password_keeps_the_address_and_says_nothing_more(client, user):
    response = enter(client, password="non")
    assert response.status_code == 422
    assert "L’adresse ou le mot de passe ne convient pas." in words(parse(response))
    assert parse(response).find(id="email")["value"] == "jeanne@sgar.example"
    assert parse(response).title.text.startswith("Erreur")
    assert not is_in(client)


def test_known_and_unknown_addresses_get_the_same_page(client, user):
    known = enter(client, password="non").text
    unknown = enter(client, email="autre@sgar.example", password="non").text
    assert without_csrf(known) == without_csrf(unknown.replace("autre@", "jeanne@"))


def test_an_unknown_address_costs_a_hash_too(client, user, monkeypatch):
    from eventapp.accounts import passwords

    checked = []
    monkeypatch.setattr(passwords, "verify_password", lambda *pair: checked.append(pair[1][:29]) or False)
    enter(client, password="non")
    enter(client, email="autre@sgar.example", password="non")
    assert checked == ["$argon2id$v=19$m=19456,t=2,p="] * 2


def test_an_account_without_password_opens_with_none(client):
    make_user(make_organisation(), email="sans@sgar.example")
    assert enter(client, email="sans@sgar.example", password="a password that nobody has").status_code == 422


def test_someone_switched_off_stays_out(client, user):
    user.active = False
    assert enter(client).status_code == 422


def test_signing_in_leads_where_one_was_going(client, user):
    asked = client.get("/gestion/compte?x=1")
    page = client.page(asked.location)
    response = enter(client, next=page.find("input", {"name": "next"})["value"])
    assert response.location == "/gestion/compte?x=1"


HOSTILE = [
    *r"//evil.example ///evil.example ////evil.example /\evil.example \/evil.example \\evil.example".split(),
    *r"https://evil.example http:evil.example javascript:alert(1) JaVaScRiPt:alert(1) data:text/html,x".split(),
    *r"evil.example @evil.example http://localhost@evil.example //localhost@evil.example ///\evil.example".split(),
    *r"./evil ../evil /%0d/../\evil ?next=x #x mailto:x@evil.example ftp://evil.example //%2fevil.example".split(),
    *("/\\/evil.example", "/\t/evil.example", "/\n/evil.example", " //evil.example", "/a\\b", "", "/\x00"),
    *("/\r\nSet-Cookie: a=b", "/ //evil.example", "/" + "a" * 3000),
]


@pytest.mark.parametrize("wanted", HOSTILE)
def test_no_hostile_next_is_followed(client, user, wanted):
    assert len(HOSTILE) >= 30
    response = enter(client, next=wanted)
    assert response.location == "/gestion/"


def test_signing_out_kills_the_cookie_and_its_copies(client, user):
    enter(client)
    copied = client.get_cookie("session").value
    assert client.post("/deconnexion").location == "/connexion"
    assert not is_in(client)
    client.set_cookie("session", copied)
    assert not is_in(client)


def test_signing_out_leaves_the_other_computer_in(app, client, user):
    elsewhere = app.test_client()
    enter(client)
    enter(elsewhere)
    client.post("/deconnexion")
    assert is_in(elsewhere)


def test_nothing_from_before_signing_in_survives(client, user):
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    enter(client)
    with client.session_transaction() as session:
        assert "planted" not in session


@pytest.mark.parametrize(("away", "still_in"), [(sessions.IDLE - timedelta(minutes=1), True), (sessions.IDLE, False)])
def test_an_idle_session_ends(client, user, away, still_in):
    with time_machine.travel(utcnow(), tick=False) as clock:
        enter(client)
        clock.shift(away)
        assert is_in(client) is still_in


def test_a_session_lasts_half_a_day_at_most(client, user):
    with time_machine.travel(utcnow(), tick=False) as clock:
        enter(client)
        for _ in range(5):
            clock.shift(timedelta(hours=2))
            assert is_in(client)
        clock.shift(timedelta(hours=2))
        assert not is_in(client)


def test_asking_for_a_link_says_the_same_to_everyone(client, user, outbox):
    addresses = ("jeanne@sgar.example", "x@y.example")
    answers = [client.post("/connexion/lien", data={"email": address}) for address in addresses]
    assert [(a.status_code, a.location) for a in answers] == [(303, "/connexion/lien-envoye")] * 2
    assert [(mail.letter, mail.to) for mail in outbox()] == [
        ("accounts/sign_in_link", "jeanne@sgar.example"),
        ("accounts/sign_in_link", "x@y.example"),
    ]
    assert [link.user for link in db.session.scalars(db.select(SignInLink).order_by(SignInLink.id))] == [user, None]
    client.page("/connexion/lien-envoye")


def test_a_link_shows_a_button_and_its_button_signs_in_once(client, user):
    address = path_of(people.issue_sign_in_link(user, now=utcnow()))
    page = client.page(address)
    assert "jeanne@sgar.example" in words(page.main)
    assert not is_in(client)
    assert client.post(address).location == "/gestion/"
    assert is_in(client)
    assert client.get(address).status_code == client.post(address).status_code == 410


def test_looking_at_a_link_does_not_use_it(client, user):
    address = path_of(people.issue_sign_in_link(user, now=utcnow()))
    client.head(address)
    client.get(address)
    assert db.session.scalar(db.select(SignInLink.used_at)) is None


def test_a_link_lasts_half_an_hour(client, user):
    address = path_of(people.issue_sign_in_link(user, now=utcnow() - people.LINK_LASTS))
    assert client.get(address).status_code == client.post(address).status_code == 410


def test_a_link_for_an_unknown_address_opens_nothing(client):
    people.ask_for_link("inconnu@sgar.example", now=utcnow())
    address = path_of(db.session.scalars(db.select(SignInLink)).one())
    assert client.get(address).status_code == client.post(address).status_code == 410


def test_an_unknown_link_is_not_found(client):
    assert client.get("/connexion/inconnu").status_code == client.post("/connexion/inconnu").status_code == 404


def test_someone_signed_in_is_not_asked_again(client, user):
    enter(client)
    assert client.get("/connexion").location == "/gestion/"


def test_someone_without_organisation_reads_why(client):
    client.sign_in(make_user())
    response = client.get("/gestion/compte")
    assert response.status_code == 403
    assert "n’appartient à aucune organisation" in words(parse(response))


def test_a_right_withdrawn_ends_with_the_next_request(client, user):
    enter(client)
    db.session.delete(user.memberships[0])
    assert client.get(DESK).status_code == 403
