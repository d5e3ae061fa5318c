"""What a single cell may hold, and how a text that a spreadsheet would run as a formula is kept a text.

Excel and LibreOffice run a CSV cell that begins with = + - @ as a formula. Such a text is written behind one
apostrophe, the sign that spreadsheets themselves use for « this is text », and reading takes one apostrophe off
again. Text that already begins so gains one more, so that writing then reading gives every text back.
In XLSX and ODS a cell says that it is text: nothing is added there.
"""

import re
from datetime import date, datetime

from eventapp.text import one_line

Value = str | int | float | bool | date | datetime | None

LONGEST = 32_767  # characters in a cell, in Excel as in LibreOffice
RUNS_AS_FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")
# What XML cannot carry, and half surrogate pairs.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def guard(text: str) -> str:
    return f"'{text}" if RUNS_AS_FORMULA.match(text) else text


def unguard(text: str) -> str:
    return text[1:] if text.startswith("'") and RUNS_AS_FORMULA.match(text) else text


def writable(text: str) -> str:
    """No control character but tabs and line ends, and no longer than a cell can be."""
    return UNWRITABLE.sub(" ", text)[:LONGEST]


def as_text(value: Value) -> str:
    """A value as a French spreadsheet shows it: « 3,5 », « 07/10/2021 09:30 », « oui »."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return (f"{value:.0f}" if value.is_integer() else repr(value)).replace(".", ",")
    return str(value)


def sheet_name(title: str) -> str:
    """What Excel accepts as the name of a sheet: at most 31 characters, without []:*?/\\."""
    name = one_line(re.sub(r"[\[\]:*?/\\]", " ", writable(title)))[:31].strip("' ")
    return "Feuille" if not name or name.lower() == "history" else name
