"""Read a CSV, XLSX or ODS file that someone sent: bounded in size, time and memory, every cell as text."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from eventapp.errors import Refused
from eventapp.formats import fr_number
from eventapp.spreadsheets.cells import UNWRITABLE, unguard

ISOLATED = Path(__file__).with_name("isolated.py")
OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")
NOT_TABLES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
MOST_ENTRIES = 500
MOST_UNPACKED = 50_000_000
SUSPECT_SIZE, SUSPECT_RATIO = 5_000_000, 100

DAMAGED = "Le fichier est endommagé ou trop complexe. Ouvrez-le dans un tableur et enregistrez-le de nouveau."

NOT_A_TABLE = "Ce fichier n’est pas un tableau. Envoyez un fichier .csv, .xlsx ou .ods."


class Unreadable(Refused, ValueError):
    message = DAMAGED


class Row(NamedTuple):
    line: int
    cells: list[str]


@dataclass(frozen=True)
class Limits:
    size: int = 5_000_000
    rows: int = 5_000
    columns: int = 60


@dataclass
class Table:
    """`rows` have as many cells as `header`; blank lines are left out; lines are numbered as in the file."""

    header: list[str]
    rows: list[Row]
    warnings: list[str] = field(default_factory=list)


def read(stream: BinaryIO, limits: Limits | None = None) -> Table:
    """The first visible sheet, header apart. Unreadable carries one sentence for whoever sent the file.

    The kind of file is told from its content: the name is not believed.
    """
    limits = limits or Limits()
    data = stream.read(limits.size + 1)
    if len(data) > limits.size:
        raise Unreadable(f"Le fichier dépasse {limits.size // 1_000_000}\u00a0Mo.")
    if not data.strip():
        raise Unreadable("Le fichier est vide.")
    warnings: list[str] = []
    is_workbook = data.startswith(b"PK\x03\x04")
    rows = _workbook_rows(data, limits) if is_workbook else _csv_rows(data, warnings, limits)
    return _table(rows, warnings)


def _table(rows: list[Row], warnings: list[str]) -> Table:
    if not rows:
        raise Unreadable("Le fichier ne contient aucune ligne.")
    header = [" ".join(title.split()) for title in rows[0].cells]
    width = len(header)
    for line, cells in rows[1:]:
        if len(cells) > width:
            warnings.append(f"Ligne\u00a0{line}\u00a0: plus de cellules que de titres de colonnes, la fin est ignorée.")
        cells[width:] = [""] * (width - len(cells))
    return Table(header, rows[1:], warnings)


# CSV


def _csv_rows(data: bytes, warnings: list[str], limits: Limits) -> list[Row]:
    if data.startswith(OLD_EXCEL):
        raise Unreadable(
            "Ce fichier est au format .xls d’une ancienne version d’Excel, ou protégé par un mot de passe. "
            "Enregistrez-le au format .xlsx, .ods ou .csv, sans mot de passe."
        )
    if data.startswith(NOT_TABLES) or data.lstrip()[:1] in (b"<", b"{"):
        raise Unreadable(NOT_A_TABLE)
    text = _decoded(data, warnings)
    lines = io.StringIO(text, newline="")
    shift = 0
    if text[:4].lower() == "sep=":
        lines.readline()
        shift = 1
    rows = []
    for line, cells in _records(lines, _delimiter(text), shift):
        while cells and not cells[-1].strip():
            cells.pop()
        if len(cells) > limits.columns:
            raise _too_large("columns", limits, line)
        if cells:
            rows.append(Row(line, [unguard(UNWRITABLE.sub(" ", cell)) for cell in cells]))
        if len(rows) > limits.rows + 1:
            raise _too_large("rows", limits)
    return rows


def _decoded(data: bytes, warnings: list[str]) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:2000].count(0) > len(data[:2000]) // 4:
        raise Unreadable("Ce fichier est en UTF-16. Enregistrez-le au format «\u00a0CSV UTF-8\u00a0».")
    if 0 in data:
        raise _at(data, data.index(0), "caractère nul, le fichier est endommagé.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _at(data, error.start, "caractère illisible. Enregistrez le fichier en UTF-8.") from None
    warnings.append("Le fichier n’est pas en UTF-8\u00a0: il a été lu comme venant de Windows. Vérifiez les accents.")
    return text


def _at(data: bytes, position: int, problem: str) -> Unreadable:
    line = len(data[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))
    return Unreadable(f"Ligne\u00a0{line}\u00a0: {problem}")


def _delimiter(text: str) -> str:
    """The sign that parts the first line most often, outside quotes; `sep=;` says it outright."""
    first = next(iter(text.lstrip()[:10_000].splitlines()), "")
    if first[:4].lower() == "sep=" and first[4:5] in (";", ",", "\t"):
        return first[4]
    bare = "".join(first.split('"')[::2])
    return max(";,\t", key=bare.count)


def _records(lines: io.StringIO, delimiter: str, shift: int) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + shift + 1
        try:
            yield Row(line, next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            if "field larger" in str(error):
                problem = "une cellule est trop longue, ou un guillemet n’est pas refermé."
            else:
                problem = "un guillemet est mal placé ou n’est pas refermé."
            raise Unreadable(f"Ligne\u00a0{line}\u00a0: {problem}") from None


# XLSX and ODS


def _workbook_rows(data: bytes, limits: Limits) -> list[Row]:
    _check_archive(data)
    try:
        result = subprocess.run(
            [sys.executable, "-I", str(ISOLATED), str(limits.rows + 1), str(limits.columns)],
            input=data, capture_output=True, timeout=20, check=True,
        )  # fmt: skip
        answer = json.loads(result.stdout)
    except (subprocess.SubprocessError, ValueError):
        raise Unreadable from None
    if "refused" in answer:
        raise _too_large(answer["refused"], limits)
    return [Row(line, [UNWRITABLE.sub(" ", cell) for cell in cells]) for line, cells in answer["rows"]]


def _check_archive(data: bytes) -> None:
    """Look at the sizes before anything is unpacked; what lies about them meets the isolated reader's bounds."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Unreadable from None
    if not any(entry.filename == "xl/workbook.xml" for entry in entries) and ODS_TYPE not in data[:200]:
        raise Unreadable(NOT_A_TABLE)
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED:
        raise Unreadable("Le fichier est trop volumineux une fois décompressé.")
    if unpacked > SUSPECT_SIZE and unpacked > SUSPECT_RATIO * packed:
        raise Unreadable("Le fichier est trop volumineux une fois décompressé.")


def _too_large(what: str, limits: Limits, line: int | None = None) -> Unreadable:
    if what == "columns":
        place = f"Ligne\u00a0{line}\u00a0: plus" if line else "Plus"
        return Unreadable(f"{place} de {limits.columns} colonnes.")
    if what == "rows":
        return Unreadable(f"Plus de {fr_number(limits.rows)} lignes. Envoyez le fichier en plusieurs parties.")
    return Unreadable(
        "Le tableau est trop étendu\u00a0: des cellules très éloignées les unes des autres sont remplies."
    )
