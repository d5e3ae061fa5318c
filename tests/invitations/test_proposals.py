import pytest

from eventapp.extensions import db
from eventapp.invitations import delegating, proposals
from eventapp.invitations.models import PUBLIC_DIRECTORY, Guest, GuestKind
from eventapp.invitations.proposals import Whom
from eventapp.registrations.models import Status
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_guest,
    make_organisation,
    make_person,
    make_registration,
    make_structure,
    make_user,
)


@pytest.fixture
def organisation():
    return make_organisation()


@pytest.fixture
def former(organisation):
    return make_event(organisation)


@pytest.fixture
def event(organisation):
    return make_event(organisation)


def invited(event, structure, email, **facts):
    person = make_person(last_name=structure.name, structure=structure, email=email)
    return make_guest(event, person, kind=GuestKind.STRUCTURE, places=3, **facts)


def test_a_structure_is_ticked_when_it_has_an_address_and_is_not_there(event, former):
    silent, open_data = make_structure(), make_structure(email="ville@fs.example")
    there, met = make_structure(email="la@fs.example"), make_structure()
    invited(event, there, "la@fs.example")
    invited(former, met, "ancienne@fs.example")
    invited(former, silent, "morte@fs.example", undeliverable_at=NOW)

    lines = proposals.network(event, [silent, open_data, there, met])

    assert [(line.email, line.is_there, line.is_ticked) for line in lines] == [
        ("", False, False),
        ("ville@fs.example", False, True),
        ("la@fs.example", True, False),
        ("ancienne@fs.example", False, True),
    ]


def test_a_ticked_line_needs_a_right_address(event):
    structures = [make_structure() for _ in range(3)]
    ids = [one.id for one in structures]
    sent = {ids[0]: "ici@fs.example", ids[1]: "ici"}

    lines = proposals.decide(proposals.network(event, structures), ids, sent)

    assert [bool(line.fault) for line in lines] == [False, True, True]
    assert lines[1].email == "ici"


@pytest.mark.both_databases
def test_structures_come_with_their_places_and_the_origin_of_their_address(event):
    official, typed = make_structure(email="a@fs.example"), make_structure()
    lines = proposals.network(event, [official, typed])
    chosen = proposals.decide(lines, [official.id, typed.id], {typed.id: "b@fs.example"})

    assert proposals.add_structures(event, chosen, 2, now=NOW, by=make_user()) == 2
    assert proposals.add_structures(event, chosen, 2, now=NOW, by=make_user()) == 0
    guests = db.session.scalars(Guest.of(event).order_by(None).order_by(Guest.id)).all()
    assert [(guest.places, guest.origin == PUBLIC_DIRECTORY) for guest in guests] == [(2, True), (2, False)]


def test_no_structure_comes_with_odd_places(event):
    [line] = proposals.network(event, [make_structure(email="a@fs.example")])

    with pytest.raises(delegating.OddPlaces):
        proposals.add_structures(event, [line], 0, now=NOW, by=make_user())


@pytest.mark.both_databases
def test_the_registered_of_a_former_event_come_back_in_the_category_of_that_name(event, former):
    then, now = make_category(former, slug="agents"), make_category(event, slug="agents")
    ana = make_person(last_name="Ana", category=then, phone="+33320305959")
    make_registration(former, ana)
    make_registration(former, make_person(last_name="Bo"), status=Status.CANCELLED)

    [one] = proposals.from_event(event, former, Whom.REGISTERED)

    assert (one.person.last_name, one.person.category, one.person.phone, one.is_ticked) == ("Ana", now, "", True)
    assert proposals.add(event, [one], origin="rencontre", now=NOW, by=make_user()) == 1
    assert [again.is_there for again in proposals.from_event(event, former, Whom.REGISTERED)] == [True]


def test_a_likely_double_and_somebody_registered_are_told_and_not_ticked(event, former):
    make_registration(former, make_person(first_name="Ana", last_name="Roy", email="ana@ici.example"))
    make_guest(event, make_person(first_name="Ana", last_name="Roy", email="roy@la.example"))
    zoe = make_person(last_name="Zoé")
    make_registration(former, zoe)
    make_registration(event, zoe)

    found = proposals.from_event(event, former, Whom.REGISTERED)

    assert [(one.is_ticked, one.remark) for one in found] == [
        (False, "Même nom dans la liste, à l’adresse roy@la.example."),
        (False, "Déjà inscrit à la rencontre."),
    ]


def test_the_invited_come_back_with_structures_and_places_but_without_dead_addresses(event, former):
    structure = make_structure()
    invited(former, structure, "a@fs.example")
    make_guest(former, make_person(last_name="Perdue"), undeliverable_at=NOW)

    found = proposals.from_event(event, former, Whom.INVITED)

    assert [(one.person.structure, one.places) for one in found] == [(structure, 3)]
    assert proposals.add(event, found, origin="rencontre", now=NOW, by=make_user()) == 1
    assert db.session.scalars(Guest.of(event)).one().places == 3
