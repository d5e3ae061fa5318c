"""Delivery: claim a message, render it, hand it to the mail server, write what became of it. One at a time, so that
a letter someone waits for overtakes five thousand others. The only user of Flask-Mail."""

import contextlib
import smtplib
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Protocol

import flask_mail
from flask import current_app
from sqlalchemy.exc import OperationalError

from eventapp.extensions import db
from eventapp.outbox import failures, mime, queue
from eventapp.outbox.failures import InDoubt, LineDown
from eventapp.outbox.keeping import Kept
from eventapp.outbox.letters import NothingToSay
from eventapp.outbox.models import Message, State
from eventapp.outbox.queue import Lease, Outcome
from eventapp.outbox.rendering import reading, render

SECONDS = 30  # for one mail, its connection included
SAME_LINE = 50  # mails per connection: relays dislike endless ones


def deliver_due(
    *, now: datetime, limit: int, go_on: Callable[[], bool] = lambda: True, tally: Counter[State] | None = None
) -> int:
    """Send what is due at `now`, at most `limit` messages; returns how many were dealt with, whatever became of them
    (`tally` counts that).

    Fewer than `limit` means that nothing is left, that the mail server is away, or that `go_on` said no.
    """
    began = time.monotonic()

    def clock() -> datetime:
        return now + timedelta(seconds=time.monotonic() - began)

    done = 0
    transport = _transport()
    queue.recover(now)
    try:
        while done < limit and go_on():
            lease = queue.claim(clock(), due_by=now)
            if lease is None:
                break
            done += 1
            if not _deliver(lease, transport, clock, Counter() if tally is None else tally):
                break
    finally:
        transport.close()
    return done


class Letter(flask_mail.Message):
    """A Flask-Mail message whose bytes are ours: Flask-Mail 0.10 cannot make a calendar alternative."""

    def __init__(self, mail: EmailMessage) -> None:
        sender, recipient = (mail[name].addresses[0].addr_spec for name in ("From", "To"))
        super().__init__(subject=str(mail["Subject"]), recipients=[recipient], sender=sender)
        self.msgId = str(mail["Message-ID"])
        self.mail = mail

    def as_bytes(self) -> bytes:
        return self.mail.as_bytes()


class Transport(Protocol):
    def send(self, mail: EmailMessage, now: datetime) -> list[Any]:
        """Hand it over. Returns rows to write with its outcome."""

    def close(self) -> None: ...


class _Doubtful:
    """Knows whether the line broke between the first byte of a message and the server's answer to it."""

    in_doubt = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.in_doubt = True
        answer = super().data(msg)  # type: ignore[misc]
        self.in_doubt = False
        return answer


class _Host(_Doubtful, smtplib.SMTP):
    pass


class _TlsHost(_Doubtful, smtplib.SMTP_SSL):
    pass


class Line(flask_mail.Connection):
    """One connection to the mail server, with time-outs and verified TLS."""

    host: Any

    def configure_host(self) -> smtplib.SMTP:
        mail, context = self.mail, ssl.create_default_context()
        facts = {"timeout": SECONDS, "local_hostname": current_app.config["SETTINGS"].calendar_domain}
        host: Any = _TlsHost(context=context, **facts) if mail.use_ssl else _Host(**facts)
        self.host = host  # from here on the watch can cut it
        host._host = mail.server  # the name that TLS verifies
        code, words = host.connect(mail.server, mail.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, words)
        if mail.use_tls:
            host.starttls(context=context)
        if mail.username and mail.password:
            host.login(mail.username, mail.password)
        return host

    def cut(self) -> None:
        sock = getattr(self.host, "sock", None)
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class Smtp:
    """The mail server, over a connection kept for several mails and opened again after any trouble."""

    def __init__(self) -> None:
        self.settings: Any = flask_mail.Mail().init_mail(current_app.config)
        self.line: Line | None = None

    def send(self, mail: EmailMessage, now: datetime) -> list[Any]:  # noqa: ARG002
        line = self.line or Line(self.settings)
        with _Watch(line):
            if self.line is None:
                self._open(line)
            try:
                line.send(Letter(mail))
            except Exception as error:
                self.drop()
                if line.host.in_doubt and not isinstance(error, smtplib.SMTPResponseException):
                    raise InDoubt from error
                raise
        if line.num_emails >= SAME_LINE:
            self.close()
        return []

    def close(self) -> None:
        line, self.line = self.line, None
        if line is not None:
            try:
                line.host.quit()
            except (OSError, smtplib.SMTPException):
                line.host.close()

    def drop(self) -> None:
        line, self.line = self.line, None
        if line is not None:
            line.host.close()

    def _open(self, line: Line) -> None:
        try:
            line.__enter__()
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            if line.host is not None:
                line.host.close()
            raise LineDown from error
        self.line = line


class _Watch:
    """Cuts the line after SECONDS: a socket's time-out alone is never reached by one byte a second."""

    def __init__(self, line: Line) -> None:
        self.line, self.over = line, threading.Event()

    def __enter__(self) -> None:
        threading.Thread(target=self._watch, daemon=True).start()

    def __exit__(self, *_error: Any) -> None:
        self.over.set()

    def _watch(self) -> None:
        patience: float = SECONDS
        while not self.over.wait(patience):
            self.line.cut()
            patience = 1


def _transport() -> Transport:
    return Kept() if current_app.config["EVENTAPP_DEMO"] else Smtp()


def _deliver(lease: Lease, transport: Transport, clock: Callable[[], datetime], tally: Counter[State]) -> bool:
    """One message. False when the mail server is away, so that the others keep their turn."""
    prepared = _prepare(lease, clock())
    also: list[Any] = []
    is_up = True
    if isinstance(prepared, Outcome):
        outcome = prepared
    elif clock() >= lease.until:
        return True  # we were frozen: another worker has it by now
    else:
        try:
            also = transport.send(prepared, clock())
            outcome = Outcome(state=State.SENT)
        except LineDown as error:
            is_up, outcome = False, failures.of_line(error, lease.may_have_left)
        except (InDoubt, OSError, smtplib.SMTPException) as error:
            outcome = failures.of_sending(error, lease.may_have_left)
    state = queue.settle(lease, outcome, clock(), *also)
    if state is not None:
        tally[state] += 1
    if outcome.state is not State.SENT and outcome.state is not State.DROPPED:
        label = (state or outcome.state).label
        current_app.logger.warning("courriel %s %s\u00a0: %s", lease.id, label, outcome.error)
    return is_up


def _prepare(lease: Lease, now: datetime) -> EmailMessage | Outcome:
    """The mail, or why there is none. A letter that raises stops nobody else's."""
    try:
        with reading():
            message = db.session.get_one(Message, lease.id)
            envelope = mime.Envelope(
                message_id=message.message_id,
                sender=current_app.config["MAIL_DEFAULT_SENDER"],
                recipient=message.to,
                sent_at=now,
                calendar_method=message.calendar_method,
                attempt=message.attempts if lease.may_have_left else 1,
            )
            return mime.build(envelope, render(message))
    except NothingToSay as reason:
        return failures.nothing_to_say(str(reason))
    except mime.BadAddress:
        return failures.of_address()
    except OperationalError:
        return failures.of_database(lease.may_have_left)
    except Exception as error:
        current_app.logger.exception("message %s could not be prepared", lease.id)
        return failures.of_rendering(error)
