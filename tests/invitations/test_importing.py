import io

import pytest

from eventapp.extensions import db
from eventapp.invitations import importing, sending
from eventapp.invitations.models import Guest, GuestImport
from eventapp.network import importing as network_importing
from eventapp.network import opendata
from eventapp.registrations.people import Person
from eventapp.spreadsheets.reading import Unreadable, read
from eventapp.spreadsheets.writing import write_ods, write_xlsx
from tests.factories import NOW, make_category, make_event, make_guest, make_registration, make_user

HEADER = "Prénom;Nom;Adresse électronique;Structure;Fonction;Catégorie\n"


@pytest.fixture
def event():
    lines = opendata.read(
        b"id_fs,insee_dep,lib_fs,lib_com\n7,02,France services de Laon,Laon\n8,59,La Poste,Lille\n"
    ).lines()
    network_importing.apply(db.session(), lines, now=NOW)
    event = make_event()
    make_category(event, slug="agents", name="Conseillers et agents")
    make_category(event, slug="elus", name="Élus")
    return event


def preview(event, text: str) -> importing.Preview:
    return importing.preview(event, read(io.BytesIO((HEADER + text).encode())))


def test_each_line_says_what_would_happen(event):
    make_guest(event, Person(first_name="Ana", last_name="Roy", email="ana@agents.example"))

    decided = preview(
        event,
        "Léa;Martin;lea@agents.example;France services de Laon;Conseillère;Conseillers et agents\n"
        "ANA;ROY;Ana@agents.example;;;\n"
        "Paul;;paul@agents.example;;;\n",
    )

    assert [(row.line, row.state.value, row.remark) for row in decided.rows] == [
        (2, "created", ""),
        (3, "present", "Déjà dans la liste."),
        (4, "wrong", "Le nom est absent."),
    ]


def test_a_dry_run_writes_nothing(event):
    preview(event, "Léa;Martin;lea@agents.example;;;\n")

    assert db.session.scalars(Guest.of(event)).all() == []


@pytest.mark.both_databases
def test_applying_adds_the_guests_with_their_structure_and_category(event):
    decided = preview(event, "Léa;Martin;lea@agents.example;france services de laon;Conseillère;elus\n")

    assert importing.apply(event, decided, origin="liste.csv", now=NOW, by=None) == 1

    guest = db.session.scalars(Guest.of(event)).one()
    assert (guest.structure.id_fs, guest.category.slug, guest.function, guest.origin) == (
        "7",
        "elus",
        "Conseillère",
        "liste.csv",
    )


def test_applying_the_same_file_twice_adds_nobody_twice(event):
    decided = preview(event, "Léa;Martin;lea@agents.example;;;\n")
    importing.apply(event, decided, origin="", now=NOW, by=None)

    assert importing.apply(event, decided, origin="", now=NOW, by=None) == 0


def test_the_same_name_at_another_address_is_left_aside_and_a_shared_mailbox_is_not(event):
    make_guest(event, Person(first_name="Ana", last_name="Roy", email="ana@agents.example"), origin="fichier a.csv")

    decided = preview(event, "Roy;Ana;a.roy@mairie.example;;;\nPaul;Petit;ana@agents.example;;;\n")

    assert [(row.ticked, row.remark) for row in decided.doubtful] == [
        (False, "Même nom dans la liste (fichier a.csv), à l’adresse ana@agents.example."),
        (True, "Même adresse que Ana ROY, dans la liste (fichier a.csv)."),
    ]
    assert importing.apply(event, decided, origin="", now=NOW, by=None) == 1


def test_the_same_name_twice_in_a_file_or_among_the_registered_is_a_doubt(event):
    make_registration(event, Person(first_name="Léa", last_name="Martin", email="lea@agents.example"))

    decided = preview(event, "Léa;Martin;l.martin@x.example;;;\nZoé;Roy;z@x.example;;;\nZoé;Roy;zoe@x.example;;;\n")

    assert [(row.line, row.remark) for row in decided.doubtful] == [
        (2, "Même nom parmi les inscrits, à l’adresse lea@agents.example."),
        (4, "Même nom à la ligne 3 de ce fichier, à l’adresse z@x.example."),
    ]


def test_the_organiser_decides_line_by_line(event):
    decided = preview(event, "Zoé;Roy;z@x.example;;;\nZoé;Roy;zoe@x.example;;;\nAna;Petit;z@x.example;;;\n")

    assert importing.apply(event, decided, origin="", now=NOW, by=None, ticked={3}) == 2
    assert {guest.email for guest in db.session.scalars(Guest.of(event))} == {"z@x.example", "zoe@x.example"}


def test_people_of_another_file_that_still_waits_are_told(event):
    other = read(io.BytesIO((HEADER + "Léa;Martin;lea@x.example;;;\nAna;Roy;ana@x.example;;;\n").encode()))
    draft = GuestImport.keep(event.id, other, "b.csv", now=NOW, by_id=make_user().id)
    table = read(io.BytesIO((HEADER + "Léa;Martin;lea@x.example;;;\nAna;Roy;a.roy@x.example;;;\n").encode()))

    decided = importing.preview(event, table, others=[draft])

    where = "dans le fichier «\u00a0b.csv\u00a0», pas encore ajouté"
    assert [row.remark for row in decided.created] == [f"Aussi {where}."]
    assert [row.remark for row in decided.doubtful] == [f"Même nom {where}, à l’adresse ana@x.example."]


