"""Delivery: take a few messages, prepare them, hand them over one by one, write what became of each. Few, so that a
letter someone waits for overtakes five thousand others. The only user of Flask-Mail."""

import smtplib
import ssl
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

import flask_mail
from flask import current_app

from eventapp.outbox import failures, queue
from eventapp.outbox.failures import InDoubt, LineDown
from eventapp.outbox.interruptions import recover
from eventapp.outbox.keeping import Kept
from eventapp.outbox.lines import Handshake, Host, TlsHost, Watch, cut
from eventapp.outbox.mime import Mail
from eventapp.outbox.models import State
from eventapp.outbox.preparing import prepare
from eventapp.outbox.queue import Lease, Outcome

SECONDS = 30  # for one mail, its connection included
PARTING = 2  # for a farewell: the mail before it is not settled yet
SAME_LINE = 100  # mails per connection: relays dislike endless ones
TOGETHER = 20  # messages taken together
SPELL = timedelta(seconds=5)  # after that the rest of them is given back: more urgent ones may have come


def deliver_due(
    *,
    now: datetime,
    limit: int,
    go_on: Callable[[], bool] = lambda: True,
    is_stopping: Callable[[], bool] = lambda: False,
    tally: Counter[State] | None = None,
) -> int:
    """Send what is due at `now` or becomes so meanwhile, at most `limit` messages; returns how many were dealt with,
    whatever became of them (`tally` counts that).

    Fewer than `limit` means that nothing is left, that enough has left in this minute, that the mail server is away, or
    that `go_on`, asked every few messages, said no. `is_stopping` is asked before each one.
    """
    began = time.monotonic()

    def clock() -> datetime:
        return now + timedelta(seconds=time.monotonic() - began)

    transport = _transport()
    rounds = Round(transport, clock, is_stopping, Counter() if tally is None else tally)
    recover(now)
    try:
        while rounds.is_up and rounds.done < limit and go_on():
            leases = queue.claim(clock(), limit=min(TOGETHER, limit - rounds.done))
            if not leases:
                break
            rounds.deliver(leases)
    finally:
        transport.close()
    return rounds.done


@dataclass
class Round:
    transport: "Transport"
    clock: Callable[[], datetime]
    is_stopping: Callable[[], bool]
    tally: Counter[State]
    done: int = 0
    is_up: bool = True  # the mail server: when it is away, the others keep their turn

    def deliver(self, leases: Sequence[Lease]) -> None:
        """One after the other; what was not begun is given back."""
        left = {lease.id: lease for lease in leases}
        ends = self.clock() + SPELL
        finished: tuple[Lease, Outcome] | None = None
        before = self.done
        try:
            for lease, mail in prepare(leases, self.clock, ends):
                if not self.is_up or self.is_stopping() or (self.clock() >= ends and self.done > before):
                    break
                begun, finished = self._step(finished, lease), None
                self.done += 1
                if begun is not None:
                    left.pop(lease.id)
                    finished = self._hand_over(begun, mail)
            if finished:
                self._step(finished, None)
        finally:
            queue.release(left.values())

    def _step(self, finished: tuple[Lease, Outcome] | None, following: Lease | None) -> Lease | None:
        step = queue.step(self.clock(), finished, following)
        if step.state is not None:
            self.tally[step.state] += 1
        if finished and finished[1].state not in (State.SENT, State.DROPPED):
            lease, outcome = finished
            label = (step.state or outcome.state).label
            current_app.logger.warning("courriel %s %s\u00a0: %s", lease.id, label, outcome.error)
        return step.begun

    def _hand_over(self, lease: Lease, mail: Mail | Outcome) -> tuple[Lease, Outcome] | None:
        """What became of it; None when we were frozen: another worker has it by now."""
        if isinstance(mail, Outcome):
            return lease, mail
        if self.clock() >= lease.until:
            return None
        try:
            also = self.transport.send(mail, self.clock())
        except LineDown as error:
            self.is_up = False
            return lease, failures.of_line(error, lease.may_have_left)
        except (InDoubt, OSError, smtplib.SMTPException) as error:
            return lease, failures.of_sending(error, lease.may_have_left)
        return lease, Outcome(state=State.SENT, also=tuple(also))


class Transport(Protocol):
    def send(self, mail: Mail, now: datetime) -> list[Any]:
        """Hand it over. Returns rows to write with its outcome."""

    def close(self) -> None: ...


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Reading the machine's certificates takes longer than many mails."""
    return ssl.create_default_context()


class Line(flask_mail.Connection):
    """One connection to the mail server, with time-outs and verified TLS."""

    host: Any

    def configure_host(self) -> smtplib.SMTP:
        mail = self.mail
        facts = {"timeout": SECONDS, "local_hostname": current_app.config["SETTINGS"].calendar_domain}
        host: Any = TlsHost(context=_tls(), **facts) if mail.use_ssl else Host(**facts)
        self.host = host  # from here on the watch can cut it
        host.context = handshake = Handshake(_tls(), host)
        host._host = mail.server  # the name that TLS verifies
        code, words = host.connect(mail.server, mail.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, words)
        if mail.use_tls:
            host.starttls(context=handshake)
        if mail.username and mail.password:
            host.login(mail.username, mail.password)
        host.ehlo_or_helo_if_needed()  # a server that wants nobody to say hello refuses us, not one letter
        return host

    def hand_over(self, mail: Mail) -> None:
        """Instead of `send`, which makes every mail anew from Flask-Mail's own Message (0.10 knows no calendar)."""
        self.host.sendmail(mail.return_path, [mail.recipient], mail.as_bytes())
        self.num_emails += 1

    def cut(self) -> None:
        cut(getattr(self.host, "sock", None))


class Smtp:
    """The mail server, over a connection kept for several mails and opened again after any trouble."""

    def __init__(self) -> None:
        self.settings: Any = flask_mail.Mail().init_mail(current_app.config)
        self.line: Line | None = None
        self.watch = Watch(SECONDS)

    def send(self, mail: Mail, now: datetime) -> list[Any]:  # noqa: ARG002
        line = self.line or Line(self.settings)
        with self.watch.over(line):
            if self.line is None:
                self._open(line)
            try:
                line.hand_over(mail)
            except Exception as error:
                self._drop()
                if line.host.in_doubt and not failures.is_answer(error):
                    raise InDoubt from error
                raise
        if line.num_emails >= SAME_LINE:
            self._hang_up()
        return []

    def close(self) -> None:
        self._hang_up()
        self.watch.end()

    def _hang_up(self) -> None:
        line, self.line = self.line, None
        if line is not None:
            with self.watch.over(line, PARTING):
                try:
                    line.host.quit()
                except (OSError, smtplib.SMTPException):
                    line.host.close()

    def _drop(self) -> None:
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


def _transport() -> Transport:
    return Kept() if current_app.config["EVENTAPP_DEMO"] else Smtp()
