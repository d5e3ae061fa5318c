"""Typst: data in, tagged PDF (PDF/UA-1) out. Data goes in as JSON and is never read as markup."""

import json
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import typst

FOLDER = Path(__file__).parent
Node = dict[str, Any]
VOID = {"br", "hr"}


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """`template`, a file of this folder, with `data` as its `sys.inputs.data`."""
    return typst.compile(
        _source(template),
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )


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
