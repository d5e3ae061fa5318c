"""A file that names somebody who is registered under another address."""

from eventapp.registrations.desk import importing, merging
from eventapp.spreadsheets.reading import Row, Table
from tests.factories import NOW, make_event, make_person, make_registration, make_user

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
