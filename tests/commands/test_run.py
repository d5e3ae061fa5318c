"""`make run` and `make serve` as a person meets them: real processes on this machine, ended in every way."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from eventapp import run, serve
from eventapp.config import ROOT, BadSetting, Settings
from tests.servers import free_port

RUN = [sys.executable, "-m", "eventapp.run"]
SERVE = [sys.executable, "-m", "eventapp.serve"]
PRODUCTION = {"SECRET_KEY": "0" * 64, "BASE_URL": "http://127.0.0.1", "MAIL_SERVER": "smtp.example.org"}


@pytest.fixture(scope="module")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One database for the module: the demonstration is loaded by the first start only."""
    return f"sqlite:///{tmp_path_factory.mktemp('run')}/eventapp.db"


@contextlib.contextmanager
def started(database_url: str, command: list[str] = RUN, **environ: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`make run` until its first page, in a group of its own; whatever happens it is ended."""
    port = free_port()
    whole = {**os.environ, **environ, "DATABASE_URL": database_url, "PORT": str(port)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    process = subprocess.Popen(command, env=whole, cwd=ROOT, process_group=0, **pipes)  # type: ignore[call-overload]
    try:
        wait_until(lambda: status(port) == 200 or process.poll() is not None, 60)
        yield process, port
    finally:
        process.terminate()
        process.communicate(timeout=40)


def status(port: int, path: str = "/healthz") -> int | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return int(answer.status)
    except OSError:
        return None


def wait_until(condition, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def own(pid: int) -> list[int]:
    """The children of a process."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listing.splitlines()]
    return [child for child, parent in pairs if parent == pid]


def children(pid: int) -> list[int]:
    """The whole descent of a process."""
    return own(pid) + [grandchild for child in own(pid) for grandchild in children(child)]


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False


def refusal(command: list[str], environ: Mapping[str, str]) -> str:
    ended = subprocess.run(
        command, env={"PATH": os.environ["PATH"], **environ}, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1, ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr
    return ended.stderr


def test_the_first_page_answers_and_an_end_is_an_end(database_url: str):
    with started(database_url) as (process, port):
        assert status(port, "/") == 200
        family = children(process.pid)
        assert len(family) >= 3

        process.terminate()

        output, _ = process.communicate(timeout=40)
        assert process.returncode == 0
        assert f"http://127.0.0.1:{port}" in output
        assert "Traceback" not in output
        assert [pid for pid in family if alive(pid)] == []


def test_a_second_start_is_fast(database_url: str):
    """One of three at least: the machine may be busy elsewhere."""
    assert any(seconds_to_start(database_url) < 5 for _ in range(3))


def seconds_to_start(database_url: str) -> float:
    before = time.monotonic()
    with started(database_url) as (_, port):
        assert status(port, "/") == 200
        return time.monotonic() - before


def test_nothing_survives_a_killed_parent(database_url: str):
    with started(database_url) as (process, _):
        family = children(process.pid)

        process.kill()

        wait_until(lambda: not any(map(alive, family)), 40)


def test_one_that_dies_ends_the_other(database_url: str):
    with started(database_url) as (process, _):
        family = children(process.pid)
        worker = next(pid for pid in own(process.pid) if not own(pid))

        os.kill(worker, signal.SIGKILL)

        output, _ = process.communicate(timeout=40)
        assert process.returncode == 1
        assert "s’est arrêté de lui-même (code -9)" in output
        assert [pid for pid in family if alive(pid)] == []


def test_a_busy_port_is_one_sentence(database_url: str):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        sentence = refusal(RUN, {"DATABASE_URL": database_url, "PORT": str(port)})
        assert f"PORT={port + 1}" in sentence
        assert "(ce port est déjà pris)" in sentence


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_ends_when_its_whole_group_is_interrupted(database_url: str, number: signal.Signals):
    with started(database_url, SERVE, **PRODUCTION, WORKERS="2") as (process, port):
        assert status(port) == 200
        family = children(process.pid)
        assert len(family) >= 3

        os.killpg(process.pid, number)

        output, _ = process.communicate(timeout=15)
        assert process.returncode == 0
        assert output == f"eventapp : serveur web lancé sur http://127.0.0.1:{port} (Ctrl-C pour arrêter).\n"
        assert [pid for pid in family if alive(pid)] == []


def test_serve_says_that_its_server_died(database_url: str):
    with started(database_url, SERVE, **PRODUCTION, WORKERS="2") as (process, _):
        family = children(process.pid)

        os.kill(next(pid for pid in family if b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes()), signal.SIGKILL)

        output, _ = process.communicate(timeout=15)
        assert (process.returncode, "s’est arrêté de lui-même (code -9)" in output) == (1, True)
        assert [pid for pid in family if alive(pid)] == []


@pytest.mark.parametrize("missing", ["SECRET_KEY", "BASE_URL", "MAIL_SERVER"])
def test_production_refuses_to_start_without(missing: str):
    environ = {"SECRET_KEY": "0" * 64, "BASE_URL": "https://rencontres.example.org", "MAIL_SERVER": "smtp.example.org"}
    del environ[missing]

    assert missing in refusal(SERVE, environ)


def test_production_names_at_once_all_that_is_missing():
    with pytest.raises(BadSetting, match=r"^Les variables SECRET_KEY, BASE_URL et MAIL_SERVER manquent\.") as refusal:
        Settings.from_environment({"SECRET_KEY": " "})
    assert "BASE_URL=https://rencontres.example.org MAIL_SERVER=smtp.example.org" in str(refusal.value)


@pytest.mark.parametrize(("name", "value"), [("PORT", "huit"), ("PORT", "70000"), ("WORKERS", "0"), ("WORKERS", "²")])
def test_an_odd_number_is_refused_by_name(name: str, value: str):
    with pytest.raises(BadSetting, match=name):
        serve.Address.from_environment({name: value})


def test_a_folder_that_cannot_be_written_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setattr(run, "INSTANCE", file / "instance")

    with pytest.raises(BadSetting, match="Impossible d’écrire"):
        run.check_writable()


def test_an_address_for_a_browser():
    assert serve.Address(host="0.0.0.0", port=8001, workers=1).url == "http://127.0.0.1:8001"
    assert serve.Address(host="::1", port=80, workers=1).url == "http://[::1]:80"
