"""French spaces in what templates say: no-break before « : ; ! ? » and inside guillemets, so that no line begins with a
mark. `typo` does it for what somebody typed; what we write ourselves is written so."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[1] / "templates"
WRITTEN = [path for path in sorted(TEMPLATES.rglob("*")) if path.suffix in {".html", ".txt", ".xml"}]
CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<(script|style)\b.*?</\1>|<!--.*?-->", re.DOTALL)
STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
ORDINARY = re.compile(r"(?<=\S) (?=[:;!?](?:[\s<{\"'»”).,]|$))|(?<=«) | (?=»)", re.MULTILINE)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Il reste : deux", 1),
        ("Il reste\u00a0: deux", 0),
        ("« Laon »", 2),
        ("«\u00a0Laon\u00a0»", 0),
        ("{{ title }} : {{ date }}", 1),
        ('{{ "Motif : " ~ reason }}', 1),
        ("{% if (names or {}) == {1 : 2} %}", 0),
        ("{# A comment : for us #}", 0),
        ('<a href="https://exemple.example/?a=b">Voir</a>', 0),
        ("<script>a ? b : c</script>", 0),
    ],
)
def test_what_is_found(text: str, count: int) -> None:
    assert len(list(ordinary(text))) == count


def test_templates_write_french_spaces() -> None:
    guilty = {path: [line for line, _ in ordinary(path.read_text(encoding="utf-8"))] for path in WRITTEN}
    assert {path.relative_to(TEMPLATES).as_posix(): lines for path, lines in guilty.items() if lines} == {}


def ordinary(text: str) -> Iterator[tuple[int, str]]:
    """Line and surroundings of each space that should hold its mark."""
    code = [span for found in CODE.finditer(text) for span in around_strings(found)]
    for found in ORDINARY.finditer(text):
        if not any(start <= found.start() < end for start, end in code):
            yield text.count("\n", 0, found.start()) + 1, text[found.start() - 10 : found.end() + 10]


def around_strings(found: re.Match[str]) -> Iterator[tuple[int, int]]:
    """What of a piece of code is not shown: of a template's own, what is outside its strings."""
    start, end = found.span()
    for quoted in STRING.finditer(found[0]) if found[0].startswith(("{%", "{{")) else ():
        yield start, found.start() + quoted.start() + 1
        start = found.start() + quoted.end() - 1
    yield start, end
