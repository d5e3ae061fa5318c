"""A file that names somebody who is registered under another address, or lacks answers."""

from io import BytesIO

from eventapp.extensions import db
from eventapp.registrations.desk import importing, merging
from eventapp.registrations.models import Registration
from eventapp.registrations.questions.completeness import missing
from eventapp.spreadsheets.reading import Row, Table
from tests.factories import NOW, make_event, make_person, make_question, make_registration, make_user
from tests.pages import PageClient, words
from tests.registrations.test_public_pages import coming

NAME = {"first_name": "Zoé", "last_name": "Lefèvre"}


def file(*addresses: str) -> Table:
    rows = [Row(line, ["Zoé", "Lefèvre", address]) for line, address in enumerate(addresses, 2)]
    return Table(["Prénom", "Nom", "Courriel"], rows, [])


def test_the_preview_names_the_registration_of_the_same_name() -> None:
    event = make_event()
    make_registration(event, make_person(email="zoe@agents.example", **NAME))

    (row,) = importing.preview(event, file("z.lefevre@agents.example"), now=NOW).rows

    said = "Même nom qu’une inscription existante (adresse zoe@agents.example)."
    assert (row.state, row.remark) == ("confirmed", said)


def test_either_address_of_a_merged_person_is_theirs() -> None:
    event = make_event()
    one = make_registration(event, make_person(email="zoe@agents.example", **NAME))
    other = make_registration(event, make_person(email="z.lefevre@agents.example", **NAME))
    merging.merge(one, other, address_of=other, now=NOW, by=make_user())

    rows = importing.preview(event, file("zoe@agents.example", "z.lefevre@agents.example"), now=NOW).rows

    kept = "Déjà inscrite, avec l’adresse z.lefevre@agents.example."
    assert [(row.state, row.remark) for row in rows] == [("present", kept), ("present", "Déjà inscrite.")]


def test_the_page_says_what_is_needed_and_lets_it_be_completed_later(client: PageClient) -> None:
    event = coming()
    make_question(event, label="Téléphone portable", required=True)
    client.sign_in(make_user(event.organisation))
    desk = f"/gestion/evenements/{event.slug}/inscriptions/import"
    assert "Téléphone portable (obligatoire)" in words(client.page(desk).aside)

    upload = {"file": (BytesIO("Prénom;Nom;Courriel\r\nLuc;Petit;luc@agents.example".encode()), "a.csv")}
    preview = client.post(desk, data=upload | {"incomplete": "y"}, content_type="multipart/form-data").location
    page = client.page(preview)
    assert page.select_one("input[name=incomplete]")["value"] == "y"
    address = page.select_one("form.confirm")["action"]
    client.post(address, data={"incomplete": "y"})

    assert db.session.scalars(db.select(Registration)).one().is_confirmed


def test_answers_that_everybody_owes_may_be_left_to_complete() -> None:
    event = make_event()
    make_question(event, label="Téléphone portable", required=True)
    table = file("zoe@agents.example")

    assert importing.needed_columns(event)[-1] == "Téléphone portable"
    assert [row.state for row in importing.preview(event, table, now=NOW).rows] == ["wrong"]
    facts = {"over_limits": False, "tell": False, "filename": "agents.csv", "incomplete": True}
    done = importing.apply(event, table, now=NOW, by=make_user(), **facts)

    assert done.confirmed == 1
    assert missing(db.session.scalars(db.select(Registration)).one()) == ["Téléphone portable"]
