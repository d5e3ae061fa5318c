"""Rendered letter → bytes for the wire (RFC 5322, 2045, 6047, 8058). User text stays inside its header.

Python's own EmailMessage writes each header that varies in other ways than by its value, once: making a whole letter of
it takes ten times as long as all the rest of a delivery.
"""

import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

import idna
from werkzeug.urls import iri_to_uri

from eventapp.outbox.letters import Attachment
from eventapp.outbox.rendering import Rendered
from eventapp.text import one_line

LONGEST_NAME = 70
ENCODED_WORD = 75  # RFC 2047 section 2
BASE64_LINE = 57  # octets that make 76 characters
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._+-]{1,30}@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+", re.ASCII)
LONGEST_PLAIN = 70
KEPT_BYTES = 512 * 1024  # an attachment that many letters carry is encoded once, unless it is large


class BadAddress(ValueError):
    """No mail can be addressed to this."""


class BadSender(ValueError):
    """Of a letter, where it comes from or is answered to: no fault of whoever should receive it."""


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """`return_path`: where what cannot be delivered comes back to, else the sender. `attempt`: above 1 when an earlier
    try may have arrived already."""

    message_id: str
    sender: str
    recipient: str
    sent_at: datetime
    return_path: str = ""
    calendar_method: str | None = None
    attempt: int = 1


class Wire(EmailPolicy):
    """CRLF, and what is accented encoded whole: Python, which encodes it word by word, loses spaces."""

    def fold(self, name: str, value: Any) -> str:
        if name == "Subject" and not value.isascii():
            return f"{name}: {Header(value, 'utf-8', header_name=name).encode(linesep=self.linesep)}\r\n"
        if name == "From" and not value.addresses[0].display_name.isascii():
            address = value.addresses[0]
            return f"{name}: {_encoded_word(address.display_name)}\r\n <{address.addr_spec}>\r\n"
        return super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii")


