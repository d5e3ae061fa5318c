"""`{prenom}` in a letter that an organiser wrote: one table, one pass, values never read again."""

import re
from collections.abc import Collection, Mapping

from eventapp.text import one_line

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")  # every ASCII punctuation mark may be escaped (CommonMark 2.4)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Each known `{name}` becomes its value, as it is; what is not known stays as written."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def names_in(text: str) -> list[str]:
    """The names used, in order of appearance, each once."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def unknown_in(text: str, known: Collection[str]) -> list[str]:
    return [name for name in names_in(text) if name not in known]


def escape_markdown(value: str) -> str:
    """One line that Markdown shows exactly as it is: no link, heading, list, quote, code, image or entity."""
    return MARKDOWN.sub(r"\\\1", one_line(value))
