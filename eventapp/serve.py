"""`make serve`: migrations, then Granian in this process's place. The one module that knows how to start Granian."""

import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError

from eventapp import create_app
from eventapp.config import ROOT, BadSetting, Settings


@dataclass(frozen=True, kw_only=True)
class Address:
    host: str
    port: int
    workers: int

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, workers: int = 2) -> "Address":
        return cls(
            host=environ.get("HOST") or "127.0.0.1",
            port=_number(environ, "PORT", 8000, 65535),
            workers=_number(environ, "WORKERS", workers, 64),
        )

    @property
    def url(self) -> str:
        """What to type in a browser on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://[{host}]:{self.port}" if ":" in host and "[" not in host else f"http://{host}:{self.port}"


def command(address: Address, settings: Settings, *, log_level: str = "info") -> list[str]:
    """As many threads as connections: none waits for the other."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
        *("--host", address.host, "--port", str(address.port)),
        *("--workers", str(address.workers), "--blocking-threads", str(settings.threads)),
        *("--respawn-failed-workers", "--log-level", log_level),
        "wsgi:app",
    ]


def check_free(address: Address) -> None:
    """Refuse with a sentence where Granian would print a trace."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        raise BadSetting(
            f"Impossible d’écouter sur {address.host}:{address.port} ({error.strerror}). "
            f"Choisissez un autre port. Exemple : PORT={address.port % 65535 + 1}"
        ) from error


def migrate(app: Flask) -> None:
    """Bring the database to this version's schema; nothing to do is the usual case."""
    try:
        with app.app_context():
            upgrade()
    except OperationalError as error:
        raise BadSetting(f"La base de données ne répond pas : {error.orig}") from error


def main() -> None:
    try:
        address = Address.from_environment(os.environ)
        settings = Settings.from_environment(os.environ)
        check_free(address)
        migrate(create_app(settings))
    except BadSetting as refusal:
        sys.exit(f"eventapp : {refusal}")
    os.chdir(ROOT)
    line = command(address, settings)
    os.execv(line[0], line)  # noqa: S606


def _number(environ: Mapping[str, str], name: str, default: int, most: int) -> int:
    value = environ.get(name, "").strip() or str(default)
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= most:
        raise BadSetting(f"{name}={value!r} n’est pas un nombre entre 1 et {most}. Exemple : {name}={default}")
    return int(value)


if __name__ == "__main__":
    main()
