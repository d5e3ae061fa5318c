"""Reports of returned mail (RFC 3464, and the header that older servers write) → what they say, whom they are about.

They come from anywhere: whatever they hold is cut, cleaned, and believed only as far as `bounces` can match it.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from typing import Any

from eventapp.text import one_line

# What reports say stands at their beginning; the mail they return may be of any size.
LARGEST = 256 * 1024
MOST_LINES = 5_000
LONGEST_HEADER = 4_000
MOST_RECIPIENTS = 20
LONGEST = 1_000
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
IDENTIFIER = re.compile(r"<[^<>\s]{1,190}>")
ADDRESS = re.compile(r"[^\s<>,;:\"()]{1,255}@[^\s<>,;:\"()]{1,255}")
WHERE_IT_CAME = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
# Subjects and details of RFC 3463 that speak of the address itself, not of one mail, its sender or a full mailbox.
OF_THE_ADDRESS = re.compile(r"5\.(1\.([0-46]|10)|2\.[01]|4\.4)|5\.0\.0")


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a server says about one recipient. `action` (RFC 3464 §2.3.3): failed, delayed, delivered, relayed or
    expanded; `returned_to`: the addresses to which the report came; `original`: the Message-ID of the mail."""

    action: str
    recipient: str
    status: str
    diagnostic: str
    original: str
    returned_to: tuple[str, ...]
    fingerprint: str

    @property
    def has_failed(self) -> bool:
        return self.action == "failed"

    @property
    def condemns_the_address(self) -> bool:
        return self.has_failed and is_about_the_address(self.status, self.diagnostic)


class Short(Message):
    """Reads the beginning of each header only: Python takes minutes for parameters that fill a whole mail."""

    def get(self, name: str, failobj: Any = None) -> Any:
        value = super().get(name, failobj)
        return value if value is failobj else str(value)[:LONGEST_HEADER]


def read(source: bytes) -> list[Report]:
    """One report for each recipient that the mail speaks of; none when it is no report, or nested beyond reading."""
    try:
        return _read(source)
    except RecursionError:
        return []


def _read(source: bytes) -> list[Report]:
    mail = _parsed(source)
    print_ = hashlib.sha256(source).hexdigest()
    original, returned_to = _original(mail), tuple(_returned_to(mail))
    found = []
    for number, block in enumerate(_blocks(mail)):
        diagnostic = _after_type(_header(block, "Diagnostic-Code"))
        found.append(
            Report(
                action=_header(block, "Action").lower()[:20],
                recipient=_address(_header(block, "Original-Recipient") or _header(block, "Final-Recipient")),
                status=_status(_header(block, "Status"), diagnostic),
                diagnostic=diagnostic,
                original=original,
                returned_to=returned_to,
                fingerprint=hashlib.sha256(f"{print_} {number}".encode()).hexdigest(),
            )
        )
        if len(found) == MOST_RECIPIENTS:
            break
    return found


def _parsed(source: bytes) -> Message:
    beginning = b"".join(source[:LARGEST].splitlines(keepends=True)[:MOST_LINES])
    return message_from_bytes(beginning, Short, policy=compat32)


def is_about_the_address(status: str, diagnostic: str) -> bool:
    """« 5.1.1 », or a bare 550, 551 or 553: nobody is there. A full mailbox or a refused sender is another matter."""
    if status:
        return OF_THE_ADDRESS.fullmatch(status) is not None
    return re.match(r"55[013]\b", diagnostic) is not None


def status_in(words: str) -> str:
    """The enhanced status (RFC 3463) that they hold, if any."""
    found = STATUS.search(words)
    return found[0] if found else ""


def _blocks(mail: Message) -> Iterator[Message]:
    """The recipients of a delivery status: blocks of headers after the first, which speaks of the whole message."""
    for part in mail.walk():
        blocks = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(blocks, list):
            yield from (
                b for b in blocks if isinstance(b, Message) and (b["Final-Recipient"] or b["Original-Recipient"])
            )
            return
    failed = _header(mail, "X-Failed-Recipients")
    for address in ADDRESS.findall(failed):
        block = Message()
        block["Final-Recipient"], block["Action"] = address, "failed"
        yield block


def _original(mail: Message) -> str:
    """The Message-ID of the mail that came back, whole or by its headers only."""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
            found = _identifier(inner["Message-ID"]) if isinstance(inner, Message) else ""
        elif kind in ("text/rfc822-headers", "message/global-headers"):
            headers = part.get_payload(decode=True)
            found = _identifier(_parsed(headers)["Message-ID"]) if isinstance(headers, bytes) else ""
        else:
            continue
        if found:
            return found
    return ""


def _returned_to(mail: Message) -> Iterable[str]:
    for name in WHERE_IT_CAME:
        for value in mail.get_all(name, [])[:MOST_RECIPIENTS]:
            yield from ADDRESS.findall(_clean(value))[:MOST_RECIPIENTS]


def _identifier(value: object) -> str:
    found = IDENTIFIER.search(_clean(value))
    return found[0] if found else ""


def _address(value: str) -> str:
    """« rfc822; jeanne@exemple.example » → the address."""
    found = ADDRESS.search(_after_type(value))
    return found[0][:320] if found else ""


def _after_type(value: str) -> str:
    before, semicolon, after = value.partition(";")
    return after.strip() if semicolon and " " not in before.strip() else value


def _status(written: str, diagnostic: str) -> str:
    """Its own, unless it says nothing (5.0.0) and the server's words say more."""
    own, more = status_in(written), status_in(diagnostic)
    return more if more and (not own or own.endswith(".0.0")) else own


def _header(part: Message, name: str) -> str:
    return _clean(part[name])


def _clean(value: object) -> str:
    return one_line(str(value or "")[: 4 * LONGEST])[:LONGEST]
