"""Markdown typed by organisers → safe HTML, or readable plain text for mails and calendars."""

from typing import Any

import nh3
from flask import Flask
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from eventapp.formats import NBSP, typo

LONGEST = 50_000
SCHEMES = ("http://", "https://", "mailto:")
TAGS = {
    "p",
    "br",
    "hr",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "strong",
    "em",
    "ul",
    "ol",
    "li",
    "blockquote",
    "code",
    "pre",
    "a",
}
ATTRIBUTES = {"*": set(), "a": {"href"}, "ol": {"start"}}


def register(app: Flask) -> None:
    app.add_template_filter(render, "markdown")
    app.add_template_filter(plain, "plain")


def render(text: str | None, top: int = 3) -> Markup:
    """Safe HTML whose highest heading is `<h{top}>` and whose levels never skip one."""
    tokens = _parse(text)
    _shift_headings(tokens, top)
    html = _reader.renderer.render(tokens, _reader.options, {})
    clean = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto"}, link_rel="noopener"
    )
    # Every value was escaped by the renderer, then cleaned.
    return Markup(clean.replace("&nbsp;", NBSP))  # noqa: S704


def plain(text: str | None) -> str:
    """The same text without markup: « - » before items, « texte (adresse) » for links, « > » for quotes."""
    page = _Page()
    for token in _parse(text):
        page.take(token)
    return "\n".join(page.lines)


class _Page:
    """Lines of plain text, filled by one token after the other."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.lists: list[int | None] = []  # the next number of each open list; None for bullets
        self.marker = ""
        self.quotes = self.last_quotes = 0
        self.is_tight = self.was_tight = False

    def take(self, token: Token) -> None:
        kind = token.type
        if kind == "ordered_list_open":
            self.lists.append(int(token.attrs.get("start", 1)))
        elif kind == "bullet_list_open":
            self.lists.append(None)
        elif kind in ("ordered_list_close", "bullet_list_close"):
            self.lists.pop()
        elif kind == "list_item_open":
            self.marker = self._next_marker()
        elif kind in ("blockquote_open", "blockquote_close"):
            self.quotes += token.nesting
        elif kind in ("paragraph_open", "heading_open"):
            self.is_tight = token.hidden
        elif kind == "inline":
            self._write(_inline(token.children or []))
        elif kind in ("fence", "code_block", "hr"):
            self.is_tight = False
            self._write(token.content.rstrip("\n") or "---")

    def _next_marker(self) -> str:
        number = self.lists[-1]
        if number is None:
            return "- "
        self.lists[-1] = number + 1
        return f"{number}. "

    def _write(self, block: str) -> None:
        quote = "> " * self.quotes
        gap = ">" * min(self.quotes, self.last_quotes)
        if self.lines and not (self.is_tight and self.was_tight):
            self.lines.append(" ".join(gap))
        indent = quote + "  " * (len(self.lists) - 1)
        marker, following = self.marker, " " * len(self.marker)
        if self.lists and not marker:
            marker = following = "  "
        for line in block.split("\n"):
            self.lines.append(f"{indent}{marker}{line}".rstrip())
            marker = following
        self.marker, self.was_tight, self.last_quotes = "", self.is_tight, self.quotes


def _inline(tokens: list[Token]) -> str:
    parts: list[str] = []
    links: list[tuple[str, int]] = []
    for token in tokens:
        if token.type == "link_open":
            links.append((str(token.attrs["href"]).removeprefix("mailto:"), len(parts)))
        elif token.type == "link_close":
            address, start = links.pop()
            if address not in "".join(parts[start:]):
                parts.append(f" ({address})")
        elif token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        else:
            parts.append(token.content)
    return "".join(parts)


def _parse(text: str | None) -> list[Token]:
    tokens = _reader.parse((text or "")[:LONGEST])
    for token in tokens:
        for child in token.children or ():
            if child.type == "text":
                child.content = typo(child.content)
    return tokens


def _shift_headings(tokens: list[Token], top: int) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    level = top - 1
    for token in headings:
        if token.type == "heading_open":
            level = min(top + int(token.tag[1]) - highest, level + 1, 6)
        token.tag = f"h{level}"


def _alternative(_renderer: RendererHTML, tokens: list[Token], index: int, _options: Any, _env: Any) -> str:
    """No image is ever fetched: its words stand for it."""
    return escapeHtml(tokens[index].content)


def _is_link(address: str) -> bool:
    return address.lower().startswith(SCHEMES)


def _make_reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True})
    reader.add_render_rule("image", _alternative)
    reader.validateLink = _is_link  # type: ignore[assignment,method-assign]
    return reader


_reader = _make_reader()
