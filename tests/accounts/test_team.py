"""The team page and the settings, through the browser's eyes."""

import pytest
from flask_security import hash_password

from eventapp.accounts.models import Membership, Role, User
from eventapp.extensions import db
from tests.factories import make_event, make_organisation, make_user
from tests.pages import parse, words

PASSWORD = "quatre mots sans rapport"
TEAM = "/gestion/organisations/sgar/equipe"
SETTINGS = "/gestion/organisations/sgar/reglages"
FACTS = {
    "name": "SGAR Nord",
    "contact_name": "Mission France services",
    "phone": "03 20 30 59 59",
    "email": "contact@sgar.example",
    "accessibility_status": "partiellement conforme",
    "legal_notice": "Éditeur : **la préfecture**",
    "privacy_notice": "",
    "accessibility_statement": "",
    "consent_notice": "",
}


@pytest.fixture
def sgar():
    return make_organisation(slug="sgar", name="SGAR Nord")


@pytest.fixture
def boss(sgar, client):
    user = make_user(sgar, Role.ADMINISTRATOR, email="boss@sgar.example", name="Anne Roy")
    client.sign_in(user)
    return user


def test_the_team_is_listed_with_roles(client, boss, sgar):
    make_user(sgar, email="paul@sgar.example", name="Paul Petit")
    rows = [words(row) for row in client.page(TEAM).select("tbody tr")]
    assert [row[:40] for row in rows] == [
        "Anne Roy (vous) boss@sgar.example Admini",
        "Paul Petit paul@sgar.example Organisateu",
    ]


def test_a_colleague_is_invited(client, boss, outbox):
    response = client.post(TEAM, data={"email": "paul@sgar.example", "name": "Paul", "role": "organiser"})
    assert (response.status_code, response.location) == (303, TEAM)
    assert [mail.to for mail in outbox()] == ["paul@sgar.example"]
    assert "Une invitation part vers paul@sgar.example." in words(client.page(TEAM).main)


def test_a_wrong_address_is_said_by_its_field(client, boss):
    response = client.post(TEAM, data={"email": "paul", "name": "Paul", "role": "organiser"})
    assert response.status_code == 422
    assert "@" in words(parse(response).find(id="email-error"))
    assert parse(response).find(id="email")["value"] == "paul"


@pytest.mark.parametrize("role", ["reader", "king", ""])
def test_only_the_roles_offered_are_taken(client, boss, role):
    assert client.post(TEAM, data={"email": "p@sgar.example", "role": role}).status_code == 422


def test_a_role_is_changed(client, boss, sgar):
    member = make_user(sgar).memberships[0]
    assert client.post(f"{TEAM}/{member.id}", data={"role": "administrator"}).status_code == 303
    assert member.role is Role.ADMINISTRATOR


def test_removal_asks_first(client, boss, sgar):
    member = make_user(sgar, name="Paul Petit").memberships[0]
    page = client.page(f"{TEAM}/{member.id}/retrait")
    assert words(page.h1) == "Retirer Paul Petit de l’équipe"
    assert client.post(f"{TEAM}/{member.id}/retrait").location == TEAM
    assert "Paul Petit ne fait plus partie de l’équipe." in words(client.page(TEAM).main)
    assert [m.user for m in db.session.scalars(Membership.team_of(sgar))] == [boss]


def test_the_last_administrator_is_kept_and_told(client, boss):
    client.post(f"{TEAM}/{boss.memberships[0].id}/retrait")
    assert "Cette personne est seule à administrer l’organisation" in words(client.page(TEAM).main)


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.READER])
def test_who_does_not_administer_reads_only(client, sgar, role):
    user = make_user(sgar, role)
    client.sign_in(user)
    member = user.memberships[0].id
    own = client.page(SETTINGS).select('main form:not([action$="/calendrier"])')  # an organiser's own calendar address
    assert client.page(TEAM).select("main form") == own == []
    for path in (TEAM, SETTINGS, f"{SETTINGS}/apercu", f"{TEAM}/{member}", f"{TEAM}/{member}/retrait"):
        assert client.post(path, data=FACTS | {"role": "administrator"}).status_code == 403
    assert user.memberships[0].role is role


def test_a_foreign_organisation_does_not_exist(client, sgar):
    member = make_user(sgar).memberships[0].id
    client.sign_in(make_user(make_organisation(), Role.ADMINISTRATOR))
    for path in (TEAM, SETTINGS, f"{TEAM}/{member}/retrait"):
        assert client.get(path).status_code == 404
    for path in (TEAM, SETTINGS, f"{SETTINGS}/apercu", f"{TEAM}/{member}", f"{TEAM}/{member}/retrait"):
        assert client.post(path, data=FACTS).status_code == 404


