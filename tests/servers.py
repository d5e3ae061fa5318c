"""The real server on a free port of this machine, with a database of its own: browsers and races ask it."""

import contextlib
import itertools
import os
import socket
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from eventapp import processes, serve
from eventapp.config import Settings
from eventapp.extensions import db
from tests import databases, postgresql
from tests.copies import Copy

START_SECONDS = 60
ANYBODY = ssl._create_unverified_context()  # noqa: S323 - our own certificate, on our own machine
number = itertools.count(1)
PORTS = range(15_000, 30_000)
ports = itertools.islice(itertools.cycle(PORTS), os.getpid() * 997 % len(PORTS), None)


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Two PEM files, for a site over HTTPS."""

    certificate: Path
    key: Path


@dataclass(kw_only=True)
class Site:
    """A running application. `app` is bound to the same database and keys: read and write through it."""

    url: str
    app: Flask
    log: Path
    may_fail: bool
    children: list[Copy] = field(default_factory=list)

    def stop(self) -> None:
        """End the processes; an unhandled exception in them fails the test that caused it."""
        processes.stop(self.children)
        self.children.clear()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        text = self.log.read_text(encoding="utf-8")
        assert self.may_fail or "Traceback" not in text, text


@dataclass(kw_only=True)
class Starter:
    """`start_site(seed)`: tables, then `seed()` in the application's context, committed, then the server."""

    folder: Path
    postgresql_url: Callable[[], str] | None = None
    sites: list[Site] = field(default_factory=list)

    def __call__(
        self,
        seed: Callable[[], object] | None = None,
        *,
        database: str = "sqlite",
        workers: int = 1,
        with_worker: bool = False,
        may_fail: bool = False,
        command: list[str] | None = None,
        application: str = "wsgi:app",
        environ: Mapping[str, str] | None = None,
        certificate: Certificate | None = None,
    ) -> Site:
        port = free_port()
        url = f"{'https' if certificate else 'http'}://127.0.0.1:{port}"
        given = {"BASE_URL": url, "DATABASE_URL": self._database(database), **(environ or {})}
        app = databases.make_app(given["DATABASE_URL"], environ=given)
        _prepare(app, seed)
        site = Site(url=url, app=app, log=self.folder / f"site-{port}.log", may_fail=may_fail)
        self.sites.append(site)
        settings: Settings = app.config["SETTINGS"]
        address = serve.Address(host="127.0.0.1", port=port, workers=workers)
        served = [*serve.command(address, settings, log_level="warning")[:-1], *tls(certificate), application]
        self._start(site, command or served, given)
        if with_worker:
            self._start(site, [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], given)
        _wait(site)
        return site

    def stop(self) -> None:
        for site in self.sites:
            site.stop()

    def _database(self, kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{self.folder / f'site-{next(number)}.db'}"
        assert self.postgresql_url is not None
        return postgresql.new_database(self.postgresql_url(), f"site_{next(number)}")

    def _start(self, site: Site, command: list[str], environ: Mapping[str, str]) -> None:
        whole = {**os.environ, **databases.ENVIRONMENT, **environ}
        site.children.append(Copy(command, environ=whole, log=site.log))


def tls(certificate: Certificate | None) -> list[str]:
    """What Granian is told besides."""
    if certificate is None:
        return []
    return ["--ssl-certificate", str(certificate.certificate), "--ssl-keyfile", str(certificate.key)]


def free_port() -> int:
    """A port that nobody uses, nor takes before we do: each process of the tests goes through them from elsewhere,
    below those that systems give out by themselves.
    """
    return next(port for port in ports if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


def _prepare(app: Flask, seed: Callable[[], object] | None) -> None:
    databases.build(app)
    if seed is not None:
        with app.app_context():
            seed()
            db.session.commit()


def _wait(site: Site) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and all(child.poll() is None for child in site.children):
        try:
            with urllib.request.urlopen(f"{site.url}/healthz", timeout=5, context=ANYBODY):  # noqa: S310
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server did not start: {site.log.read_text(encoding='utf-8')}")
