import json

import pytest

from eventapp.events.models import Event
from eventapp.exchange.commands import event_group
from eventapp.extensions import db
from tests.exchange.files import WHOLE
from tests.factories import make_registration


@pytest.fixture
def run(app, tmp_path):
    """`run("import", data, "--publish")`: data is written to a file first."""

    def run(command, argument, *options):
        if not isinstance(argument, str):
            path = tmp_path / "event.json"
            path.write_text(json.dumps(argument), encoding="utf-8")
            argument = str(path)
        result = app.test_cli_runner().invoke(event_group, [command, argument, *options])
        db.session.expire_all()
        return result

    return run


def test_import_then_export_gives_the_file_again(run):
    assert run("import", WHOLE, "--publish").exit_code == 0
    exported = run("export", "rencontres-2027")
    assert (exported.exit_code, json.loads(exported.stdout)) == (0, WHOLE)


def test_import_says_what_was_done(run):
    assert run("import", WHOLE).stdout == (
        "Événement «\u00a0Rencontres 2027\u00a0» créé (brouillon), 0 personne prévenue.\n"
    )


def test_an_update_says_that_the_event_is_cancelled(run):
    run("import", WHOLE, "--publish")
    assert run("import", WHOLE | {"status": "cancelled"}, "--update", "--publish").stdout == (
        "Événement «\u00a0Rencontres 2027\u00a0» mis à jour (annulé), 0 personne prévenue.\n"
    )


def test_a_bad_file_is_refused_with_its_paths_and_imports_nothing(run):
    result = run("import", WHOLE | {"ends_at": "2027-01-14T08:00"})
    assert (result.exit_code, result.stdout) == (1, "")
    assert "ends_at: before starts_at" in result.stderr.splitlines()
    assert db.session.scalar(db.select(db.func.count(Event.id))) == 0


def test_an_existing_event_is_refused(run):
    run("import", WHOLE)
    result = run("import", WHOLE)
    assert (result.exit_code, "slug: already used by another event" in result.stderr) == (1, True)


def test_an_update_of_a_released_event_waits_beside_it(run):
    run("import", WHOLE, "--publish")
    assert "publiez-le" in run("import", WHOLE | {"title": "Autre"}, "--update").stdout
    assert db.session.scalars(db.select(Event.title)).all() == ["Rencontres 2027"]


def test_an_unknown_event_cannot_be_exported(run):
    result = run("export", "inconnu")
    assert (result.exit_code, result.stdout) == (1, "")


@pytest.mark.parametrize("arguments", [("import", "/absent.json"), ("import", "", "--wrong"), ("nothing", "")])
def test_bad_usage_is_two(run, arguments):
    assert run(*arguments).exit_code == 2


def test_an_update_below_what_is_taken_drops_nobody_and_says_so(run):
    run("import", WHOLE, "--publish")
    event = db.session.scalars(db.select(Event)).one()
    for _ in range(2):
        make_registration(event)
    db.session.commit()
    fewer = WHOLE | {"registration": WHOLE["registration"] | {"capacity": 1}}
    said = run("import", fewer, "--update", "--publish").stdout.splitlines()[1:]
    assert [line.replace("\xa0", " ") for line in said] == [
        "L’événement a 1 place pour 2 occupées. Personne ne perd la sienne : la liste d’attente reprendra quand le "
        "nombre d’inscrits sera redescendu."
    ]
