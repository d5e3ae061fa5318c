"""Mail servers that refuse, hang up, fall silent or talk nonsense at each step of a conversation."""

import socketserver
import threading
import time
from datetime import timedelta

import pytest

from eventapp.extensions import db
from eventapp.outbox import delivery
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.models import Message, State
from tests.factories import NOW

USUAL = {
    "CONNECT": "220 ready",
    "EHLO": "250 hello",
    "HELO": "250 hello",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "BODY": "250 taken",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}
RESET, SILENCE, DRIP = "reset", "silence", "drip"
ENDLESS = "250 " + "x" * 9_000  # longer than the protocol's lines may be
# What is known of a mail after these answers at this step, instead of the usual one.
AFTER = {
    ("CONNECT", State.QUEUED): ["421 busy", "554 go away", RESET, SILENCE, "hello"],
    ("HELO", State.QUEUED): ["421 busy", "550 your name is on a list", RESET],
    ("MAIL", State.QUEUED): ["451 later", "421 later", RESET],
    ("MAIL", State.FAILED): ["553 no"],
    ("RCPT", State.QUEUED): ["450 greylisted", "421 later", RESET, ENDLESS, "what?"],
    ("RCPT", State.FAILED): ["550 nobody"],
    ("DATA", State.QUEUED): ["451 later"],
    ("DATA", State.FAILED): ["554 no"],
    ("DATA", State.UNCERTAIN): [RESET],
    ("BODY", State.QUEUED): ["451 later", "421 later"],
    ("BODY", State.FAILED): ["554 spam"],
    ("BODY", State.UNCERTAIN): [RESET, SILENCE, "what?", ENDLESS],
    ("QUIT", State.SENT): [RESET, SILENCE, "what?"],
}


class Server(socketserver.ThreadingTCPServer):
    """`answers`: what it says at a step instead of the usual; `most`: mails of one conversation before it says 421."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        self.answers, self.bodies, self.most, self.conversations = {}, [], 1_000, 0
        super().__init__(("127.0.0.1", 0), Session)

    def handle_error(self, *_request):
        """Whoever hangs up on a broken server is right."""


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.server.conversations += 1
        taken, goes_on = 0, self.say("CONNECT")
        while goes_on and (line := self.rfile.readline()):
            verb = line.split()[0].decode().upper()
            if verb == "MAIL" and taken >= self.server.most:
                self.wfile.write(b"421 enough\r\n")
                return
            goes_on = self.say(verb) and verb != "QUIT"
            if verb == "DATA" and goes_on and self.answer("DATA").startswith("354"):
                body = b"".join(iter(self.rfile.readline, b".\r\n"))
                taken += 1
                self.server.bodies.append(body)
                goes_on = self.say("BODY")

    def answer(self, step):
        return self.server.answers.get(step, USUAL.get(step, "500 what"))

    def say(self, step):
        answer = self.answer(step)
        if answer == SILENCE:
            time.sleep(1.5)
        if answer in (RESET, SILENCE):
            return False
        if answer == DRIP:
            return self.drip()
        self.wfile.write(answer.encode() + b"\r\n")
        return step != "STARTTLS" or self.drip()

    def drip(self):
        """A record of TLS that never ends, a byte now and then."""
        self.wfile.write(b"\x16\x03\x03\x40\x00")
        for _ in range(100):
            self.wfile.write(b"\x02")
            time.sleep(0.1)
        return False


@pytest.fixture
def broken(app, monkeypatch):
    with Server() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1")
        monkeypatch.setitem(app.config, "MAIL_PORT", server.server_address[1])
        monkeypatch.setattr(delivery, "SECONDS", 1)
        yield server
        server.shutdown()


def reload(message):
    db.session.expire_all()
    return db.session.get_one(Message, message.id)


@pytest.mark.delivery
@pytest.mark.parametrize(
    ("step", "answer", "state"),
    [(step, answer, state) for (step, state), answers in AFTER.items() for answer in answers],
)
def test_each_step_may_fail(broken, send, step, answer, state):
    message = send("jeanne@exemple.example")
    broken.answers = {step: answer}
    if step == "HELO":
        broken.answers["EHLO"] = answer
    deliver_due(now=NOW, limit=1)
    assert reload(message).state is state, message.last_error

    broken.answers = {}
    later = deliver_due(now=NOW + timedelta(minutes=1), limit=1)
    repeats = state in (State.QUEUED, State.UNCERTAIN)
    assert (later, reload(message).state) == (int(repeats), State.SENT if repeats else state)
    assert (b"X-Delivery-Attempt: 2" in broken.bodies[-1:][0] if broken.bodies else False) == (state is State.UNCERTAIN)


@pytest.mark.delivery
def test_a_farewell_is_not_waited_for(broken, send, monkeypatch):
    """Between the server's 250 and our commit: a mail whose lease ends there is sent twice."""
    monkeypatch.setattr(delivery, "SECONDS", 30)
    monkeypatch.setattr(delivery, "PARTING", 0.5)
    monkeypatch.setattr(delivery, "SAME_LINE", 1)
    message = send("jeanne@exemple.example")
    broken.answers, began = {"QUIT": DRIP}, time.monotonic()
    deliver_due(now=NOW, limit=1)

    assert time.monotonic() - began < 5
    assert reload(message).state is State.SENT


@pytest.mark.delivery
@pytest.mark.parametrize(
    ("secret", "answers"),
    [
        ("MAIL_USE_SSL", {"CONNECT": DRIP}),
        ("MAIL_USE_TLS", {"EHLO": "250-hello\r\n250 STARTTLS", "STARTTLS": "220 go on"}),
        ("MAIL_USE_TLS", {"EHLO": "250-hello\r\n250 STARTTLS", "STARTTLS": "454 not now"}),
        ("MAIL_USE_TLS", {}),
    ],
)
def test_encryption_that_does_not_come_about_is_waited_for(app, broken, send, monkeypatch, secret, answers):
    monkeypatch.setitem(app.config, secret, True)
    message = send("jeanne@exemple.example")
    broken.answers, began = answers, time.monotonic()
    deliver_due(now=NOW, limit=1)

    assert time.monotonic() - began < 5
    assert (reload(message).state, broken.bodies) == (State.QUEUED, [])


@pytest.mark.delivery
def test_a_server_that_has_enough_after_a_few_mails_gets_all_of_them(broken, send):
    broken.most = 3
    for n in range(10):
        send(f"personne-{n}@exemple.example")
    rounds = [deliver_due(now=NOW + timedelta(minutes=n), limit=20) for n in range(4)]

    assert set(db.session.scalars(db.select(Message.state))) == {State.SENT}
    assert len(broken.bodies) == 10, rounds
    assert not any(b"X-Delivery-Attempt" in body for body in broken.bodies)
