"""The demonstration's mail server is a table; its letters can be read as a mail program would show them."""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from eventapp.outbox.mime import Mail
from eventapp.outbox.models import KeptMail
from eventapp.text import fold

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class Kept:
    """A transport that keeps every mail; the row is written together with the outcome."""

    def send(self, mail: Mail, now: datetime) -> list[Any]:
        return [
            KeptMail(
                message_id=mail.message_id,
                to=mail.recipient,
                subject=mail.subject,
                search_text=f"{fold(mail.recipient)} {fold(mail.subject)}",
                kept_at=now,
                source=mail.as_bytes(),
            )
        ]

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, kw_only=True)
class File:
    name: str
    content_type: str
    content: bytes

    @property
    def kilobytes(self) -> int:
        return -(-len(self.content) // 1024)


class Letter:
    """A kept mail, opened: headers, text, HTML, files (the invitation that calendars read is one of them)."""

    def __init__(self, source: bytes) -> None:
        self.mail: EmailMessage = message_from_bytes(source, policy=default)
        self.text = self._body("plain")
        self.html = self._body("html")
        self.files = [_file(part, n) for n, part in enumerate(self.mail.walk(), 1) if _is_file(part)]

    def header(self, name: str) -> str:
        return str(self.mail[name] or "")

    def _body(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        return part.get_content().replace("\r\n", "\n") if part is not None else ""


def document_headers(html: str) -> dict[str, str]:
    """A letter shown in a browser: its own <style> is allowed by its hash, nothing runs, nothing is fetched."""
    styles = (base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in STYLE.findall(html))
    allowed = " ".join(f"'sha256-{style}'" for style in styles) or "'none'"
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src {allowed}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
            "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
        ),
        "X-Frame-Options": "SAMEORIGIN",
    }


def as_page(html: str) -> str:
    """The same document standing alone: its links leave the frame that shows it; the letter is the main content,
    which it must not claim to be inside a mail program's own page."""
    html = html.replace("<head>", '<head><base target="_top">', 1)
    return html.replace('<div class="letter">', '<div class="letter" role="main">', 1)


def _is_file(part: Any) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_content_type() == "text/calendar"


def _file(part: Any, number: int) -> File:
    name = part.get_filename() or f"invitation-{number}.ics"
    return File(name=name, content_type=part.get_content_type(), content=part.get_payload(decode=True))
