"""Reading the official list of France services structures (ANCT, Banque des Territoires; Licence Ouverte 2.0).

Both shapes are read: the official file of 24 columns and the reduced one of eleven. A bad line is rejected with its
number and a reason, and never stops the rest; what can be left out of a line (a telephone, coordinates) is a remark.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from eventapp.spreadsheets.columns import columns_in_words
from eventapp.text import many_lines, normal_phone, one_line

SOURCE = "Liste des structures France services, ANCT et Banque des Territoires, Licence Ouverte 2.0"
LARGEST = 50 * 1024 * 1024
HOURS = ("h_lundi", "h_mardi", "h_mercredi", "h_jeudi", "h_vendredi", "h_samedi")
# column of the file → (attribute of Structure, longest value that the database holds)
TEXTS = {
    "lib_fs": ("name", 200),
    "insee_com": ("insee_com", 5),
    "lib_com": ("commune", 120),
    "code_postal": ("postcode", 5),
    "adresse": ("address", 300),
    "complement_adresse": ("address_extra", 300),
    "type_fs": ("kind", 40),
    "format_fs": ("form", 40),
    "groupe_fs": ("group", 120),
    "labellisation_fs": ("label", 120),
}
REQUIRED = ("id_fs", "insee_dep", "lib_fs")
KNOWN = frozenset([*REQUIRED, *TEXTS, *HOURS, "latitude", "longitude", "mail", "telephone", "prise_rdv", "commentaire"])
DEPARTEMENT = re.compile(r"0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-8]|98[4-9]")
ID_FS = re.compile(r"[0-9A-Za-z_-]{1,20}")
ADDRESS = re.compile(r"[^\s@,;<>]{1,64}@[^\s@,;<>]{1,255}")


class Unusable(Exception):
    """The file as a whole cannot be read; the sentence says why."""


@dataclass(frozen=True)
class Line:
    """One accepted line: its number in the file, the key, the attributes of a Structure, and what was left out."""

    number: int
    id_fs: str
    departement_code: str
    facts: dict[str, Any]
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Rejected:
    number: int
    reason: str


@dataclass(frozen=True)
class OpenData:
    """A readable file: which of its columns are unknown to us, and how many lines it holds."""

    unknown_columns: list[str]
    header: list[str]
    records: list[tuple[int, list[str]]]

    def __len__(self) -> int:
        return len(self.records)

    def lines(self) -> Iterator[Line | Rejected]:
        seen: dict[str, int] = {}
        for number, cells in self.records:
            line = _line(number, self.header, cells)
            if isinstance(line, Line):
                first = seen.setdefault(line.id_fs, number)
                if first != number:
                    line = Rejected(number, f"id_fs {line.id_fs} figure déjà à la ligne {first}")
            yield line


def read(content: bytes) -> OpenData:
    """Raises Unusable when this is no such list."""
    if len(content) > LARGEST:
        raise Unusable("le fichier dépasse 50 Mo")
    if b"\0" in content[:4096] and content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unusable("le fichier est en UTF-16 ; enregistrez-le en CSV UTF-8")
    rows = _rows(_text(content))
    try:
        _, header = next(rows)
    except StopIteration:
        raise Unusable("le fichier est vide") from None
    header = [one_line(name).lower() for name in header]
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise Unusable(columns_in_words(missing, "colonne absente", "colonnes absentes"))
    twice = sorted({name for name in header if header.count(name) > 1 and name in KNOWN})
    if twice:
        raise Unusable(columns_in_words(twice, "colonne en double", "colonnes en double"))
    return OpenData([name for name in header if name not in KNOWN], header, list(rows))


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of the line they begin on (a quoted cell may hold line breaks)."""
    first_line = text.split("\n", 1)[0]
    separator = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unusable(f"ligne {reader.line_num} : {error}") from None
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = reader.line_num + 1


def _line(number: int, header: list[str], cells: list[str]) -> Line | Rejected:
    if len(cells) != len(header):
        return Rejected(number, f"{len(cells)} cellules au lieu de {len(header)}")
    values = dict(zip(header, cells, strict=True))
    id_fs, departement = one_line(values["id_fs"]), one_line(values["insee_dep"]).upper()
    if not ID_FS.fullmatch(id_fs):
        return Rejected(number, "id_fs absent" if not id_fs else f"id_fs illisible : « {id_fs[:40]} »")
    if len(departement) == 1 and departement.isdigit():
        return Rejected(number, f"département « {departement} » : le zéro de tête s’est perdu (« 0{departement} » ?)")
    if not DEPARTEMENT.fullmatch(departement):
        return Rejected(number, f"département inconnu : « {departement[:10]} »")
    facts: dict[str, Any] = {}
    for column, (attribute, longest) in TEXTS.items():
        if column in values:
            facts[attribute] = one_line(values[column])
            if len(facts[attribute]) > longest:
                return Rejected(number, f"{column} dépasse {longest} caractères")
    if not facts["name"]:
        return Rejected(number, "lib_fs absent")
    remarks: list[str] = []
    facts |= _places(values, remarks) | _contacts(values, remarks) | _opening(values)
    return Line(number, id_fs, departement, facts, remarks)


def _places(values: dict[str, str], remarks: list[str]) -> dict[str, Any]:
    if "latitude" not in values or "longitude" not in values:
        return {}
    written = [one_line(values[name]).replace(",", ".") for name in ("latitude", "longitude")]
    if written == ["", ""]:
        return {"latitude": None, "longitude": None}
    try:
        latitude, longitude = (float(text) for text in written)
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ValueError("outside the Earth")
    except ValueError:
        remarks.append("coordonnées illisibles, laissées de côté")
        return {"latitude": None, "longitude": None}
    return {"latitude": latitude, "longitude": longitude}


def _contacts(values: dict[str, str], remarks: list[str]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if "mail" in values:
        addresses = ADDRESS.findall(one_line(values["mail"]))
        if one_line(values["mail"]) and not addresses:
            remarks.append("adresse électronique illisible, laissée de côté")
        facts["email"] = addresses[0] if addresses else ""
        facts["other_emails"] = addresses[1:]
    if "telephone" in values:
        facts["phone"] = ""
        written = one_line(values["telephone"])
        try:
            facts["phone"] = normal_phone(written) if written else ""
        except ValueError:
            remarks.append("numéro de téléphone illisible, laissé de côté")
    return facts


def _opening(values: dict[str, str]) -> dict[str, Any]:
    """Hours as written: many are outside « HH:MM - HH:MM » and still tell a reader something."""
    facts: dict[str, Any] = {}
    if any(day in values for day in HOURS):
        written = {day.removeprefix("h_"): one_line(values.get(day, "")) for day in HOURS}
        facts["hours"] = {day: text for day, text in written.items() if text}
    if "prise_rdv" in values:
        facts["appointment"] = many_lines(values["prise_rdv"])
    if "commentaire" in values:
        facts["comment"] = many_lines(values["commentaire"])
    return facts
