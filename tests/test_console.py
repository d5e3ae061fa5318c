"""Commands that cannot work say why in one sentence: no trace, no « Error: »."""

import json

import pytest

from eventapp.console import AWAY, BEHIND
from eventapp.extensions import db
from tests import databases
from tests.exchange.files import WHOLE

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


@pytest.fixture
def run(tmp_path, monkeypatch):
    """`run(url, arguments)`: exit code, standard output and error of a command on that database, as it is."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "liste.csv").write_text("id_fs,insee_dep,lib_fs\n1,02,Guise\n")
    (tmp_path / "event.json").write_text(json.dumps(WHOLE))

    def run(url, arguments):
        app = databases.make_app(url)
        with app.app_context():
            result = app.test_cli_runner().invoke(args=arguments)
            db.session.remove()
            db.engine.dispose()
        lines = [line for line in result.stderr.splitlines() if not line.startswith("Structures")]
        return result.exit_code, result.stdout, lines

    return run


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_database_that_is_not_migrated(run, tmp_path, arguments):
    assert run(f"sqlite:///{tmp_path / 'empty.db'}", arguments) == (1, "", [BEHIND])


def test_the_worker_too(run, tmp_path):
    assert run(f"sqlite:///{tmp_path / 'empty.db'}", ["worker"]) == (1, "", [BEHIND])


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_database_that_does_not_answer(run, tmp_path, arguments):
    assert run(f"sqlite:///{tmp_path / 'nowhere' / 'a.db'}", arguments) == (1, "", [AWAY])


def test_a_server_that_does_not_answer(run):
    assert run("postgresql://nobody@127.0.0.1:1/nothing", COMMANDS[1]) == (1, "", [AWAY])


@pytest.mark.parametrize("arguments", [["event", "export", "x"], ["guests", "invite", "x"], ["demo"]], ids=" ".join)
def test_a_refusal_is_its_sentence_alone(app, arguments):
    app.test_cli_runner().invoke(args=["demo"])
    result = app.test_cli_runner().invoke(args=arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert "Error" not in result.stderr
