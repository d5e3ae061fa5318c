"""The first people get in by two commands."""

from eventapp.accounts.models import Membership, Organisation, Role
from eventapp.extensions import db
from tests.factories import make_organisation, make_user

CREATE = ["organisation", "create", "--name", "SGAR Hauts-de-France", "--email", "contact@example.org"]


def run(app, *arguments):
    db.session.commit()
    return app.test_cli_runner().invoke(args=list(arguments))


def test_an_organisation_is_created_and_its_slug_written(app):
    result = run(app, *CREATE, "--region", "32")
    assert (result.exit_code, result.stdout) == (0, "sgar-hauts-de-france\n")
    assert db.session.scalars(db.select(Organisation.region_code)).all() == ["32"]


def test_a_region_is_known_by_name_too(app):
    for region in ("Hauts-de-France", "hauts-de-france", "HAUTS DE FRANCE"):
        assert run(app, *CREATE, "--region", region).exit_code in (0, 1)
    assert db.session.scalars(db.select(Organisation.region_code)).all() == ["32"]


def test_what_is_wrong_is_one_sentence_on_stderr(app):
    assert run(app, *CREATE, "--region", "32").exit_code == 0
    again = run(app, *CREATE, "--region", "32")
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == "Une organisation «\u00a0sgar-hauts-de-france\u00a0» existe déjà.\n"
    elsewhere = run(app, *CREATE, "--region", "999")
    assert elsewhere.exit_code == 1
    assert elsewhere.stderr.startswith("Région «\u00a0999\u00a0» inconnue.")


def test_bad_usage_is_2(app):
    assert run(app, *CREATE).exit_code == 2
    assert run(app, "account", "create", "a@b.example", "--organisation", "x", "--role", "king").exit_code == 2


def test_an_account_prints_a_link_that_opens_it(app, client):
    organisation = make_organisation(slug="sgar")
    result = run(app, "account", "create", "a@b.example", "--organisation", "sgar", "--role", "administrator")
    assert result.exit_code == 0
    assert result.stdout.startswith("http://localhost/connexion/")
    assert client.post(result.stdout.strip().removeprefix("http://localhost")).status_code == 303
    assert client.get("/gestion/compte").status_code == 200
    member = db.session.scalars(db.select(Membership)).one()
    assert (member.role, member.organisation_id) == (Role.ADMINISTRATOR, organisation.id)


def test_an_account_of_no_organisation_is_refused(app):
    result = run(app, "account", "create", "a@b.example", "--organisation", "nulle-part", "--role", "organiser")
    assert result.exit_code == 1
    assert result.stderr == "Aucune organisation «\u00a0nulle-part\u00a0». Créez-la avec\u00a0: organisation create\n"


def test_an_account_without_an_address_is_refused(app):
    make_organisation(slug="sgar")
    result = run(app, "account", "create", "personne", "--organisation", "sgar", "--role", "organiser")
    assert (result.exit_code, result.stdout) == (1, "")
    assert db.session.query(Membership).count() == 0


def test_somebody_of_the_team_is_refused_with_their_role(app):
    organisation = make_organisation(slug="sgar")
    make_user(organisation, Role.ORGANISER, email="a@b.example")
    result = run(app, "account", "create", "a@b.example", "--organisation", "sgar", "--role", "administrator")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "a@b.example fait déjà partie de l’équipe, avec un autre rôle (Organisateur).\n"
