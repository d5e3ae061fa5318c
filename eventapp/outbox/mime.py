"""Rendered letter → bytes for the wire (RFC 5322, 2045, 6047, 8058). User text stays inside its header."""

from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from eventapp.outbox.letters import Attachment
from eventapp.outbox.rendering import Rendered
from eventapp.text import one_line

LONGEST_NAME = 70
ENCODED_WORD = 75  # RFC 2047 section 2


class BadAddress(ValueError):
    """No mail can be addressed to this."""


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """`attempt`: above 1 when an earlier try may have arrived already."""

    message_id: str
    sender: str
    recipient: str
    sent_at: datetime
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


def build(envelope: Envelope, rendered: Rendered) -> EmailMessage:
    mail = EmailMessage(policy=WIRE)
    _headers(mail, envelope, rendered)
    mail.set_content(rendered.text, cte="quoted-printable")
    mail.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    attachments = list(rendered.contents.attachments)
    calendar = rendered.contents.calendar
    if calendar is not None:
        method = envelope.calendar_method or "REQUEST"
        params = {"charset": "utf-8", "method": method}
        mail.add_alternative(calendar, maintype="text", subtype="calendar", params=params)
        if not any(a.content_type == "application/ics" for a in attachments):
            name = "annulation.ics" if method == "CANCEL" else "evenement.ics"
            attachments.append(Attachment(name, "application/ics", calendar))
    for attachment in attachments:
        _attach(mail, attachment)
    return mail


def ascii_address(text: str) -> str:
    """« nom@préfecture.example » → its form on the wire. Raises BadAddress."""
    local, at, domain = text.strip().rpartition("@")
    try:
        wire = f"{local}@{domain.encode('idna').decode('ascii')}" if at else ""
        return Address(addr_spec=wire).addr_spec if wire.isascii() and wire.isprintable() else _refuse(text)
    except (ValueError, IndexError, HeaderParseError):
        return _refuse(text)


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


def _headers(mail: EmailMessage, envelope: Envelope, rendered: Rendered) -> None:
    contents = rendered.contents
    mail["Message-ID"] = envelope.message_id
    mail["Date"] = format_datetime(envelope.sent_at)
    mail["From"] = Address(_sender_name(header_text(contents.sender_name)), addr_spec=ascii_address(envelope.sender))
    mail["To"] = Address(addr_spec=ascii_address(envelope.recipient))
    mail["Subject"] = header_text(rendered.subject)
    if contents.reply_to:
        mail["Reply-To"] = Address(addr_spec=ascii_address(contents.reply_to))
    mail["Auto-Submitted"] = "auto-generated"
    if contents.unsubscribe_url:
        mail["List-Unsubscribe"] = f"<{header_text(contents.unsubscribe_url)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if envelope.attempt > 1:
        mail["X-Delivery-Attempt"] = str(envelope.attempt)


def header_text(text: str) -> str:
    """One line, in which nothing reads as an encoded word (RFC 2047), whose contents a reader would decode."""
    return one_line(text).replace("=?", "= ?")


def _attach(mail: EmailMessage, attachment: Attachment) -> None:
    maintype, _, subtype = attachment.content_type.partition(";")[0].strip().partition("/")
    filename = header_text(attachment.filename)
    mail.add_attachment(attachment.content, maintype=maintype, subtype=subtype, filename=filename)
