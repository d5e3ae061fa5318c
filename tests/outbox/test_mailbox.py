"""The mailbox of returned mail, on an IMAP server that the test runs."""

import re
import socketserver
import threading
import time

import pytest

from eventapp.extensions import db
from eventapp.outbox import beating, mailbox
from eventapp.outbox.models import Bounce, State
from tests.factories import NOW, make_event
from tests.outbox.reports import ABSENT, report

COMMAND = re.compile(rb"(\S+) (UID )?(\S+) ?(.*)\r\n", re.DOTALL)
USER = b'"retours" "secret"'


class Server(socketserver.ThreadingTCPServer):
    """Serves `mails` (source, is it seen?); `slow`: from the answer that begins so on, a byte now and then."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        self.mails, self.slow, self.folders = [], None, []
        super().__init__(("127.0.0.1", 0), Session)

    def handle_error(self, *_request):
        """Whoever hangs up on a slow server is right."""


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.say(b"* OK ready")
        for line in self.rfile:
            tag, _uid, verb, rest = COMMAND.fullmatch(line).groups()
            done = getattr(self, verb.decode().lower())(rest)
            self.say(tag + (b" OK" if done is not False else b" NO") + b" done")

    def say(self, words):
        begins = True
        while self.server.slow is not None and words.startswith(self.server.slow):
            self.wfile.write(b"\x16\x03\x03\x40" if begins else b"\x02")  # as TLS, a record that never ends
            begins = False
            time.sleep(0.1)
        self.wfile.write(words + b"\r\n")

    def capability(self, _rest):
        self.say(b"* CAPABILITY IMAP4rev1")

    def login(self, rest):
        return b"".join(rest.split()) == b"".join(USER.split()) or rest == b'retours "secret"'

    def select(self, rest):
        self.server.folders.append(rest.decode())
        self.say(b"* %d EXISTS" % len(self.server.mails))

    def search(self, _rest):
        numbers = [b"%d" % n for n, (_source, seen) in enumerate(self.server.mails, 1) if not seen]
        self.say(b"* SEARCH " + b" ".join(numbers))

    def fetch(self, rest):
        number, _space, what = rest.partition(b" ")
        assert b"BODY.PEEK[]" in what
        source = self.server.mails[int(number) - 1][0]
        self.wfile.write(b"* %s FETCH (UID %s BODY[]<0> {%d}\r\n%s)\r\n" % (number, number, len(source), source))

    def store(self, rest):
        number = int(rest.split()[0])
        self.server.mails[number - 1] = (self.server.mails[number - 1][0], True)

    def logout(self, _rest):
        self.say(b"* BYE")


@pytest.fixture
def box(app, monkeypatch):
    with Server() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        settings = {"SERVER": "127.0.0.1", "PORT": server.server_address[1], "TLS": False, "FOLDER": 'Retours "2"'}
        for name, value in (settings | {"USERNAME": "retours", "PASSWORD": "secret"}).items():
            monkeypatch.setitem(app.config, f"BOUNCE_IMAP_{name}", value)
        yield server
        server.shutdown()


@pytest.fixture
def sent(send):
    message = send("jeanne@agents.example", event=make_event())
    message.state, message.sent_at = State.SENT, NOW
    db.session.commit()
    return message


def test_where_no_mailbox_is_set_nothing_is_read(app):
    assert mailbox.read(now=NOW) == 0
    assert beating.last(beating.MAILBOX) is None


@pytest.mark.both_databases
def test_what_came_back_is_read_once(box, sent):
    box.mails = [(report(sent.message_id), False), (ABSENT, False), (report("<seen@x>"), True)]

    assert mailbox.read(now=NOW) == 2
    assert mailbox.read(now=NOW) == 0

    assert [(b.source, b.message_id) for b in db.session.scalars(db.select(Bounce))] == [("mailbox", sent.id)]
    db.session.refresh(sent)
    assert sent.bounced_at == NOW
    assert [seen for _source, seen in box.mails] == [True, True, True]
    assert beating.last(beating.MAILBOX) == NOW
    assert box.folders[0] == r'"Retours \"2\""'


def test_a_mail_read_twice_counts_once(box, sent):
    box.mails = [(report(sent.message_id), False)]
    mailbox.read(now=NOW)
    box.mails = [(report(sent.message_id), False)]  # the worker died before it was marked

    assert mailbox.read(now=NOW) == 1
    assert db.session.query(Bounce).count() == 1


def test_a_bad_mail_stops_no_other(box, sent, monkeypatch):
    box.mails = [(b"\xff\0" * 100, False), (b"", False), (report(sent.message_id), False)]
    assert mailbox.read(now=NOW) >= 2
    assert db.session.query(Bounce).count() == 1


def test_a_wrong_password_is_no_failure_of_ours(app, box, monkeypatch):
    monkeypatch.setitem(app.config, "BOUNCE_IMAP_PASSWORD", "wrong")
    assert mailbox.read(now=NOW) == 0
    assert beating.last(beating.MAILBOX) is None


@pytest.mark.parametrize(("slow", "tls"), [(b"* OK", False), (b"* OK", True), (b"* SEARCH", False), (b"* BYE", False)])
def test_a_server_that_drips_holds_nobody_up(app, box, monkeypatch, slow, tls):
    monkeypatch.setattr(mailbox, "SECONDS", 1)
    monkeypatch.setitem(app.config, "BOUNCE_IMAP_TLS", tls)
    box.slow, began = slow, time.monotonic()
    assert mailbox.read(now=NOW) == 0
    assert time.monotonic() - began < 5


def test_a_server_that_is_away_holds_nobody_up(app, box, monkeypatch):
    monkeypatch.setitem(app.config, "BOUNCE_IMAP_PORT", 1)
    assert mailbox.read(now=NOW) == 0
