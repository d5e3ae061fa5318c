"""Answers that calendars send by mail (iTIP REPLY, RFC 5546 section 3.2.3): read here, believed by nobody.

They come from anywhere. What they hold is cut and cleaned; whoever knows the entry and its attendee (`when_answered`)
decides what to keep, and nothing is ever acted upon alone.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from flask import current_app
from icalendar.parser import Contentline

from eventapp.outbox.dsn import LARGEST
from eventapp.text import one_line

LARGEST_CALENDAR = 64 * 1024
MOST_LINES = 1_000
MOST_PARTS = 50
LONGEST_UID = 199
LONGEST_ADDRESS = 320
LONGEST_COMMENT = 500
LONGEST_IDENTIFIER = 300
CONCERNED = frozenset({"METHOD", "BEGIN", "END", "UID", "ATTENDEE", "COMMENT", "SEQUENCE"})
SEQUENCE = re.compile(r"[0-9]{1,9}")
ANSWERS = frozenset({"ACCEPTED", "DECLINED", "TENTATIVE"})


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one calendar says of one entry. `participation`: ACCEPTED, DECLINED or TENTATIVE (PARTSTAT); `sequence`: of
    the request that it answers, None where it says none; `mail_id`: of the mail that brought it, or a fingerprint."""

    uid: str
    attendee: str
    participation: str
    comment: str
    sequence: int | None
    mail_id: str


Listener = Callable[[Answer, datetime], bool]
LISTENERS: list[Listener] = []


def when_answered(listener: Listener) -> Listener:
    """Register `listener(answer, now)`, called in the transaction that reads the mail; whether it kept anything. Being
    told twice must be harmless."""
    LISTENERS.append(listener)
    return listener


def record(source: bytes, *, now: datetime) -> int:
    """How many answers of this mail (none or one) were kept. Committed by the caller."""
    answer = read(source)
    if answer is None:
        return 0
    kept = sum(listener(answer, now) for listener in LISTENERS)
    if not kept:
        current_app.logger.info("calendar reply: nothing of ours matches it, or it is known already")
    return kept


def read(source: bytes) -> Answer | None:
    """None when the mail is no answer of a calendar, or is nested beyond reading."""
    try:
        return _read(source[:LARGEST])
    except RecursionError:
        return None


def _read(source: bytes) -> Answer | None:
    mail = message_from_bytes(source, policy=compat32)
    for part in _calendars(mail):
        facts = _facts(part)
        if facts is not None:
            written = facts.pop("sequence", "")
            sequence = int(written) if SEQUENCE.fullmatch(written) else None
            return Answer(**facts, sequence=sequence, mail_id=_identifier(mail, source))
    return None


def _calendars(mail: Message) -> Iterator[str]:
    """The calendar parts of this mail itself: a mail that came back may hold one of ours."""
    waiting, seen = [mail], 0
    while waiting and seen < MOST_PARTS:
        part, seen = waiting.pop(0), seen + 1
        pieces = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(pieces, list):
            waiting += [piece for piece in pieces if isinstance(piece, Message)][:MOST_PARTS]
        elif part.get_content_type() in ("text/calendar", "application/ics"):
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                yield content[:LARGEST_CALENDAR].decode("utf-8", "replace")


def _facts(calendar: str) -> dict[str, str] | None:
    """Of the first VEVENT; ORGANIZER, which Exchange leaves out, is not looked at."""
    found: dict[str, str] = {}
    for name, params, value in _lines(calendar):
        if name == "END" and value.upper() == "VEVENT":
            break
        if name == "ATTENDEE" and "attendee" not in found:
            found["attendee"] = re.sub(r"(?i)^mailto:", "", value).strip()[:LONGEST_ADDRESS]
            found["participation"] = one_line(str(params.get("PARTSTAT", ""))).upper()
        elif name not in ("ATTENDEE", "BEGIN", "END"):
            found.setdefault(name.lower(), value)
    if found.pop("method", "").upper() != "REPLY" or found.get("participation") not in ANSWERS:
        return None
    uid = found.get("uid", "")
    if not uid or len(uid) > LONGEST_UID:
        return None
    return found | {"uid": uid, "comment": found.get("comment", "")[:LONGEST_COMMENT]}


def _lines(calendar: str) -> Iterator[tuple[str, dict[str, object], str]]:
    """Unfolded; those that are none, as those that say nothing here, are passed over."""
    unfolded = re.sub(r"\r?\n[ \t]", "", calendar)
    for line in unfolded.splitlines()[:MOST_LINES]:
        if re.split("[;:]", line, maxsplit=1)[0].upper() not in CONCERNED:
            continue
        try:
            name, params, value = Contentline(line).parts()
        except ValueError:
            continue
        plain = re.sub(r"\\([\\;,nN])", lambda found: " " if found[1] in "nN" else found[1], value)
        yield name.upper(), dict(params), one_line(plain)


def _identifier(mail: Message, source: bytes) -> str:
    written = one_line(str(mail["Message-ID"] or ""))
    return written if 0 < len(written) <= LONGEST_IDENTIFIER else hashlib.sha256(source).hexdigest()
