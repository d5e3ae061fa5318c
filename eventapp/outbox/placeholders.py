"""`{prenom}` in a letter that an organiser wrote: one table, one pass, values never read again."""

import difflib
import re
from collections.abc import Collection, Mapping

from eventapp.text import fold, one_line

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
BRACED = re.compile(r"\{\s*([^\W\d_][\w \u00a0’'-]{0,39}?)\s*\}")
OPENED = re.compile(r"\{\s*([^\W\d_]\w{0,39})(?![\w \u00a0’'-]*\})")
CLOSED = re.compile(r"(?<![\w{])(?<!\{[ \u00a0])([^\W\d_]\w{0,39})[ \u00a0]?\}")
ALIKE = 0.75
MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")  # every ASCII punctuation mark may be escaped (CommonMark 2.4)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Each known `{name}` becomes its value, as it is; what is not known stays as written."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def names_in(text: str) -> list[str]:
    """The names used, in order of appearance, each once."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def unknown_in(text: str, known: Collection[str]) -> list[str]:
    return [name for name in names_in(text) if name not in known]


def mistyped_in(text: str, known: Collection[str]) -> dict[str, str]:
    """What looks like a placeholder and is none: as written → the name that was meant, empty where nothing is alike."""
    found = {}
    for match in BRACED.finditer(text):
        if not PLACEHOLDER.fullmatch(match[0]):
            found[match[0]] = _alike(match[1], known)
    rest = BRACED.sub(" ", text)
    for match in (*OPENED.finditer(rest), *CLOSED.finditer(rest)):
        meant = _alike(match[1], known)
        if meant:
            found[match[0]] = meant
    return found


def _alike(word: str, known: Collection[str]) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", fold(word))
    return next(iter(difflib.get_close_matches(name, known, 1, ALIKE)), "")


def escape_markdown(value: str) -> str:
    """One line that Markdown shows exactly as it is: no link, heading, list, quote, code, image or entity."""
    return MARKDOWN.sub(r"\\\1", one_line(value))
