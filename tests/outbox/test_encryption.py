"""Mail servers that encrypt, with a certificate that is checked: from the first byte, or once they are asked."""

import shutil
import ssl
import subprocess

import pytest
from aiosmtpd.controller import Controller

from eventapp.extensions import db
from eventapp.outbox import delivery
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.models import Message, State
from tests.factories import NOW
from tests.servers import free_port


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """A certificate of our own, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl n'est pas installé : apt install openssl")
    folder = tmp_path_factory.mktemp("certificate")
    files = folder / "certificate.pem", folder / "key.pem"
    asked = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    where = ["-addext", "subjectAltName=DNS:localhost", "-out", str(files[0]), "-keyout", str(files[1])]
    subprocess.run([*asked.split(), *where], check=True, capture_output=True)
    return files


@pytest.mark.delivery
@pytest.mark.parametrize("setting", ["MAIL_USE_TLS", "MAIL_USE_SSL"])
@pytest.mark.parametrize("is_known", [True, False])
def test_a_letter_leaves_only_to_a_server_that_is_known(app, server, send, ours, monkeypatch, setting, is_known):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*ours)
    how = {"ssl_context": context} if setting == "MAIL_USE_SSL" else {"tls_context": context, "require_starttls": True}
    asked = {setting: True, "MAIL_SERVER": "localhost", "MAIL_PORT": free_port()}
    for name, value in asked.items():
        monkeypatch.setitem(app.config, name, value)
    trust = ssl.create_default_context(cafile=ours[0] if is_known else None)
    monkeypatch.setattr(delivery, "_tls", lambda: trust)
    message = send("jeanne@exemple.example")
    other = Controller(server, hostname="localhost", port=asked["MAIL_PORT"], **how)
    other.start()
    try:
        deliver_due(now=NOW, limit=1)
    finally:
        other.stop()

    db.session.expire_all()
    assert db.session.get_one(Message, message.id).state is (State.SENT if is_known else State.QUEUED)
    assert len(server.received) == is_known
