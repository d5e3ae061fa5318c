"""The server of production, started as `make serve` starts it, on a free port and a database of its own."""

import contextlib
import itertools
import os
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask

from bench import seed
from eventapp import create_app, processes, serve
from eventapp.config import ROOT, Settings
from eventapp.extensions import db
from tests import postgresql
from tests.servers import free_port

START_SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")
number = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Site:
    """A running server. `app`, bound to the same database, is None for bare Flask."""

    port: int
    process: Any
    environ: Mapping[str, str]
    app: Flask | None = None

    def cpu_seconds(self) -> float:
        """Used so far by the server's processes; 0 where there is no /proc."""
        return family_cpu_seconds(self.process.pid)


@contextlib.contextmanager
def bare(folder: Path) -> Iterator[Site]:
    with _serving("bench.bare:app", _environ(f"sqlite:///{folder / 'unused.db'}"), folder / "bare.log") as site:
        yield site


@contextlib.contextmanager
def product(
    url: str, *, mail_port: int = 0, demonstration: bool = False, more: Callable[[], object] = lambda: None
) -> Iterator[Site]:
    """Migrated, planted (`more` besides, in the application's context), then served."""
    environ = _environ(url) | ({"MAIL_PORT": str(mail_port)} if mail_port else {})
    app = create_app(Settings.from_environment(environ))
    serve.migrate(app)
    with app.app_context():
        seed.plant(demonstration=demonstration)
        more()
        db.session.remove()
    with tempfile.NamedTemporaryFile(suffix=".log") as log, _serving("wsgi:app", environ, Path(log.name), app) as site:
        yield site
    with app.app_context():
        db.engine.dispose()


def databases(folder: Path) -> Generator[tuple[str, Callable[[], str]], None, None]:
    """The name of each kind, and what makes a new empty one and gives its URL. Close it to stop the last."""
    yield "SQLite", lambda: new_sqlite(folder)
    if postgresql.binaries() is None:
        print(f"\n{postgresql.HOW_TO_GET} ; mesures omises.")
        return
    with postgresql.cluster() as url:
        yield "PostgreSQL", lambda: _new_postgresql(url)


def new_sqlite(folder: Path) -> str:
    """In a folder of its own, where it has its own counters of rate limits."""
    return f"sqlite:///{tempfile.mkdtemp(dir=folder)}/bench.db"


def _new_postgresql(url: str) -> str:
    name = f"bench_{next(number)}"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.replace("/postgres?", f"/{name}?")


@contextlib.contextmanager
def _serving(application: str, environ: dict[str, str], log: Path, app: Flask | None = None) -> Iterator[Site]:
    port = int(environ["PORT"])
    line = serve.command(serve.Address.from_environment(environ), Settings.from_environment(environ), log_level="error")
    with log.open("ab") as sink:
        child = processes.start([*line[:-1], application], environ=environ, cwd=str(ROOT), output=sink)
        try:
            _wait(port, child, log)
            yield Site(port=port, process=child, environ=environ, app=app)
        finally:
            processes.stop([child])


def _environ(database_url: str) -> dict[str, str]:
    """Nothing of the caller's own settings but where programs are."""
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": database_url,
        "SECRET_KEY": os.urandom(32).hex(),
        "MAIL_SERVER": "127.0.0.1",
    }


def _wait(port: int, child: Any, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server did not start: {log.read_text(encoding='utf-8')}")


def family_cpu_seconds(pid: int) -> float:
    """Of a process and those it started; 0 where there is no /proc."""
    return sum(_cpu_seconds(member) for member in _family(pid))


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _family(int(child))
    return found


def _cpu_seconds(pid: int) -> float:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
    return 0.0
