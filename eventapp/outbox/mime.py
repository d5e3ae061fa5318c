"""Rendered letter → bytes for the wire (RFC 5322, 2045, 6047, 8058). User text stays inside its header."""

from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from eventapp.outbox.letters import Attachment
from eventapp.outbox.rendering import Rendered
from eventapp.text import one_line

LONGEST_NAME = 120


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


def build(envelope: Envelope, rendered: Rendered) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
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


def _headers(mail: EmailMessage, envelope: Envelope, rendered: Rendered) -> None:
    contents = rendered.contents
    mail["Message-ID"] = envelope.message_id
    mail["Date"] = format_datetime(envelope.sent_at)
    mail["From"] = Address(header_text(contents.sender_name)[:LONGEST_NAME], addr_spec=ascii_address(envelope.sender))
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
