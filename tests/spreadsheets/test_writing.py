import io
import re
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odfdo import Document

from eventapp.spreadsheets.cells import guard, sheet_name, unguard
from eventapp.spreadsheets.reading import read
from eventapp.spreadsheets.writing import FORMATS, write_csv, write_ods, write_xlsx

HOSTILE = [
    "=1+1", "=HYPERLINK(\"https://x.example\";\"a\")", "+49 30 123", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1",
    "\u2028", "'=1", "''=1", "'apostrophe", "02120", "a\nb", "  deux  espaces ", '"guillemets"; & <b>', "_x0041_",
    "https://x.example", "É Œ ç 👩‍💻", "1,5", "TRUE",
]  # fmt: skip


def written_then_read(kind, row):
    content = FORMATS[kind].write("Inscriptions", [f"c{i}" for i in range(len(row))], [row, ["fin"] * len(row)])
    return read(io.BytesIO(content)).rows[0].cells


@pytest.mark.parametrize("kind", FORMATS)
def test_hostile_text_comes_back_as_it_was(kind):
    assert written_then_read(kind, HOSTILE) == HOSTILE


@pytest.mark.parametrize("kind", ["csv", "ods"])
@settings(max_examples=30)
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip))
def test_any_text_comes_back_as_it_was(kind, text):
    assert written_then_read(kind, [text, "x"]) == [re.sub("[\ufffe\uffff]", " ", text), "x"]


@given(st.text(alphabet="'=+-@\t\r\n a＝"))
def test_guarding_is_reversible(text):
    assert unguard(guard(text)) == text
    assert not re.match(r"[=+\-@\t\r\n＝]", guard(text))


def test_csv_opens_in_a_french_spreadsheet():
    rows = [["Zoé", 1, 3.5, True, None, date(2021, 10, 7), datetime(2021, 10, 7, 9, 30, tzinfo=UTC), -2]]
    content = write_csv("x", ["Prénom", "a", "b", "c", "d", "e", "f", "g"], rows)
    assert content.decode() == "\ufeffPrénom;a;b;c;d;e;f;g\r\nZoé;1;3,5;oui;;07/10/2021;07/10/2021 09:30;-2\r\n"


def test_a_csv_cell_never_begins_like_a_formula():
    content = write_csv("x", ["=titre"], [[text] for text in HOSTILE]).decode("utf-8-sig")
    assert not re.search(r'(?m)^"?[=+\-@]', content)


def test_xlsx_holds_text_as_text_and_numbers_as_numbers():
    book = openpyxl.load_workbook(
        io.BytesIO(write_xlsx("Liste : a", ["Titre", "n", "d"], [["=1+1", 3, date(2021, 10, 7)]]))
    )
    sheet = book.active
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "d"]
    assert [cell.value for cell in sheet[2]] == ["=1+1", 3, datetime(2021, 10, 7)]  # noqa: DTZ001
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("Liste a", "A2", "A1:C2")
    assert sheet["A1"].font.bold
    assert sheet["A2"].quotePrefix


def test_xlsx_holds_no_formula_and_no_link():
    with zipfile.ZipFile(io.BytesIO(write_xlsx("x", ["t"], [[text] for text in HOSTILE]))) as archive:
        assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode()
        assert not [name for name in archive.namelist() if "sheet1.xml.rels" in name]


def test_ods_is_read_by_another_program():
    rows = [["=1+1", 3, date(2021, 10, 7), "a\n  b\tc"], ["", None, datetime(2021, 10, 7, 9, 30, tzinfo=UTC), False]]
    document = Document(io.BytesIO(write_ods("Liste", ["Titre", "n", "d", "t"], rows)))
    sheet = document.body.get_table(0)
    assert (sheet.name, document.meta.title) == ("Liste", "Liste")
    assert sheet.get_values()[1][:2] == ["=1+1", 3]
    assert sheet.get_cell((2, 1)).get_value() == date(2021, 10, 7)
    assert sheet.get_cell((2, 2)).get_value() == datetime(2021, 10, 7, 9, 30)  # noqa: DTZ001
    assert not [cell for row in sheet.get_cells() for cell in row if cell.formula]


@pytest.mark.parametrize("kind", FORMATS)
def test_an_empty_list_still_has_its_titles(kind):
    assert read(io.BytesIO(FORMATS[kind].write("x", ["Prénom", "Nom"], []))).header == ["Prénom", "Nom"]


@pytest.mark.parametrize("kind", FORMATS)
def test_controls_and_endless_cells_are_tamed(kind):
    first, second = written_then_read(kind, ["a\0b\x1f\ud800c\ufffe", "x" * 40_000])
    assert (first, len(second)) == ("a b  c ", 32_767)


@pytest.mark.parametrize(
    ("title", "name"),
    [("Inscriptions [2027] : tout", "Inscriptions 2027 tout"), ("'x'", "x"), ("", "Feuille"), ("é" * 40, "é" * 31)],
)
def test_sheet_names_are_what_excel_accepts(title, name):
    assert sheet_name(title) == name
