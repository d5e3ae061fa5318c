import contextlib
import io
import time
import zipfile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from eventapp.spreadsheets.reading import Limits, Unreadable, read

NBSP = "\u00a0"


def table(content, **limits):
    data = content.encode() if isinstance(content, str) else content
    return read(io.BytesIO(data), Limits(**limits))


def refusal(content, **limits):
    with pytest.raises(Unreadable) as refused:
        table(content, **limits)
    return str(refused.value).replace(NBSP, " ")


def workbook(*cells, hide=False):
    page = io.BytesIO()
    with xlsxwriter.Workbook(page, {"in_memory": True}) as book:
        if hide:
            book.add_worksheet("masquée").write(0, 0, "secret")
        sheet = book.add_worksheet("Feuille")
        for line, column, value, *shape in cells:
            sheet.write(line, column, value, book.add_format({"num_format": shape[0]}) if shape else None)
        if hide:
            sheet.activate()
            book.get_worksheet_by_name("masquée").hide()
    return page.getvalue()


def archive(**parts):
    page = io.BytesIO()
    with zipfile.ZipFile(page, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, part in parts.items():
            zipped.writestr(name.replace("__", "/").replace("_", "."), part)
    return page.getvalue()


# CSV


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_delimiter_and_line_end(delimiter, end):
    read_table = table(end.join([delimiter.join(["Prénom", "Nom"]), delimiter.join(["Zoé", '"L;,e\tGall"'])]))
    assert read_table.header == ["Prénom", "Nom"]
    assert read_table.rows == [(2, ["Zoé", "L;,e\tGall"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_with_or_without_bom(encoding):
    assert table("Œ;é\n1;€".encode(encoding)).header == ["Œ", "é"]


def test_cp1252_is_read_with_a_warning():
    read_table = table("Prénom;Cœur\nZoé;5 €".encode("cp1252"))
    assert read_table.rows == [(2, ["Zoé", "5 €"])]
    assert read_table.warnings == [
        f"Le fichier n’est pas en UTF-8{NBSP}: il a été lu comme venant de Windows. Vérifiez les accents."
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_refused_with_what_to_do(encoding):
    assert refusal("Prénom;Nom\nZoé;Le Gall\n".encode(encoding)) == (
        "Ce fichier est en UTF-16. Enregistrez-le au format « CSV UTF-8 »."
    )


def test_lines_are_numbered_as_in_the_file():
    read_table = table('sep=;\nNom;Note\n\nMartin;"deux\nlignes"\n;\nDurand;x')
    assert read_table.rows == [(4, ["Martin", "deux\nlignes"]), (7, ["Durand", "x"])]


def test_short_rows_are_filled_and_long_ones_reported():
    read_table = table("a;b;;\n1\n1;2;3\n1;2;;;\n")
    assert [row.cells for row in read_table.rows] == [["1", ""], ["1", "2"], ["1", "2"]]
    assert read_table.warnings == [
        f"Ligne{NBSP}3{NBSP}: plus de cellules que de titres de colonnes, la fin est ignorée."
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "Le fichier est vide."),
        (" \r\n\n", "Le fichier est vide."),
        (";;\n;;\n", "Le fichier ne contient aucune ligne."),
        ('a;b\n1;2\n"x"y;2\n', "Ligne 3 : un guillemet est mal placé ou n’est pas refermé."),
        ('a;b\n1;"2\n3;4\n', "Ligne 2 : un guillemet est mal placé ou n’est pas refermé."),
        ("a;b\n1;2\n3;\0\n", "Ligne 3 : caractère nul, le fichier est endommagé."),
        (b"a;b\r\n1;\xe9\r\n3;\x81\r\n", "Ligne 3 : caractère illisible. Enregistrez le fichier en UTF-8."),
        ("a;b\n" + "x;" * 100_000, "Ligne 2 : plus de 60 colonnes."),
        (";".join("x" * 100_000), "Ligne 1 : plus de 60 colonnes."),
        ("a\n" + "x\n" * 5_001, "Plus de 5 000 lignes. Envoyez le fichier en plusieurs parties."),
        ("a\n" + "x" * 200_000, "Ligne 2 : une cellule est trop longue, ou un guillemet n’est pas refermé."),
        ("a" * 5_000_001, "Le fichier dépasse 5 Mo."),
        (b"%PDF-1.7\n", "Ce fichier n’est pas un tableau. Envoyez un fichier .csv, .xlsx ou .ods."),
        ("<html><table></table></html>", "Ce fichier n’est pas un tableau. Envoyez un fichier .csv, .xlsx ou .ods."),
    ],
    ids=range(14),
)
def test_a_bad_csv_is_refused_in_one_sentence(content, sentence):
    assert refusal(content).replace("\u202f", " ") == sentence


def test_an_old_excel_file_renamed_is_recognised():
    assert refusal(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600).startswith("Ce fichier est au format .xls")


@given(st.binary(max_size=400))
def test_any_bytes_give_a_table_or_a_refusal(data):
    with contextlib.suppress(Unreadable):
        assert table(data).header


@given(st.text(alphabet="ab;,\"\t\n\ré\0='", max_size=60))
def test_any_text_gives_a_table_or_a_refusal(text):
    with contextlib.suppress(Unreadable):
        read_table = table(text)
        assert all(len(row.cells) == len(read_table.header) for row in read_table.rows)


# Workbooks


def test_cells_are_read_as_their_author_saw_them():
    cells = [
        (0, 0, "Titre"), *((0, place, str(place)) for place in range(1, 8)),
        (2, 0, 59000), (2, 1, 3.5), (2, 2, 44476, "dd/mm/yyyy"), (2, 3, 44476.5, "dd/mm/yyyy hh:mm"),
        (2, 4, True), (2, 5, 0.5, "hh:mm"), (2, 6, "+49"), (2, 7, 33323975390),
    ]  # fmt: skip
    assert table(workbook(*cells)).rows == [
        (3, ["59000", "3,5", "07/10/2021", "07/10/2021 12:00", "VRAI", "12:00", "+49", "33323975390"])
    ]


def test_hidden_sheets_are_not_read():
    assert table(workbook((0, 0, "Nom"), (1, 0, "Martin"), hide=True)).header == ["Nom"]


def test_an_empty_sheet_is_said_to_be_empty():
    assert refusal(workbook()) == "Le fichier ne contient aucune ligne."


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ([(0, 0, "a"), (1_048_575, 16_383, "b")], "Le fichier est endommagé"),
        ([(0, 0, "a"), (30_000, 99, "b")], "Le tableau est trop étendu"),
        ([(0, 60, "a")], "Plus de 60 colonnes."),
        ([(line, 0, "a") for line in range(5_002)], "Plus de 5 000 lignes."),
    ],
)
def test_a_workbook_too_wide_or_too_long_is_refused_quickly(cells, sentence):
    start = time.process_time()
    assert refusal(workbook(*cells)).replace("\u202f", " ").startswith(sentence)
    assert time.process_time() - start < 5


BOMBS = {
    "large": archive(xl__workbook_xml=b"<a/>", xl__big_xml=b"\0" * 60_000_000),
    "ratio": archive(xl__workbook_xml=b"<a/>", xl__big_xml=b"\0" * 20_000_000),
    "entries": archive(xl__workbook_xml=b"<a/>", **{f"n{i}_xml": b"" for i in range(501)}),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(name):
    start = time.process_time()
    assert refusal(BOMBS[name]) == "Le fichier est trop volumineux une fois décompressé."
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04 not a zip", "Le fichier est endommagé"),
        (archive(xl__workbook_xml=b"<a/>"), "Le fichier est endommagé"),
        (archive(word__document_xml=b"<a/>"), "Ce fichier n’est pas un tableau"),
        (workbook((0, 0, "a"))[:-100], "Le fichier est endommagé"),
    ],
)
def test_a_damaged_or_foreign_archive_is_refused(content, sentence):
    assert refusal(content).startswith(sentence)


def test_a_file_that_lies_about_its_size_dies_alone():
    """Forty million characters behind a declared size of ten: memory is bounded by the isolated reader."""
    data = archive(xl__workbook_xml=b"<a/>", **{"[Content_Types]_xml": b" " * 40_000_000 + b"<a/>"})
    lying = data.replace((40_000_004).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert refusal(lying).startswith("Le fichier")


def test_entities_are_not_expanded():
    sheet = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    page = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook((0, 0, "a"), (1, 0, "b")))) as source, zipfile.ZipFile(page, "w") as copy:
        for name in source.namelist():
            part = source.read(name).decode()
            if name.endswith("sharedStrings.xml"):
                part = part.replace("?>", f"?>{sheet}", 1).replace("<t>b</t>", "<t>&c;</t>")
            copy.writestr(name, part)
    with contextlib.suppress(Unreadable):
        assert "bbb" not in str(table(page.getvalue()).rows)