def structures(event, text: str) -> importing.Preview:
    return importing.preview(event, read(io.BytesIO(f"id_fs;Courriel;Places\n{text}".encode())))


@pytest.mark.both_databases
def test_a_line_with_places_invites_a_structure(event):
    decided = structures(event, "7;laon@fs.example;2\n7;autre@fs.example;3\n8;;2\n9;x@fs.example;2\n7;a@b.example;0\n")

    assert importing.apply(event, decided, origin="liste.csv", now=NOW, by=None) == 1
    guest = db.session.scalars(Guest.of(event)).one()
    assert (guest.kind, guest.structure.id_fs, guest.places, guest.email) == ("structure", "7", 2, "laon@fs.example")
    assert [row.remark for row in decided.present] == ["Déjà à la ligne 2 de ce fichier."]
    assert [row.remark for row in decided.wrong] == [
        "L’adresse électronique est absente.",
        "Aucune structure ne porte le numéro id_fs 9.",
        "Écrivez un nombre de places entre 1 et 100.",
    ]
    assert [row.remark for row in structures(event, "7;laon@fs.example;1\n").rows] == ["Déjà dans la liste."]


def test_an_organisation_outside_the_network_is_kept_as_typed(event):
    [row] = preview(event, "Léa;Martin;lea@agents.example;CAF de l’Aisne;;\n").created

    assert (row.person.organisation, row.person.structure) == ("CAF de l’Aisne", None)
    assert row.remark == "Organisme hors du réseau, gardé tel quel."


def test_the_same_person_twice_in_a_file_is_said_once_with_the_first_line(event):
    decided = preview(event, "Léa;Martin;lea@agents.example;;;\nLéa;MARTIN;LEA@agents.example;;;\n")

    assert [(row.line, row.remark) for row in decided.present] == [(3, "Déjà à la ligne 2 de ce fichier.")]


@pytest.mark.parametrize(
    ("line", "remark"),
    [
        ("Léa;Martin;;;;", "L’adresse électronique est absente."),
        ("Léa;Martin;lea;;;", "Il manque le « @ » dans l’adresse électronique."),
        ("Léa;Martin;a@agents.example, b@agents.example;;;", "L’adresse électronique n’est pas valable."),
        ("Léa;Martin;lea@agents.example;;;Ministres", "La catégorie « Ministres » est inconnue."),
        (f"Léa;{'M' * 81};lea@agents.example;;;", "dépasse 80 caractères"),
    ],
)
def test_a_wrong_line_says_why(event, line, remark):
    [row] = preview(event, line + "\n").wrong

    assert remark in row.remark.replace("\u00a0", " ")


def test_a_structure_is_found_by_its_number(event):
    table = read(io.BytesIO("Nom;Mail;id_fs\nMartin;lea@agents.example;8\nRoy;r@agents.example;999\n".encode()))

    decided = importing.preview(event, table)

    assert decided.created[0].person.structure.name == "La Poste"
    assert decided.wrong[0].remark == "Aucune structure ne porte le numéro id_fs 999."


def test_a_file_without_the_needed_columns_is_refused_whole(event):
    with pytest.raises(Unreadable, match=r"Colonne absente.*Adresse électronique"):
        importing.preview(event, read(io.BytesIO(b"Prenom;Nom\nLea;Martin\n")))


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_spreadsheets_are_read_like_csv(event, write):
    content = write("Invités", ["Prénom", "Nom", "Courriel"], [["Léa", "Martin", "lea@agents.example"]])

    [row] = importing.preview(event, read(io.BytesIO(content))).created

    assert row.person.email == "lea@agents.example"


def test_the_command_is_a_dry_run_unless_told_to_apply(app, event, tmp_path):
    file = tmp_path / "invites.csv"
    file.write_text(HEADER + "Léa;Martin;lea@agents.example;;;\nPaul;Roy;paul;;;\n", encoding="utf-8")
    db.session.commit()
    run = app.test_cli_runner().invoke

    dry = run(args=["guests", "import", event.slug, str(file)])
    applied = run(args=["guests", "import", event.slug, str(file), "--apply"])

    assert "À créer : 1. Déjà là ou en double : 0. À corriger : 1." in dry.stdout
    assert "Essai seulement" in dry.stdout
    assert "Invités ajoutés : 1." in applied.stdout
    assert len(sending.not_yet_invited(event)) == 1


@pytest.mark.usefixtures("in_november")
def test_the_command_invites_everyone_not_yet_invited(app, event, outbox):
    make_guest(event)
    make_guest(event)
    db.session.commit()

    result = app.test_cli_runner().invoke(args=["guests", "invite", event.slug])

    assert result.stdout == "Invitations mises en file : 2.\n"
    assert len(outbox()) == 2


@pytest.mark.parametrize("command", [["import", "nulle-part", __file__], ["invite", "nulle-part"]])
def test_an_unknown_event_is_refused_in_one_sentence(app, command):
    result = app.test_cli_runner().invoke(args=["guests", *command])

    assert (result.exit_code, result.stderr) == (1, "Aucun événement ne porte le nom « nulle-part ».\n")
