"""What came back: each report is kept once, told to the message it is about, and, where it condemns the address, to
whoever keeps that address (`when_undeliverable`)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.exc import IntegrityError

from eventapp.extensions import db
from eventapp.outbox import dsn, verp
from eventapp.outbox.dsn import Report
from eventapp.outbox.models import Bounce, Message
from eventapp.text import one_line

MAILBOX, WEBHOOK = "mailbox", "webhook"
LONGEST_REASON = 500
# By the subject and detail of RFC 3463, whatever the class; the first that fits.
IN_WORDS = (
    ("1.2", "le domaine de cette adresse n’existe pas"),
    ("4.4", "le domaine de cette adresse n’existe pas"),
    ("1.", "cette adresse n’existe pas ou plus"),
    ("2.1", "cette boîte est désactivée"),
    ("2.2", "cette boîte est pleine"),
    ("2.3", "le courriel est trop volumineux pour cette boîte"),
    ("3.4", "le courriel est trop volumineux pour cette boîte"),
    ("4.", "le serveur du destinataire est resté injoignable"),
    ("7.", "le serveur du destinataire refuse nos courriels"),
    ("0.0", "cette adresse n’existe pas ou n’accepte plus de courriel"),
)
OTHERWISE = "le serveur du destinataire n’a pas pu le remettre"

Listener = Callable[[Message, str, datetime], None]
LISTENERS: list[Listener] = []


def when_undeliverable(listener: Listener) -> Listener:
    """Register `listener(message, why, now)`, called in the transaction that learns that `message.to` takes no mail;
    `why` is French, without a capital or a full stop. Being told twice must be harmless."""
    LISTENERS.append(listener)
    return listener


def record(source: bytes, *, via: str, now: datetime) -> list[Bounce]:
    """Keep what a mail reports; nothing when it is no report, or known already. Committed by the caller."""
    found = [_keep(report, via, now) for report in dsn.read(source)]
    return [bounce for bounce in found if bounce is not None]


def refused(number: int, why: str, now: datetime) -> None:
    """The mail server finally refused the address of this message. Committed by the caller."""
    message = db.session.get(Message, number)
    if message is not None:
        _tell(message, why, now)


def has_come_back(event: Any, address: str) -> bool:
    """Whether a mail of this event to this address was returned, and not sent again since."""
    same = Message.event_id == event.id, func.lower(Message.to) == address.lower()
    return bool(db.session.scalar(select(exists().where(*same, Message.bounced_at.is_not(None)))))


def why_dead(code: int, reply: str) -> str:
    """Why the address takes no mail, from a server's final answer to it; empty when it spoke of something else."""
    said = one_line(f"{code} {reply}")[:LONGEST_REASON]
    status = dsn.status_in(said)
    return in_words(status, said) if dsn.is_about_the_address(status, said) else ""


def in_words(status: str, diagnostic: str) -> str:
    """« cette boîte est pleine (552 5.2.2 Over quota) »."""
    detail = status.partition(".")[2]
    reason = next((words for start, words in IN_WORDS if detail == start or detail.startswith(start)), OTHERWISE)
    if not status and dsn.is_about_the_address(status, diagnostic):
        reason = "cette adresse n’existe pas ou plus"
    said = diagnostic[:300].rstrip(". ")
    return (f"{reason} ({said})" if said else reason)[:LONGEST_REASON]


def _keep(report: Report, via: str, now: datetime) -> Bounce | None:
    if db.session.scalar(select(Bounce.id).where(Bounce.fingerprint == report.fingerprint)) is not None:
        return None
    message = _message(report)
    bounce = Bounce(
        fingerprint=report.fingerprint,
        received_at=now,
        source=via,
        recipient=report.recipient,
        status=report.status,
        diagnostic=report.diagnostic,
        message_id=message.id if message is not None else None,
    )
    try:
        with db.session.begin_nested():
            db.session.add(bounce)
    except IntegrityError:
        return None  # another worker keeps it at this moment
    if message is not None and report.has_failed:
        _return(message, report, now)
    return bounce


def _message(report: Report) -> Message | None:
    """By the return address, which only we make; else by the Message-ID, which only its reader knows."""
    for address in report.returned_to:
        number = verp.number_of(address)
        if number is not None:
            return db.session.get(Message, number)
    if not report.original:
        return None
    return db.session.scalar(select(Message).where(Message.message_id == report.original))


def _return(message: Message, report: Report, now: datetime) -> None:
    why = in_words(report.status, report.diagnostic)
    returned = update(Message).where(Message.id == message.id, Message.bounced_at.is_(None))
    db.session.execute(returned.values(bounced_at=now, bounce=why))
    if report.condemns_the_address:
        _tell(message, why, now)


def _tell(message: Message, why: str, now: datetime) -> None:
    for listener in LISTENERS:
        listener(message, why, now)
