"""A mail server that this machine runs for one test, and a letter to send."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from eventapp.extensions import db
from eventapp.outbox.letters import LETTERS, TITLES, Contents, post
from eventapp.outbox.models import Message
from tests.factories import NOW
from tests.servers import free_port

NOTE = {
    "trial/mails/note.txt": """{% extends "layouts/mail.txt" %}
{% block subject %}Votre place : {{ title }}{% endblock %}
{% block body %}Bonjour {{ name }},{% endblock %}""",
    "trial/mails/note.html": """{% extends "layouts/mail.html" %}
{% block preheader %}Votre place{% endblock %}
{% block body %}<h1>{{ subject }}</h1><p>Bonjour {{ name }},</p>{% endblock %}""",
}


@dataclass
class Server:
    """Takes mail, or answers a recipient as `answers` says; `received` holds what it accepted, in order."""

    answers: dict[str, str] = field(default_factory=dict)
    received: list[EmailMessage] = field(default_factory=list)
    sources: list[bytes] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)  # of the envelopes
    connections: int = 0
    port: int = 0

    @property
    def recipients(self) -> list[str]:
        return [mail["To"] for mail in self.received]

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.sources.append(envelope.original_content)
        self.senders.append(envelope.mail_from)
        self.received.append(message_from_bytes(envelope.original_content, policy=default))
        return "250 OK"


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    handler = Server(port=free_port())
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1")
    monkeypatch.setitem(app.config, "MAIL_PORT", handler.port)
    yield handler
    controller.stop()


@pytest.fixture
def send(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Message]:
    """`send("nom@exemple.example", name=…, title=…)` queues a letter that no package owns, committed."""
    monkeypatch.setitem(LETTERS, "trial/note", note_contents)
    monkeypatch.setitem(TITLES, "trial/note", "Note")
    loader = ChoiceLoader([DictLoader(NOTE), app.jinja_env.loader])  # type: ignore[list-item]
    monkeypatch.setattr(app.jinja_env, "loader", loader)

    def queue(to: str, *, now: datetime = NOW, name: str = "Jeanne", title: str = "Rencontre", **facts: Any) -> Message:
        options = {key: facts.pop(key) for key in list(facts) if key in POSTING}
        message = post("trial/note", to=to, now=now, name=name, title=title, **options, **facts)
        db.session.commit()
        return message

    return queue


POSTING = {"event", "organisation", "priority", "calendar_method", "due_at"}


def note_contents(_message: Message, name: str, title: str, **contents: Any) -> Contents:
    if name == "raise":
        raise RuntimeError("a loader that cannot")
    if "calendar" in contents:
        contents["calendar"] = contents["calendar"].encode()
    return Contents(context={"name": name, "title": title}, **contents)
