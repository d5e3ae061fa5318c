"""Exceptions per structure, and the instant from which structures share what they did not take."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask

from eventapp.accounts.models import Organisation
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.network.models import Structure
from eventapp.registrations import seats
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.places.allowances import events_to_release, release, set_allowances
from eventapp.registrations.places.models import StructureAllowance
from tests.factories import (
    NOW,
    STARTS,
    make_event,
    make_organisation,
    make_person,
    make_registration,
    make_structure,
    make_user,
)
from tests.pages import PageClient, parse, words

WAITING, CONFIRMED = Status.WAITING, Status.CONFIRMED
INSTANT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
LATER = utcnow() + timedelta(days=60)
RELEASE = NOW + timedelta(days=30)


def register(event: Event, structure: Structure | None = None, **facts: object) -> Registration:
    return seats.register(event, make_person(structure=structure), now=facts.pop("now", NOW), **facts)


def allow(event: Event, structure: Structure, places: int | None, *, now: object = NOW) -> None:
    set_allowances(event, {structure: places}, now=now, by=None)
    seats.capacities_changed(event, now=now)


def sentences(act: str) -> list[str]:
    said = db.session.scalars(db.select(Entry.sentence).where(Entry.act == act).order_by(Entry.id))
    return [sentence.replace("\xa0", " ") for sentence in said]


def states(*registrations: Registration) -> list[Status]:
    return [registration.status for registration in registrations]


@pytest.mark.both_databases
def test_an_exception_counts_instead_of_the_number_of_the_event() -> None:
    event, laon, other = make_event(per_structure=2), make_structure(), make_structure()
    allow(event, laon, 3)
    assert states(*(register(event, laon) for _ in range(4))) == [CONFIRMED] * 3 + [WAITING]
    assert states(*(register(event, other) for _ in range(3))) == [CONFIRMED] * 2 + [WAITING]


@pytest.mark.both_databases
def test_an_exception_may_be_lower_or_none_at_all() -> None:
    event, laon, closed = make_event(per_structure=2), make_structure(), make_structure()
    allow(event, laon, 1)
    allow(event, closed, 0)
    assert states(*(register(event, laon) for _ in range(2)), register(event, closed)) == [CONFIRMED, WAITING, WAITING]


@pytest.mark.both_databases
def test_an_exception_limits_one_structure_of_an_event_without_other_limit() -> None:
    event, laon = make_event(), make_structure()
    allow(event, laon, 1)
    assert states(*(register(event, laon) for _ in range(2))) == [CONFIRMED, WAITING]
    assert states(register(event), register(event, make_structure())) == [CONFIRMED, CONFIRMED]


@pytest.mark.both_databases
def test_more_places_serve_those_who_wait_in_one_act() -> None:
    event, laon = make_event(per_structure=1), make_structure()
    _first, second, third = (register(event, laon) for _ in range(3))
    allow(event, laon, 2)
    assert states(second, third) == [CONFIRMED, WAITING]
    assert sentences("structure.allowance") == [f"{laon.name} : 2 places au plus, par exception."]
    allow(event, laon, None)
    assert states(second, third) == [CONFIRMED, WAITING]
    assert db.session.scalars(db.select(StructureAllowance)).all() == []


def test_the_same_exception_again_changes_nothing() -> None:
    event, laon = make_event(), make_structure()
    allow(event, laon, 2)
    before = event.revision
    allow(event, laon, 2)
    allow(event, make_structure(), None)
    assert (event.revision, len(sentences("structure.allowance"))) == (before, 1)


@pytest.mark.both_databases
def test_structures_share_from_the_very_instant() -> None:
    event, laon = make_event(per_structure=1, per_structure_until=RELEASE), make_structure()
    allow(event, laon, 1)
    assert states(*(register(event, laon, now=RELEASE - INSTANT) for _ in range(2))) == [CONFIRMED, WAITING]
    assert register(event, laon, now=RELEASE).status is CONFIRMED


@pytest.mark.both_databases
def test_the_first_to_come_after_the_date_does_not_overtake_those_who_wait() -> None:
    event, laon = make_event(capacity=2, per_structure=1, per_structure_until=RELEASE), make_structure()
    _seated, waiting = register(event, laon), register(event, laon)
    newcomer = register(event, now=RELEASE)
    assert states(waiting, newcomer) == [CONFIRMED, WAITING]


@pytest.mark.both_databases
def test_the_worker_shares_once_and_says_so() -> None:
    event, laon = make_event(per_structure=1, per_structure_until=RELEASE), make_structure()
    _seated, waiting = register(event, laon), register(event, laon)
    assert list(events_to_release(now=RELEASE - INSTANT)) == []
    assert list(events_to_release(now=RELEASE)) == [event.id]
    release(event.id, now=RELEASE)
    release(event.id, now=RELEASE)
    assert (waiting.status, list(events_to_release(now=RELEASE))) == (CONFIRMED, [])
    said = ["Les places que les structures n’ont pas prises sont ouvertes à tous."]
    assert sentences("structures.released") == said


def test_a_later_date_makes_structures_count_again_until_then() -> None:
    event, laon = make_event(per_structure=1, per_structure_until=RELEASE), make_structure()
    release(event.id, now=RELEASE)
    event.per_structure_until = RELEASE + timedelta(days=1)
    assert states(*(register(event, laon, now=RELEASE) for _ in range(2))) == [CONFIRMED, WAITING]
    assert list(events_to_release(now=RELEASE + timedelta(days=1))) == [event.id]


@pytest.mark.parametrize(
    "facts", [{"published_at": None}, {"cancelled_at": NOW}, {"per_structure": None}, {"ends_at": STARTS + INSTANT}]
)
def test_nothing_is_shared_where_it_makes_no_sense(facts: dict[str, object]) -> None:
    make_event(**{"per_structure": 1, "per_structure_until": RELEASE} | facts)
    assert list(events_to_release(now=STARTS + INSTANT)) == []


@pytest.mark.both_databases
def test_people_of_one_structure_at_once_take_its_places_and_no_more(app: Flask) -> None:
    event, laon = make_event(per_structure=1), make_structure()
    allow(event, laon, 3)
    barrier, event_id, structure_id = threading.Barrier(6), event.id, laon.id
    db.session.commit()

    def click() -> None:
        with app.app_context():
            held, structure = db.session.get_one(Event, event_id), db.session.get_one(Structure, structure_id)
            person = make_person(structure=structure)
            db.session.rollback()  # on SQLite one transaction writes at a time
            barrier.wait(timeout=20)
            seats.register(held, person, now=NOW)
            db.session.commit()

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    found = Counter(db.session.scalars(db.select(Registration.status)))
    assert found == {CONFIRMED: 3, WAITING: 3}


# The organiser's page


@pytest.fixture
def organisation(client: PageClient) -> Organisation:
    organisation = make_organisation()
    client.sign_in(make_user(organisation))
    return organisation


def page_of(event: Event) -> str:
    return f"/gestion/evenements/{event.slug}/places-par-structure"


def test_an_organiser_gives_a_structure_more_places(client: PageClient, organisation: Organisation) -> None:
    event, laon = make_event(organisation, per_structure=1, starts_at=LATER, ends_at=LATER + HOUR), make_structure()
    make_registration(event, make_person(structure=laon))
    waiting = make_registration(event, make_person(structure=laon), status=WAITING)
    assert client.post(page_of(event), data={"structure": laon.full_label, "places": "2"}).status_code == 303
    assert waiting.is_confirmed
    row = client.page(page_of(event)).select_one("tbody tr")
    assert [words(cell) for cell in row.select("th, td")][:3] == [laon.full_label, "2", "2"]


def test_fewer_places_than_taken_drop_nobody_and_say_so(client: PageClient, organisation: Organisation) -> None:
    event, laon = make_event(organisation, per_structure=2), make_structure()
    held = [make_registration(event, make_person(structure=laon)) for _ in range(2)]
    client.post(page_of(event), data={"structure": laon.id_fs, "places": "1"})
    said = words(client.page(page_of(event)).main)
    assert f"1 structure a plus de places que permis ({laon.name}, 2 pour 1). Personne ne perd la sienne" in said
    assert states(*held) == [CONFIRMED, CONFIRMED]


def test_structures_that_ask_for_more_are_named(client: PageClient, organisation: Organisation) -> None:
    event, laon, other = make_event(organisation, per_structure=1), make_structure(), make_structure()
    for structure, people in ((laon, 3), (other, 1)):
        for number in range(people):
            status = WAITING if number else CONFIRMED
            make_registration(event, make_person(structure=structure), status=status)
    page = client.page(page_of(event))
    row = page.select_one("h2 + .fr-table tbody tr")
    assert [words(cell) for cell in row.select("th, td")][:3] == [laon.full_label, "1", "2"]
    assert client.page(f"{page_of(event)}{row.a['href']}").select_one("#structure")["value"] == laon.full_label
    event.per_structure_until = NOW
    assert "demandent plus de places" not in words(client.page(page_of(event)).main)


def test_an_exception_is_taken_back(client: PageClient, organisation: Organisation) -> None:
    event, laon = make_event(organisation), make_structure()
    allow(event, laon, 2)
    assert client.page(f"{page_of(event)}?structure={laon.id_fs}").select_one("#places")["value"] == "2"
    client.post(f"{page_of(event)}/{laon.id_fs}/retrait")
    assert "Aucune exception" in words(client.page(page_of(event)).main)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"structure": "Nulle part", "places": "2"}, "Structure : Aucune structure ne porte ce nom"),
        ({"structure": "", "places": "2"}, "Dites de quelle structure il s’agit."),
        ({"structure": "2", "places": ""}, "Dites combien de places elle peut avoir."),
        ({"structure": "2", "places": "-1"}, "Nombre de places : Saisissez un nombre entre 0 et 1 000 000."),
        ({"structure": "2", "places": "peu"}, "Nombre de places : Saisissez un nombre entier. Exemple : 200."),
    ],
)
def test_what_is_wrong_is_said(
    client: PageClient, organisation: Organisation, typed: dict[str, str], said: str
) -> None:
    event = make_event(organisation)
    response = client.post(page_of(event), data=typed)
    assert (response.status_code, said in words(parse(response).select_one("#erreurs"))) == (422, True)


def test_a_stranger_sees_and_changes_nothing(client: PageClient, organisation: Organisation) -> None:
    address, laon = page_of(make_event()), make_structure()
    assert client.get(address).status_code == 404
    assert client.post(address, data={"structure": laon.id_fs, "places": "1"}).status_code == 404
    assert client.post(f"{address}/{laon.id_fs}/retrait").status_code == 404


def test_the_public_page_says_how_many_places_a_structure_has_while_that_counts(client: PageClient) -> None:
    now = utcnow()
    event = make_event(per_structure=2, per_structure_until=now + HOUR, starts_at=LATER, ends_at=LATER + HOUR)
    assert "2 places par structure." in words(client.page(f"/evenements/{event.slug}/").main)
    event.per_structure_until = now - HOUR
    assert "par structure" not in words(client.page(f"/evenements/{event.slug}/").main)