WIRE = Wire(linesep="\r\n")


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A letter as it goes over the wire; `return_path` is told to the server alone. Large pieces are shared by the
    letters that carry them, and joined at the end."""

    message_id: str
    return_path: str
    recipient: str
    subject: str
    pieces: tuple[bytes, ...]

    @property
    def size(self) -> int:
        return sum(map(len, self.pieces))

    def as_bytes(self) -> bytes:
        return b"".join(self.pieces)


def build(envelope: Envelope, rendered: Rendered) -> Mail:
    sender, recipient = _own_address(envelope.sender), ascii_address(envelope.recipient)
    subject = header_text(rendered.subject)
    alternatives = [_text("plain", rendered.text), _text("html", rendered.html)]
    attachments = list(rendered.contents.attachments)
    calendar = rendered.contents.calendar
    if calendar is not None:
        method = envelope.calendar_method or "REQUEST"
        params = (("charset", "utf-8"), ("method", method))
        alternatives.append([_part_headers("text/calendar", None, params), _base64(calendar)])
        if not any(a.content_type == "application/ics" for a in attachments):
            name = "annulation.ics" if method == "CANCEL" else "evenement.ics"
            attachments.append(Attachment(name, "application/ics", calendar))
    body = _multipart("alternative", alternatives, envelope.message_id)
    if attachments:
        body = _multipart("mixed", [body, *map(_attached, attachments)], envelope.message_id)
    headers = [*_headers(envelope, rendered, sender, recipient, subject), b"MIME-Version: 1.0\r\n"]
    pieces = (b"".join(headers), *body)
    return Mail(
        message_id=envelope.message_id,
        return_path=_own_address(envelope.return_path) if envelope.return_path else sender,
        recipient=recipient,
        subject=subject,
        pieces=pieces,
    )


def ascii_address(text: str) -> str:
    """« nom@préfecture.example » → its form on the wire (IDNA 2008: « ß » is no « ss »). Raises BadAddress."""
    local, at, domain = text.strip().rpartition("@")
    try:
        encoded = domain.encode("idna") if domain.isascii() else idna.encode(domain, uts46=True)
        wire = f"{local}@{encoded.decode('ascii')}" if at else ""
        return Address(addr_spec=wire).addr_spec if wire.isascii() and wire.isprintable() else _refuse(text)
    except (ValueError, IndexError, HeaderParseError):
        return _refuse(text)


def _own_address(text: str) -> str:
    try:
        return ascii_address(text)
    except BadAddress as error:
        raise BadSender(text) from error


def _refuse(text: str) -> str:
    raise BadAddress(text)


def _sender_name(text: str) -> str:
    """As many words of it as fit one encoded word: mail programs disagree about how to join several."""
    name = text
    while len(name) > LONGEST_NAME or (not name.isascii() and len(_encoded_word(name)) > ENCODED_WORD):
        name = name.rpartition(" ")[0] or name[:-1]
    return name


def _encoded_word(text: str) -> str:
    return Header(text, "utf-8", maxlinelen=998).encode()


def _headers(envelope: Envelope, rendered: Rendered, sender: str, recipient: str, subject: str) -> Iterable[bytes]:
    contents = rendered.contents
    yield _line("Message-ID", envelope.message_id)
    yield f"Date: {format_datetime(envelope.sent_at)}\r\n".encode()
    yield _address_line("From", sender, _sender_name(header_text(contents.sender_name)))
    yield _address_line("To", recipient)
    yield _line("Subject", subject)
    if contents.reply_to:
        yield _address_line("Reply-To", _own_address(contents.reply_to))
    yield b"Auto-Submitted: auto-generated\r\n"
    if contents.unsubscribe_url:
        # Python would write a long address as encoded words, which no mail program reads here.
        yield f"List-Unsubscribe: <{iri_to_uri(one_line(contents.unsubscribe_url))}>\r\n".encode("ascii")
        yield b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    if envelope.attempt > 1:
        yield f"X-Delivery-Attempt: {envelope.attempt}\r\n".encode()


def header_text(text: str) -> str:
    """One line, in which nothing reads as an encoded word (RFC 2047), whose contents a reader would decode."""
    return one_line(text).replace("=?", "= ?")


@lru_cache(maxsize=512)
def _line(name: str, value: str) -> bytes:
    return _folded(name, value)


@lru_cache(maxsize=512)
def _address_line(name: str, address: str, display_name: str = "") -> bytes:
    if not display_name and len(address) < LONGEST_PLAIN and PLAIN_ADDRESS.fullmatch(address):
        return f"{name}: {address}\r\n".encode()
    return _folded(name, Address(display_name, addr_spec=address))


def _folded(name: str, value: Any) -> bytes:
    _, parsed = WIRE.header_store_parse(name, value)
    return WIRE.fold_binary(name, parsed)


def _multipart(subtype: str, parts: Iterable[Iterable[bytes]], message_id: str) -> list[bytes]:
    """`=_` is in no line that quoted-printable or base64 can make (RFC 2045 section 6.7)."""
    boundary = f"=_{subtype[0]}{re.sub('[^0-9A-Za-z]', '', message_id)[:40]}"
    pieces = [f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode()]
    for part in parts:
        pieces += [f"--{boundary}\r\n".encode(), *part, b"\r\n"]
    return [*pieces, f"--{boundary}--\r\n".encode()]


def _text(subtype: str, text: str) -> list[bytes]:
    lines = text.encode("utf-8").replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    headers = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return [headers.encode(), binascii.b2a_qp(lines, istext=True)]


def _attached(attachment: Attachment) -> list[bytes]:
    content_type = attachment.content_type.partition(";")[0].strip()
    return [_part_headers(content_type, header_text(attachment.filename)), _base64(attachment.content)]


@lru_cache(maxsize=256)
def _part_headers(content_type: str, filename: str | None, params: tuple[tuple[str, str], ...] = ()) -> bytes:
    """With the empty line that ends them. `filename`: only what is attached has one."""
    maintype, _, subtype = content_type.partition("/")
    part = EmailMessage(policy=WIRE)
    facts = {"params": dict(params)} if filename is None else {"filename": filename, "disposition": "attachment"}
    part.set_content(b"", maintype=maintype, subtype=subtype, **facts)
    return part.as_bytes()


def _base64(content: bytes) -> bytes:
    return _kept_base64(content) if len(content) <= KEPT_BYTES else _encoded(content)


@lru_cache(maxsize=16)
def _kept_base64(content: bytes) -> bytes:
    return _encoded(content)


def _encoded(content: bytes) -> bytes:
    lines = (content[start : start + BASE64_LINE] for start in range(0, len(content), BASE64_LINE))
    return b"".join(binascii.b2a_base64(line, newline=False) + b"\r\n" for line in lines)
