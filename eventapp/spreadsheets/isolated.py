"""Runs alone, as a program: a workbook on standard input, its first visible sheet as JSON on standard output.

The library that parses XLSX and ODS allocates the rectangle between a sheet's first and last cells: a file of
5 kB with two cells in opposite corners asks for 512 GB and ends the whole process. So it runs in a process of
its own, with little memory and time, which only this file's reader notices dying.
"""

import contextlib
import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

MEMORY = 128 * 1024 * 1024
SECONDS = 10
LARGEST_RECTANGLE = 2_000_000
LONGEST_TEXT = 20_000_000


class TooLarge(Exception):
    """Its argument names what there is too much of."""


def main(most_rows: int, most_columns: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer: dict[str, Any] = {"rows": rows(sys.stdin.buffer.read(), most_rows, most_columns)}
    except TooLarge as excess:
        answer = {"refused": str(excess)}
    print(json.dumps(answer))


def rows(workbook: bytes, most_rows: int, most_columns: int) -> list[tuple[int, list[str]]]:
    """Line number, as the spreadsheet shows it, and cells of every line that is not blank."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook

    book = load_workbook(BytesIO(workbook))
    names = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    sheet = book.get_sheet_by_name(names[0])
    if sheet.start is None:
        return []
    if sheet.total_height * sheet.total_width > LARGEST_RECTANGLE:
        raise TooLarge("cells")
    found: list[tuple[int, list[str]]] = []
    length = 0
    for line, values in enumerate(sheet.to_python(skip_empty_area=False), 1):
        cells = [as_text(value) for value in values]
        while cells and not cells[-1].strip():
            cells.pop()
        length += sum(map(len, cells))
        if len(cells) > most_columns:
            raise TooLarge("columns")
        if cells:
            found.append((line, cells))
        if length > LONGEST_TEXT or len(found) > most_rows:
            raise TooLarge("rows")
    return found


def as_text(value: Any) -> str:
    """A cell as its author saw it, in a French spreadsheet."""
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value).replace(".", ",")
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return str(value)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main(int(sys.argv[1]), int(sys.argv[2]))
