"""Typst: data in, tagged PDF (PDF/UA-1) out. Data goes in as JSON and is never read as markup.

PDF/UA refuses a text that no font draws. Such characters (emoji, Chinese) leave, or become the letters that they stand
for, or « □ »: a document always comes out.
"""

import json
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import typst

FOLDER = Path(__file__).parent
Node = dict[str, Any]
VOID = {"br", "hr"}
UNDRAWN = "could not be displayed"
LATIN = "\u017f"  # up to here all fonts have everything, controls apart
PROBE = (
    b'#set document(title: "?")\n#set text(lang: "fr", font: "Libertinus Serif")\n#text(json(bytes(sys.inputs.data)))'
)


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """`template`, a file of this folder, with `data` as its `sys.inputs.data`."""
    for said in (lambda: data, lambda: _each_text(data, _drawn), lambda: _each_text(data, _latin)):
        try:
            return _compiled(_source(template), said())
        except typst.TypstError as error:
            if UNDRAWN not in str(error):
                raise
    raise AssertionError("Latin letters are always drawn")


def _compiled(source: bytes, data: Any) -> bytes:
    return typst.compile(
        source,
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )


def _each_text(data: Any, change: Callable[[str], str]) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, dict):
        return {key: _each_text(value, change) for key, value in data.items()}
    return [_each_text(one, change) for one in data] if isinstance(data, list) else data


def _drawn(text: str) -> str:
    return "".join(letter if letter <= LATIN else _kept(letter) for letter in text)


def _latin(text: str) -> str:
    return "".join(letter if letter <= LATIN or letter in "’–œŒ…€" else "" for letter in text if letter >= " ")


@lru_cache(maxsize=4096)
def _kept(letter: str) -> str:
    """The character where a font has it, else what it stands for; a letter at least leaves its place."""
    for other in (letter, unicodedata.normalize("NFKC", letter)):
        try:
            _compiled(PROBE, other)
        except typst.TypstError:
            continue
        return other
    return "□" if unicodedata.category(letter).startswith(("L", "N")) else ""


def nodes(html: str) -> list[Node | str]:
    """The safe HTML of `eventapp.markdown` as a tree: {"tag", "children", "href"?, "start"?} and texts."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.top["children"]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.top: Node = {"tag": "", "children": []}
        self.open = [self.top]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node: Node = {"tag": tag, "children": []} | {name: value for name, value in attrs if name in ("href", "start")}
        self.open[-1]["children"].append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1 and self.open[-1]["tag"] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        is_gap = not data.strip() and self.open[-1]["tag"] in ("", "ul", "ol", "blockquote")
        if not is_gap:
            self.open[-1]["children"].append(data)


@cache
def _source(template: str) -> bytes:
    return (FOLDER / template).read_bytes()
