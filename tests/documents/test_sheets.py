"""Who is on a sign-in sheet, and in which order."""

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.documents import sheets
from eventapp.documents.sheets import Grouping, Options
from eventapp.events.models import Event
from eventapp.network.models import Structure
from eventapp.registrations.models import Booking, Registration, Status
from tests.factories import NOW, make_category, make_event, make_person, make_registration, make_session, save

pytestmark = pytest.mark.both_databases


def register(event: Event, last_name: str, **facts: object) -> Registration:
    return make_registration(event, make_person(last_name=last_name, **facts))


def titled(event: Event, grouping: Grouping) -> list[tuple[str, list[str]]]:
    found = sheets.sheets(sheets.attending(event), Options(grouping, blanks=0))
    return [(sheet.title, [line.last_name for line in sheet.lines]) for sheet in found]


def test_the_confirmed_come_in_folded_order() -> None:
    event = make_event()
    for name in ("Zola", "Érard", "d’Hondt", "Evrard", "D Hondu"):
        register(event, name)
    make_registration(event, status=Status.WAITING)
    make_registration(event, status=Status.CANCELLED)
    make_registration(make_event())

    assert titled(event, Grouping.NONE) == [("", ["D’HONDT", "D HONDU", "ÉRARD", "EVRARD", "ZOLA"])]
    assert sheets.expected(event) == 5


def test_a_sheet_per_category_in_the_form_s_order() -> None:
    event = make_event()
    late = make_category(event, name="Partenaires", position=2)
    early = make_category(event, name="Agents", position=1)
    register(event, "Un", category=late)
    register(event, "Deux", category=early)
    register(event, "Trois")
    register(event, "Quatre", category=late)

    expected = [("Agents", ["DEUX"]), ("Partenaires", ["QUATRE", "UN"]), ("Sans catégorie", ["TROIS"])]
    assert titled(event, Grouping.CATEGORY) == expected


def test_a_sheet_per_departement_then_the_others() -> None:
    event = make_event()
    for code, name in (("59", "Lille"), ("02", "Laon")):
        structure = save(Structure(id_fs=code, name=name, departement_code=code, updated_at=NOW))
        register(event, f"De {name}", structure=structure)
    register(event, "Ailleurs", organisation="Mairie")

    expected = [("Aisne", ["DE LAON"]), ("Nord", ["DE LILLE"]), ("Autres organismes", ["AILLEURS"])]
    assert titled(event, Grouping.DEPARTEMENT) == expected


def test_lines_are_numbered_through_the_empty_ones() -> None:
    event = make_event()
    register(event, "Un", organisation="Mairie")

    (sheet,) = sheets.sheets(sheets.attending(event), Options(blanks=2))

    assert [(line.number, line.first_name, line.organisation) for line in sheet.lines] == [(1, "Camille", "Mairie")]
    assert list(sheet.blanks) == [2, 3]


def test_a_session_has_the_people_who_hold_a_seat() -> None:
    event = make_event()
    session = make_session(event, booking=BookingMode.REQUIRED)
    for name, confirmed, released in (("Tient", NOW, None), ("Attend", None, None), ("Rend", NOW, NOW)):
        save(
            Booking(
                event_id=event.id,
                registration=register(event, name),
                session=session,
                created_at=NOW,
                confirmed_at=confirmed,
                released_at=released,
            )
        )

    (sheet,) = sheets.sheets(sheets.booked(event, session), Options())

    assert [line.last_name for line in sheet.lines] == ["TIENT"]
    assert sheets.seats_held(event) == {session.id: 1}


def test_nobody_expected_gives_empty_lines() -> None:
    (sheet,) = sheets.sheets(sheets.attending(make_event()), Options())

    assert (sheet.lines, list(sheet.blanks)) == ([], list(range(1, 11)))


@pytest.mark.parametrize(
    ("asked", "options"),
    [
        ({}, Options(Grouping.NONE, 10)),
        ({"ordre": "categorie", "lignes": "0"}, Options(Grouping.CATEGORY, 0)),
        ({"ordre": "hasard", "lignes": "-5"}, Options(Grouping.NONE, 10)),
        ({"lignes": "999"}, Options(Grouping.NONE, 100)),
        ({"lignes": "٣"}, Options(Grouping.NONE, 10)),
    ],
)
def test_options_that_make_no_sense_are_not_asked(asked: dict[str, str], options: Options) -> None:
    assert Options.of(asked) == options
