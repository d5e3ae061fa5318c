import pytest
from openpyxl import load_workbook

from eventapp.extensions import db
from eventapp.network import importing, opendata
from tests.factories import NOW, make_organisation, make_user
from tests.pages import words


@pytest.fixture
def organiser(client):
    text = (
        "id_fs,insee_dep,lib_fs,lib_com,code_postal\n"
        "1,02,France services de Laon,Laon,02000\n"
        "2,59,France services de Lille,Lille,59000\n"
        "3,35,France services de Rennes,Rennes,35000\n"
    )
    importing.apply(db.session(), opendata.read(text.encode()).lines(), now=NOW)
    client.sign_in(make_user(make_organisation(region_code="32")))
    return client


def names(page):
    return [words(cell) for cell in page.select("tbody th")]


def test_the_list_begins_with_the_structures_of_the_organisers_region(organiser):
    page = organiser.page("/gestion/structures")

    assert names(page) == ["France services de Laon", "France services de Lille"]
    assert "Licence Ouverte" in words(page)


def test_the_regions_are_in_the_order_of_the_alphabet(organiser):
    shown = [words(option) for option in organiser.page("/gestion/structures").select("#filter-region option")]

    assert shown.index("Île-de-France") < shown.index("La Réunion")
    assert "Provence-Alpes-Côte d’Azur" in shown


def test_the_list_can_be_searched_everywhere(organiser):
    assert names(organiser.page("/gestion/structures?q=rennes&region=toutes")) == ["France services de Rennes"]


def test_the_list_can_be_narrowed_to_a_departement_and_sorted(organiser):
    assert names(organiser.page("/gestion/structures?departement=59")) == ["France services de Lille"]
    assert names(organiser.page("/gestion/structures?tri=-nom"))[0] == "France services de Lille"


def test_a_search_without_result_says_what_to_do(organiser):
    assert "Aucune structure ne correspond" in words(organiser.page("/gestion/structures?q=atlantide"))


def test_the_filtered_list_is_exported(organiser, tmp_path):
    response = organiser.get("/gestion/structures.xlsx?departement=02")

    (tmp_path / "liste.xlsx").write_bytes(response.data)
    rows = list(load_workbook(tmp_path / "liste.xlsx").active.values)
    assert rows[1][:5] == ("1", "France services de Laon", "Laon", "02000", "02")
    assert len(rows) == 2


@pytest.mark.parametrize(
    "address", ["/gestion/structures.exe", "/gestion/structures/99", "/gestion/structures/99999999999"]
)
def test_what_does_not_exist_is_404(organiser, address):
    assert organiser.get(address).status_code == 404


@pytest.mark.parametrize(
    "query", ["apres=abc", "apres=WyJhIiwgImIiXQ", "q=%00", "departement=%00", "tri=x", "region=%00"]
)
@pytest.mark.both_databases
def test_an_odd_query_still_shows_a_list(organiser, query):
    assert organiser.get(f"/gestion/structures?{query}").status_code == 200


def test_a_stranger_is_sent_to_sign_in(client):
    assert client.get("/gestion/structures").headers["Location"].startswith("/connexion?next=")
