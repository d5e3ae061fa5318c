"""Commands that cannot work say why in one sentence: no trace, no « Error: »."""

import json

import pytest

from eventapp.console import AWAY, BEHIND
from eventapp.extensions import db
from tests import databases
from tests.exchange.files import WHOLE
from tests.factories import make_organisation

COMMANDS = [
    ["network", "import", "liste.csv"],
    ["organisation", "create", "--name", "SGAR", "--region", "32", "--email", "a@b.example"],
    ["account", "create", "a@b.example", "--organisation", "sgar", "--role", "organiser"],
    ["event", "import", "event.json"],
    ["event", "export", "rencontres"],
    ["guests", "import", "rencontres", "liste.csv"],
    ["guests", "invite", "rencontres"],
    ["demo"],
    ["worker", "--once"],
]


@pytest.fixture(scope="module")
def apps(tmp_path_factory):
    """One application for each fault of a database."""
    folder = tmp_path_factory.mktemp("console")
    (folder / "liste.csv").write_text("id_fs,insee_dep,lib_fs\n1,02,Guise\n")
    (folder / "event.json").write_text(json.dumps(WHOLE))
    urls = {
        "not migrated": f"sqlite:///{folder / 'empty.db'}",
        "no folder": f"sqlite:///{folder / 'nowhere' / 'a.db'}",
        "no server": "postgresql://nobody@127.0.0.1:1/nothing",
    }
    return folder, {fault: databases.make_app(url) for fault, url in urls.items()}


@pytest.fixture
def run(apps, monkeypatch):
    """`run(fault, arguments)`: exit code, standard output and error of a command on such a database."""
    folder, known = apps
    monkeypatch.chdir(folder)

    def run(fault, arguments):
        app = known[fault]
        with app.app_context():
            result = app.test_cli_runner().invoke(args=arguments)
            db.session.remove()
            db.engine.dispose()
        lines = [line for line in result.stderr.splitlines() if not line.startswith("Structures")]
        return result.exit_code, result.stdout, lines

    return run


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_database_that_is_not_migrated(run, arguments):
    assert run("not migrated", arguments) == (1, "", [BEHIND])


def test_the_worker_too(run):
    assert run("not migrated", ["worker"]) == (1, "", [BEHIND])


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_database_that_does_not_answer(run, arguments):
    assert run("no folder", arguments) == (1, "", [AWAY])


def test_a_server_that_does_not_answer(run):
    assert run("no server", COMMANDS[1]) == (1, "", [AWAY])


@pytest.mark.parametrize("arguments", [["event", "export", "x"], ["guests", "invite", "x"], ["demo"]], ids=" ".join)
def test_a_refusal_is_its_sentence_alone(app, arguments):
    make_organisation()  # somebody works here: the demonstration would be in their way
    db.session.commit()

    result = app.test_cli_runner().invoke(args=arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert "Error" not in result.stderr
