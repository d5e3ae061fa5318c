"""`make serve`: migrations, then Granian as a child. The one module that knows how to start Granian.

Granian's main process and its workers have a session of their own: a Ctrl-C that reaches them all at once is never
the end of them. Its parent turns it into one SIGTERM, waits, and kills what is left.
"""

import errno
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError

from eventapp import create_app, processes
from eventapp.config import ROOT, BadSetting, Settings
from eventapp.extensions import db
from eventapp.readiness import applied_heads, wanted_heads

REASONS = {
    errno.EADDRINUSE: "ce port est déjà pris",
    errno.EADDRNOTAVAIL: "cette adresse n’est pas celle de cette machine",
    errno.EACCES: "permission refusée",
    errno.EPERM: "permission refusée",
    errno.EROFS: "système de fichiers en lecture seule",
    errno.ENOSPC: "plus de place sur le disque",
    errno.ENOTDIR: "ce n’est pas un dossier",
}


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


def command(address: Address, settings: Settings, *, log_level: str = "error") -> list[str]:
    """As many threads as connections: none waits for the other. Granian finds these many, and would say so at each
    start (« warning »)."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
        *("--host", address.host, "--port", str(address.port)),
        *("--workers", str(address.workers), "--blocking-threads", str(settings.threads)),
        *("--respawn-failed-workers", "--log-level", log_level),
        "wsgi:app",
    ]


def granian(address: Address, settings: Settings) -> None:
    """Be Granian: its workers are copies of this process, with whatever is imported here."""
    from granian.cli import entrypoint

    sys.argv = command(address, settings)[2:]
    entrypoint()


def check_free(address: Address) -> None:
    """Refuse with a sentence where Granian would print a trace."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        raise BadSetting(
            f"Impossible d’écouter sur {address.host}:{address.port} ({reason(error)}). "
            f"Choisissez un autre port. Exemple : PORT={address.port % 65535 + 1}"
        ) from error


def reason(error: OSError) -> str:
    """In French, whatever the machine's language."""
    if isinstance(error, socket.gaierror):
        return "cette adresse est inconnue"
    return REASONS.get(error.errno or 0, f"erreur {errno.errorcode.get(error.errno or 0, 'inconnue')}")


def migrate(app: Flask) -> None:
    """Bring the database to this version's schema; nothing to do is the usual case."""
    try:
        with app.app_context():
            is_late = applied_heads() != wanted_heads()
            db.session.remove()
            db.engine.dispose()
            if is_late:
                upgrade()
    except OperationalError as error:
        raise BadSetting(f"La base de données ne répond pas : {error.orig}") from error


def main() -> None:
    if "--end-with-parent" in sys.argv:
        processes.end_with_parent()
    processes.end_by_exception()
    try:
        sys.exit(serve())
    except BadSetting as refusal:
        sys.exit(f"eventapp : {refusal}")
    except processes.Interrupted:
        sys.exit(0)


def serve() -> str:
    """Serve until interrupted; gives a sentence when Granian ended by itself."""
    address = Address.from_environment(os.environ)
    settings = Settings.from_environment(os.environ)
    check_free(address)
    migrate(create_app(settings))
    children = [processes.start(command(address, settings), environ=os.environ, cwd=str(ROOT))]
    try:
        print(f"eventapp : serveur web lancé sur {address.url} (Ctrl-C pour arrêter).", flush=True)
        return f"eventapp : le serveur web s’est arrêté de lui-même (code {children[0].wait()})."
    finally:
        processes.stop(children)


def _number(environ: Mapping[str, str], name: str, default: int, most: int) -> int:
    value = environ.get(name, "").strip() or str(default)
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= most:
        raise BadSetting(f"{name}={value!r} n’est pas un nombre entre 1 et {most}. Exemple : {name}={default}")
    return int(value)


if __name__ == "__main__":
    main()
