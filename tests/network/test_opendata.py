import pytest

from eventapp.network import opendata
from eventapp.network.opendata import Line, Rejected

OFFICIAL = [
    "id_fs",
    "insee_dep",
    "lib_fs",
    "adresse",
    "complement_adresse",
    "code_postal",
    "lib_com",
    "insee_com",
    "latitude",
    "longitude",
    "telephone",
    "mail",
    "h_lundi",
    "h_mardi",
    "h_mercredi",
    "h_jeudi",
    "h_vendredi",
    "h_samedi",
    "type_fs",
    "format_fs",
    "groupe_fs",
    "prise_rdv",
    "commentaire",
    "labellisation_fs",
]


def official(**values: str) -> bytes:
    """A file of the official shape: everything quoted, one line of valid values but for those given."""
    line = {
        "id_fs": "42",
        "insee_dep": "02",
        "lib_fs": "France services de Saint-Erme",
        "lib_com": "Saint-Erme-Outre-et-Ramecourt",
        "code_postal": "02820",
        "insee_com": "02676",
        "latitude": "49.51",
        "longitude": "3.84",
        "telephone": "03 23 97 53 90",
        "mail": "saint-erme@france-services.example",
    } | values
    rows = [OFFICIAL, [line.get(name, "") for name in OFFICIAL]]
    return "\r\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows).encode()


def only_line(content: bytes) -> Line:
    [line] = opendata.read(content).lines()
    assert isinstance(line, Line), line
    return line


def rejection(content: bytes) -> str:
    [line] = opendata.read(content).lines()
    assert isinstance(line, Rejected)
    return line.reason


def test_the_official_file_of_24_columns_is_read():
    line = only_line(official(h_lundi="09:00 - 12:00", labellisation_fs="2020"))

    assert (line.number, line.id_fs, line.departement_code) == (2, "42", "02")
    assert line.facts["phone"] == "+33323975390"
    assert line.facts["hours"] == {"lundi": "09:00 - 12:00"}
    assert line.remarks == []


def test_line_breaks_no_break_spaces_and_trailing_newlines_disappear_from_names():
    line = only_line(official(lib_fs="France\u00a0services\nde  Saint-Erme\r\n"))

    assert line.facts["name"].replace("\u00a0", " ") == "France services de Saint-Erme"


def test_a_line_after_a_cell_of_two_lines_keeps_its_number_in_the_file():
    content = official(adresse="1 place\nde la Mairie") + b'\r\n"43","99","X"' + b',""' * 21

    lines = list(opendata.read(content).lines())

    assert [(line.number, type(line)) for line in lines] == [(2, Line), (4, Rejected)]


def test_two_addresses_in_one_cell_are_both_kept():
    line = only_line(official(mail="a@france-services.example - b@france-services.example"))

    assert line.facts["email"] == "a@france-services.example"
    assert line.facts["other_emails"] == ["b@france-services.example"]


@pytest.mark.parametrize(
    ("column", "value", "kept"),
    [("mail", "", ""), ("mail", "à venir", ""), ("telephone", "poste 12", "")],
)
def test_an_unreadable_contact_does_not_cost_the_structure(column, value, kept):
    line = only_line(official(**{column: value}))

    assert line.facts[{"mail": "email", "telephone": "phone"}[column]] == kept
    assert len(line.remarks) == (1 if value else 0)


def test_hours_of_any_shape_are_kept_as_written():
    assert only_line(official(h_mardi="sur rendez-vous, 9h-12h")).facts["hours"] == {"mardi": "sur rendez-vous, 9h-12h"}


def test_the_departement_comes_from_its_column_not_from_the_commune_code():
    assert only_line(official(insee_dep="76", insee_com="27540")).departement_code == "76"


@pytest.mark.parametrize("code", ["01", "2A", "2B", "976", "978"])
def test_codes_of_departements_are_text(code):
    assert only_line(official(insee_dep=code)).departement_code == code


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"id_fs": ""}, "id_fs absent"),
        ({"id_fs": "4 2"}, "id_fs illisible : « 4 2 »"),
        ({"lib_fs": " \n"}, "lib_fs absent"),
        ({"insee_dep": "99"}, "département inconnu : « 99 »"),
        ({"insee_dep": "2"}, "département « 2 » : le zéro de tête s’est perdu (« 02 » ?)"),
        ({"lib_fs": "x" * 201}, "lib_fs dépasse 200 caractères"),
        ({"code_postal": "028200"}, "code_postal dépasse 5 caractères"),
    ],
)
def test_a_bad_line_is_rejected_with_its_reason(values, reason):
    assert rejection(official(**values)) == reason


def test_a_structure_named_twice_is_rejected_the_second_time():
    content = official() + b"\r\n" + official().split(b"\r\n", 1)[1]

    _, second = opendata.read(content).lines()

    assert second == Rejected(3, "id_fs 42 figure déjà à la ligne 2")


def test_a_line_of_too_few_cells_is_rejected():
    content = official() + b"\r\n43,02"

    assert list(opendata.read(content).lines())[1] == Rejected(3, "2 cellules au lieu de 24")


def test_unknown_columns_are_reported_not_fatal():
    content = b"id_fs;insee_dep;lib_fs;couleur\n1;02;Laon;bleu\n"

    data = opendata.read(content)

    assert data.unknown_columns == ["couleur"]
    assert len(data) == 1


def test_a_file_saved_by_an_old_spreadsheet_keeps_its_accents():
    content = "id_fs;insee_dep;lib_fs\n1;02;Guise-en-Thiérache\n".encode("cp1252")

    assert only_line(content).facts["name"] == "Guise-en-Thiérache"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "le fichier est vide"),
        (b"nom,ville\nLaon,Laon\n", "colonnes absentes\u00a0: id_fs, insee_dep, lib_fs"),
        (b"id_fs,insee_dep\n1,02\n", "colonne absente\u00a0: lib_fs"),
        (b"id_fs,id_fs,insee_dep,lib_fs\n", "colonne en double\u00a0: id_fs"),
        ("id_fs,insee_dep,lib_fs".encode("utf-16"), "le fichier est en UTF-16 ; enregistrez-le en CSV UTF-8"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_as_a_whole(content, sentence):
    with pytest.raises(opendata.Unusable, match=sentence.replace("(", r"\(")):
        opendata.read(content)