def test_a_member_of_another_team_cannot_be_named(client, boss):
    stranger = make_user(make_organisation()).memberships[0]
    assert client.post(f"{TEAM}/{stranger.id}/retrait").status_code == 404
    assert client.get(f"{TEAM}/99999999999999999999/retrait").status_code == 404


def test_settings_show_on_public_pages_at_once(client, boss, sgar):
    event = make_event(sgar)
    before = event.revision
    assert client.post(SETTINGS, data=FACTS).status_code == 303
    assert event.revision == before + 1
    assert sgar.phone == "+33320305959"
    assert client.page("/mentions-legales").select_one(".prose strong").text == "la préfecture"
    assert "partiellement conforme" in words(client.page("/accessibilite").main)


def test_extra_fields_are_ignored(client, boss, sgar):
    client.post(SETTINGS, data=FACTS | {"slug": "volé", "id": "7", "region_code": "11"})
    assert (sgar.slug, sgar.region_code) == ("sgar", "32")


def test_a_preview_changes_nothing(client, boss, sgar):
    response = client.post(f"{SETTINGS}/apercu", data=FACTS)
    assert parse(response).select_one(".preview strong").text == "la préfecture"
    assert sgar.legal_notice == ""


def test_a_wrong_phone_is_said_by_its_field(client, boss):
    response = client.post(SETTINGS, data=FACTS | {"phone": "12"})
    assert response.status_code == 422
    assert parse(response).find(id="phone-error")


def test_the_same_name_again_is_saved(client, boss):
    client.post("/gestion/compte/nom", data={"name": " Anne\nRoy-Petit "})
    assert boss.name == "Anne Roy-Petit"


def choose(client, password, current=""):
    return client.post(
        "/gestion/compte/mot-de-passe", data={"current": current, "password": password, "again": password}
    )


@pytest.fixture
def jeanne(sgar):
    return make_user(sgar, email="jeanne@sgar.example", password=hash_password(PASSWORD))


def test_a_new_password_ends_every_other_session(app, client, jeanne, outbox):
    here, elsewhere = client, app.test_client()
    for browser in (here, elsewhere):
        browser.post("/connexion", data={"email": jeanne.email, "password": PASSWORD})
    assert choose(here, "encore quatre autres mots", current=PASSWORD).status_code == 303
    assert here.get("/gestion/compte").status_code == 200
    assert elsewhere.get("/gestion/compte").status_code == 302
    assert [mail.letter for mail in outbox()] == ["accounts/password_changed"]
    assert elsewhere.post("/connexion", data={"email": jeanne.email, "password": PASSWORD}).status_code == 422


def test_the_current_password_is_asked(client, jeanne):
    client.post("/connexion", data={"email": jeanne.email, "password": PASSWORD})
    response = choose(client, "encore quatre autres mots", current="faux")
    assert response.status_code == 422
    assert "Ce n’est pas votre mot de passe actuel." in words(parse(response).find(id="current-error"))


@pytest.mark.parametrize("password", ["onze lettre", "jeanne@sgar.example !"])
def test_a_weak_password_is_refused(client, jeanne, password):
    client.post("/connexion", data={"email": jeanne.email, "password": PASSWORD})
    response = choose(client, password, current=PASSWORD)
    assert response.status_code == 422
    assert parse(response).find(id="password-error")


def test_an_administrator_needs_sixteen_characters(client, jeanne):
    jeanne.memberships[0].role = Role.ADMINISTRATOR
    client.post("/connexion", data={"email": jeanne.email, "password": PASSWORD})
    assert choose(client, "quinze lettres.", current=PASSWORD).status_code == 422
    assert choose(client, "seize lettres ..", current=PASSWORD).status_code == 303


def test_someone_who_came_by_link_chooses_without_the_old_one(client, jeanne):
    from eventapp.accounts import people
    from eventapp.clock import utcnow

    link, other = (people.issue_sign_in_link(jeanne, now=utcnow()).token for _ in range(2))
    client.post(f"/connexion/{link}")
    assert choose(client, "encore quatre autres mots").status_code == 303
    assert client.get(f"/connexion/{other}").status_code == 404
    assert db.session.scalars(db.select(User.password)).one() != PASSWORD
