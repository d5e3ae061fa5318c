from datetime import UTC, datetime
from pathlib import Path

import pytest

from eventapp.extensions import db
from eventapp.network import importing, opendata, search
from eventapp.network.models import Departement, Structure

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
REAL = Path(importing.__file__).parent.parent / "demonstration" / "data" / "france_services_2024-08-01.csv"


def load(text: str) -> importing.Outcome:
    return importing.apply(db.session(), opendata.read(text.encode()).lines(), now=NOON)


def test_the_real_list_is_imported_whole_and_a_second_time_changes_nothing():
    first = importing.apply(db.session(), opendata.read(REAL.read_bytes()).lines(), now=NOON)
    second = importing.apply(db.session(), opendata.read(REAL.read_bytes()).lines(), now=NOON)

    assert (first.created, first.rejected) == (2845, [])
    assert (second.created, second.updated, second.unchanged) == (0, 0, 2845)
    per_departement = {
        code: len(db.session.scalars(search.find_structures(departement=code)).all())
        for code in ("02", "59", "60", "62", "80")
    }
    assert per_departement == {"02": 35, "59": 52, "60": 40, "62": 50, "80": 28}


@pytest.mark.both_databases
def test_a_territory_outside_the_regions_is_accepted_without_region():
    load("id_fs,insee_dep,lib_fs,lib_com\n1684,978,France services de Sandy Ground,Saint-Martin\n")

    saint_martin = db.session.get_one(Departement, "978")
    assert (saint_martin.name, saint_martin.region_code) == ("Saint-Martin", None)


def test_a_changed_line_updates_and_a_column_left_out_keeps_what_we_knew():
    load("id_fs,insee_dep,lib_fs,lib_com\n1,02,Laon,Laon\n")

    outcome = load("id_fs,insee_dep,lib_fs\n1,02,Laon centre\n")

    assert outcome.updated == 1
    structure = db.session.scalars(search.find_structures("laon centre")).one()
    assert (structure.name, structure.commune) == ("Laon centre", "Laon")


def test_a_structure_missing_from_the_new_file_is_kept_and_counted():
    load("id_fs,insee_dep,lib_fs\n1,02,Laon\n2,59,Lille\n")

    assert load("id_fs,insee_dep,lib_fs\n1,02,Laon\n").absent == 1
    assert len(db.session.scalars(search.find_structures()).all()) == 2


@pytest.mark.both_databases
@pytest.mark.parametrize("typed", ["thierache", "THIÉRACHE etreux", "étreux", "02510", "aisne"])
def test_search_ignores_case_accents_and_order_of_words(typed):
    load(
        "id_fs,insee_dep,lib_fs,lib_com,code_postal\n"
        "1,02,Bus France services Thiérache,Étreux,02510\n2,59,France services de Lille,Lille,59000\n"
    )

    assert [s.id_fs for s in db.session.scalars(search.find_structures(typed))] == ["1"]


def test_a_percent_sign_is_searched_as_such():
    load("id_fs,insee_dep,lib_fs\n1,02,Laon\n")

    assert db.session.scalars(search.find_structures("%")).all() == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("France services de Lille (Lille, 59)", "2"),
        ("france services de lille", "2"),
        ("2", "2"),
        ("La Poste", None),
        ("La Poste (Laon, 02)", "3"),
        ("Mairie de Nulle-Part", None),
        ("", None),
        ("\0", None),
    ],
)
def test_a_typed_organisation_binds_only_the_one_structure_it_names(typed, found):
    load(
        "id_fs,insee_dep,lib_fs,lib_com\n2,59,France services de Lille,Lille\n3,02,La Poste,Laon\n4,02,La Poste,Guise\n"
    )

    match: Structure | None = search.match_structure(db.session(), typed)

    assert (match.id_fs if match else None) == found


def test_the_command_prints_counts_and_rejected_lines(app, tmp_path):
    file = tmp_path / "liste.csv"
    file.write_text("id_fs,insee_dep,lib_fs,couleur\n1,02,Laon,bleu\n2,99,Nulle part,rouge\n")

    result = app.test_cli_runner().invoke(args=["network", "import", str(file)])

    assert result.exit_code == 0
    assert "Colonnes inconnues, ignorées : couleur" in result.stdout
    assert "Créées : 1. Mises à jour : 0. Inchangées : 0. Rejetées : 1." in result.stdout
    assert "ligne 3 : département inconnu : « 99 »" in result.stdout


def test_the_command_refuses_a_foreign_file_in_one_sentence(app, tmp_path):
    file = tmp_path / "liste.csv"
    file.write_text("nom,ville\n")

    result = app.test_cli_runner().invoke(args=["network", "import", str(file)])

    assert result.exit_code == 1
    assert result.stderr == ("liste.csv : colonnes absentes\u00a0: id_fs, insee_dep, lib_fs. Rien n’a été importé.\n")
