"""`make run`: the demonstration. Web server and worker start together, end together, and leave nothing behind."""

import http.client
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from eventapp import create_app, processes, serve
from eventapp.accounts.models import Organisation
from eventapp.config import ROOT, BadSetting, Settings
from eventapp.demonstration import EMAIL, PASSWORD
from eventapp.extensions import db
from eventapp.worker import Worker, end_politely

INSTANCE = ROOT / "instance"
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
START_SECONDS = 30


def main() -> None:
    if "--end-with-parent" in sys.argv:
        processes.end_with_parent()
    processes.end_by_exception()
    try:
        sys.exit(demonstrate())
    except BadSetting as refusal:
        sys.exit(f"eventapp : {refusal}")
    except processes.Interrupted:
        sys.exit(0)


def demonstrate() -> str:
    """Prepare, then serve until interrupted; gives a sentence when something ended by itself."""
    check_writable()
    address = serve.Address.from_environment(os.environ, workers=1)
    serve.check_free(address)
    environ = demonstration(os.environ, address)
    settings = Settings.from_environment(environ)
    app = create_app(settings)
    serve.migrate(app)
    load_if_empty(app, environ)
    place: dict[str, Any] = {"environ": environ, "cwd": str(ROOT)}
    children: dict[str, processes.Child] = {}
    try:
        children["le serveur web"] = processes.Forked(lambda: serve.granian(address, settings), **place)
        children["le facteur (worker)"] = processes.Forked(lambda: deliver(app), **place)
        return watch(children, address, settings)
    finally:
        processes.stop(list(children.values()))


def deliver(app: Flask) -> None:
    """The worker's life."""
    with app.app_context():
        postman = Worker()
        end_politely(postman.stop)
        postman.run()


def demonstration(environ: Mapping[str, str], address: serve.Address) -> dict[str, str]:
    """The environment of a demonstration: whatever is not given gets a value that works here."""
    defaults = {"BASE_URL": address.url, "SECRET_KEY": secret_key()}
    return defaults | {name: value for name, value in environ.items() if value} | {"EVENTAPP_DEMO": "1"}


def secret_key() -> str:
    """Made once and kept, so that sessions and personal links survive a restart."""
    file = INSTANCE / "secret-key"
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as sink:
            sink.write(secrets.token_hex(32))
    return file.read_text()


def check_writable() -> None:
    try:
        INSTANCE.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=INSTANCE):
            pass
    except OSError as error:
        sentence = f"Impossible d’écrire dans {INSTANCE} ({serve.reason(error)}). Le dossier est-il en lecture seule ?"
        raise BadSetting(sentence) from error


def load_if_empty(app: Flask, environ: Mapping[str, str]) -> None:
    """What somebody did in the demonstration is theirs: it is loaded once."""
    with app.app_context():
        is_empty = db.session.scalar(db.select(Organisation.id).limit(1)) is None
        db.session.remove()
        db.engine.dispose()
    if is_empty:
        print("Chargement de la démonstration…", flush=True)
        loading = subprocess.run([*FLASK, "demo"], env=dict(environ), cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
        if loading.returncode:
            raise BadSetting("La démonstration n’a pas pu être chargée (la raison est au-dessus).")


def watch(children: Mapping[str, processes.Child], address: serve.Address, settings: Settings) -> str:
    """Say when the server answers, then wait until one of the children ends."""
    announced = False
    deadline = time.monotonic() + START_SECONDS
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                return f"eventapp : {name} s’est arrêté de lui-même (code {child.returncode})."
        if not announced and answers(address, settings):
            announced = True
            announce(settings)
        if not announced and time.monotonic() > deadline:
            return f"eventapp : le serveur web ne répond pas après {START_SECONDS} secondes."
        time.sleep(0.2 if announced else 0.05)


def announce(settings: Settings) -> None:
    print(
        f"\nLa démonstration est ouverte : {settings.base_url}/"
        f"\nGestion : {settings.base_url}/gestion/ ({EMAIL}, mot de passe {PASSWORD})"
        f"\nCourriels gardés : {settings.base_url}/courriels/"
        "\nCtrl-C pour arrêter.\n",
        flush=True,
    )


def answers(address: serve.Address, settings: Settings) -> bool:
    """Whether a process alive is what we hear, under the name that the application expects."""
    here = urlsplit(address.url)
    connection = http.client.HTTPConnection(here.hostname or address.host, address.port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": urlsplit(settings.base_url).netloc})
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    main()
