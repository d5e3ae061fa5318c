"""Tables for download: CSV, XLSX, ODS. Text stays text: no formula, no automatic link, nothing lost.

Numbers and dates given as such are written as such; an aware time must already be in its event's zone.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import xlsxwriter

from eventapp.spreadsheets.cells import RUNS_AS_FORMULA, Value, as_text, guard, sheet_name, writable
from eventapp.spreadsheets.ods import write_ods

WIDEST_COLUMN = 60


def write_csv(title: str, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:  # noqa: ARG001
    """UTF-8 with BOM, « ; », CRLF: what a French Excel opens without asking."""
    page = io.StringIO(newline="")
    writer = csv.writer(page, delimiter=";", lineterminator="\r\n")
    for row in (header, *rows):
        writer.writerow([guard(writable(cell)) if isinstance(cell, str) else as_text(cell) for cell in row])
    return page.getvalue().encode("utf-8-sig")


def write_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    page = io.BytesIO()
    book = xlsxwriter.Workbook(page, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": writable(title)})
    formats = {
        "header": book.add_format({"bold": True, "bottom": 1}),
        "date": book.add_format({"num_format": "dd/mm/yyyy", "align": "left"}),
        "moment": book.add_format({"num_format": "dd/mm/yyyy hh:mm", "align": "left"}),
        "text": book.add_format({"num_format": "@"}),
        # Editing such a cell by hand does not turn it into a formula either.
        "guarded": book.add_format({"num_format": "@", "quote_prefix": True}),
    }
    sheet = book.add_worksheet(sheet_name(title))
    widths = [len(name) + 3 for name in header]
    for place, name in enumerate(header):
        sheet.write_string(0, place, writable(name), formats["header"])
    line = 0
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            _write_cell(sheet, line, place, value, formats)
            widths[place] = max(widths[place], len(as_text(value)) + 1)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, min(width, WIDEST_COLUMN))
    sheet.freeze_panes(1, 0)
    if header:
        sheet.autofilter(0, 0, line, len(header) - 1)
    book.close()
    return page.getvalue()


class Format(NamedTuple):
    write: Callable[[str, Sequence[str], Iterable[Sequence[Value]]], bytes]
    content_type: str


FORMATS = {
    "csv": Format(write_csv, "text/csv; charset=utf-8"),
    "xlsx": Format(write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ods": Format(write_ods, "application/vnd.oasis.opendocument.spreadsheet"),
}


def _write_cell(sheet: Any, line: int, place: int, value: Value, formats: dict[str, Any]) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(line, place, value.replace(tzinfo=None), formats["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, formats["date"])
    elif isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(line, place, value)
    elif value is not None and value != "":
        text = writable(as_text(value))
        sheet.write_string(line, place, text, formats["guarded" if RUNS_AS_FORMULA.match(text) else "text"])
