"""The mailbox to which returned mail comes, read by IMAP. What was read is marked as seen, and left there.

Each report is committed before its mail is marked: read twice, it counts once. No transaction stays open while the
server is spoken to.
"""

import contextlib
import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.exc import InterfaceError, OperationalError

from eventapp.extensions import db
from eventapp.outbox import beating, bounces, dsn, incoming
from eventapp.outbox.lines import Handshake, cut

SECONDS = 10  # for one reading, whatever the server does
MOST = 50  # mails in one reading
NUMBER = re.compile(rb"[0-9]{1,10}")


def read(*, now: datetime) -> int:
    """Take what came back since the last reading; how many mails were read. A mailbox that is away is tried again
    next time."""
    if not current_app.config["BOUNCE_IMAP_SERVER"]:
        return 0
    db.session.rollback()
    try:
        with _opened() as box:
            read = sum(_take(box, number, now) for number in _unseen(box))
    except (OSError, imaplib.IMAP4.error) as error:
        current_app.logger.warning("bounce mailbox: %s", type(error).__name__)
        return 0
    beating.beat(now, beating.MAILBOX)
    return read


class Box(imaplib.IMAP4):
    """Cut after so many seconds, whatever it is doing: a socket's time-out alone is never reached by a byte a
    second."""

    def __init__(self, *, tls: bool, **where: Any) -> None:
        self._context = ssl.create_default_context() if tls else None
        self.sock: Any = None
        self.watch = threading.Timer(SECONDS, lambda: cut(self.sock))
        self.watch.daemon = True
        self.watch.start()
        super().__init__(**where)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        self.sock = socket.create_connection((self.host, self.port), timeout)
        if self._context is not None:
            return Handshake(self._context, self).wrap_socket(self.sock, server_hostname=self.host)
        return self.sock


@contextlib.contextmanager
def _opened() -> Iterator[imaplib.IMAP4]:
    config = current_app.config
    where = {"host": config["BOUNCE_IMAP_SERVER"], "port": config["BOUNCE_IMAP_PORT"], "timeout": SECONDS}
    box = Box(tls=config["BOUNCE_IMAP_TLS"], **where)
    try:
        box.login(config["BOUNCE_IMAP_USERNAME"], config["BOUNCE_IMAP_PASSWORD"])
        folder = config["BOUNCE_IMAP_FOLDER"].replace("\\", "\\\\").replace('"', '\\"')
        answer, words = box.select(f'"{folder}"')
        if answer != "OK":
            raise imaplib.IMAP4.error(words)
        yield box
    finally:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            box.logout()
        with contextlib.suppress(OSError):
            box.shutdown()
        box.watch.cancel()


def _unseen(box: imaplib.IMAP4) -> list[str]:
    _answer, found = box.uid("SEARCH", "UNSEEN")
    return [number.decode() for number in NUMBER.findall(found[0] or b"")][:MOST]


def _take(box: imaplib.IMAP4, number: str, now: datetime) -> bool:
    """One mail. What cannot be read is marked too: it would be in the way of the others for ever."""
    _answer, found = box.uid("FETCH", number, f"(BODY.PEEK[]<0.{dsn.LARGEST}>)")
    source = next((part[1] for part in found if isinstance(part, tuple)), None)
    if source is not None:
        try:
            incoming.take(source, via=bounces.MAILBOX, now=now)
            db.session.commit()
        except (OperationalError, InterfaceError):
            db.session.rollback()
            raise
        except Exception:
            db.session.rollback()
            current_app.logger.exception("bounce mailbox: a mail could not be read")
    box.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)")
    return source is not None
