"""A message's row → its subject, text and HTML, as they are now."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import current_app
from jinja2 import Template

from eventapp.extensions import db
from eventapp.outbox.letters import LETTERS, Contents, ids_of, once, together
from eventapp.outbox.models import Message
from eventapp.text import one_line

LONGEST_SUBJECT = 300
SECRET = re.compile(r"(?<=/)[A-Za-z0-9_-]{32}(?![A-Za-z0-9_-])")  # see eventapp/tokens.py


@dataclass(frozen=True, kw_only=True)
class Rendered:
    subject: str
    text: str
    html: str
    contents: Contents


@contextmanager
def reading() -> Iterator[None]:
    """A read-only transaction, as of a GET: whatever loads a letter can neither write nor hold a lock."""
    db.session.rollback()
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]), together():
        try:
            yield
        finally:
            db.session.rollback()


def render(message: Message) -> Rendered:
    """Inside `reading()`. Raises NothingToSay, or whatever a loader or a template raises."""
    contents = LETTERS[message.letter](message, **ids_of(message))
    context: dict[str, Any] = {**once(_around, _around), **contents.context, "message": message}
    text, html = (_template(contents.letter or message.letter, kind) for kind in ("txt", "html"))
    context["subject"] = _subject(text, context)
    return Rendered(
        subject=context["subject"],
        text=_tidy(text.render(context)),
        html=html.render(context),
        contents=contents,
    )


def masked(text: str) -> str:
    """The same text without what opens someone's personal pages, for other eyes than theirs."""
    return SECRET.sub("•••", text)


def _around() -> dict[str, Any]:
    """What every template is given."""
    context: dict[str, Any] = {}
    current_app.update_template_context(context)
    return context


def _template(letter: str, kind: str) -> Template:
    package, _, name = letter.partition("/")
    return current_app.jinja_env.get_template(f"{package}/mails/{name}.{kind}")


def _subject(template: Template, context: dict[str, Any]) -> str:
    block = template.blocks["subject"](template.new_context(context))
    return one_line("".join(block))[:LONGEST_SUBJECT]


def _tidy(text: str) -> str:
    """At most one blank line in a row, none at the ends; « -- » keeps its space (RFC 3676)."""
    lines = [line if line == "-- " else line.rstrip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"
