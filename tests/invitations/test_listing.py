import json
from urllib.parse import urlencode

import pytest
from werkzeug.test import EnvironBuilder

from eventapp.extensions import db
from eventapp.invitations.listing import Choice, count, listed
from eventapp.invitations.models import GuestKind, Reply
from eventapp.registrations.models import Status
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_guest,
    make_invitation,
    make_organisation,
    make_person,
    make_registration,
    make_structure,
)

EVERYTHING = Choice(
    text="laon",
    state="silent",
    departement="02",
    category="agents",
    kind="structure",
    structure_kind="Antenne",
    structure_form="Itinérante",
    former="rencontre-2021",
    before="invited",
    guests=(3, 7),
)


def names(event, **choice):
    return [guest.last_name for guest in db.session.scalars(listed(event, Choice(**choice)))]


def make_named(event, name, **facts):
    structure = facts.pop("structure", None)
    return make_guest(event, make_person(last_name=name, structure=structure), **facts)


def test_a_choice_survives_json_and_addresses():
    assert Choice.from_dict(json.loads(json.dumps(EVERYTHING.as_dict()))) == EVERYTHING
    address = "/?" + urlencode(EVERYTHING.as_query(), doseq=True)
    assert Choice.from_query(EnvironBuilder(address).get_request().args) == EVERYTHING
    assert (Choice().is_everything, EVERYTHING.is_everything) == (True, False)


@pytest.mark.parametrize("values", [{"text": 3, "unknown": "x"}, {"guests": []}, {"state": None, "text": "\0"}])
def test_what_is_not_a_choice_is_left_out(values):
    assert Choice.from_dict(values).is_everything


@pytest.mark.parametrize("ids", [["x"], [-1], [2**31], "12", {"1": 2}, [True]])
def test_ticked_people_that_mean_nothing_are_nobody_rather_than_everybody(ids):
    event = make_event()
    make_guest(event)

    assert count(listed(event, Choice.from_dict({"guests": ids}))) == 0


@pytest.mark.both_databases
def test_standings_overlap():
    event = make_event()
    make_named(event, "Ailleurs")
    make_invitation(make_named(event, "Silence", undeliverable_at=NOW))
    make_invitation(make_named(event, "Refus"), reply=Reply.DECLINED, replied_at=NOW)
    seated, queued = make_registration(event), make_registration(event, status=Status.WAITING)
    make_invitation(make_named(event, "Assise"), reply=Reply.ACCEPTED, replied_at=NOW, registration=seated)
    make_invitation(make_named(event, "Debout"), reply=Reply.ACCEPTED, replied_at=NOW, registration=queued)

    found = {
        state: names(event, state=state)
        for state in ("not_invited", "invited", "silent", "accepted", "waiting", "declined", "undeliverable", "lost")
    }

    assert found == {
        "not_invited": ["Ailleurs"],
        "invited": ["Assise", "Debout", "Refus", "Silence"],
        "silent": ["Silence"],
        "accepted": ["Assise", "Debout"],
        "waiting": ["Debout"],
        "declined": ["Refus"],
        "undeliverable": ["Silence"],
        "lost": [],
    }


def test_a_dead_invitation_counts_for_nothing():
    event = make_event()
    make_invitation(make_named(event, "Corrigée"), revoked_at=NOW)

    assert names(event, state="invited") == []


@pytest.mark.both_databases
def test_structures_are_told_apart_by_departement_kind_and_form():
    event = make_event()
    bus = make_structure(departement_code="02", kind="Principal", form="Itinérante")
    office = make_structure(departement_code="59", kind="Antenne", form="Fixe")
    make_named(event, "Bus", structure=bus)
    make_named(event, "Bureau", structure=office)
    make_named(event, "Élu")

    assert names(event, departement="02") == ["Bus"]
    assert names(event, structure_kind="Antenne") == ["Bureau"]
    assert names(event, structure_form="Fixe") == ["Bureau"]
    assert names(event, structure_form="Fixe", departement="02") == []


def test_a_category_that_is_gone_keeps_nobody():
    event = make_event()
    make_named(event, "Élue", category=make_category(event, slug="elus"))

    assert (names(event, category="elus"), names(event, category="agents")) == (["Élue"], [])


@pytest.mark.both_databases
def test_people_and_structures_are_known_again_from_a_former_event():
    organisation = make_organisation()
    former, event = make_event(organisation), make_event(organisation)
    ana, structure = make_person(last_name="Ana"), make_structure()
    make_registration(former, ana)
    make_registration(former, make_person(structure=structure))
    make_invitation(make_guest(former, make_person(last_name="Bo", email="bo@agents.example")))
    make_guest(event, ana)
    make_guest(event, make_person(last_name="Bo", email="bo@agents.example"))
    make_guest(event, make_person(last_name="Ma structure", structure=structure), kind=GuestKind.STRUCTURE, places=2)
    make_guest(event, make_person(last_name="Nouvelle", structure=structure))

    assert names(event, former=former.slug) == ["Ana", "Ma structure"]
    assert names(event, former=former.slug, before="invited") == ["Bo"]
    assert names(event, former=former.slug, before="absent") == ["Bo", "Nouvelle"]
    assert names(event, former=former.slug, before="lost") == []


def test_the_events_of_others_are_no_former_events():
    event, foreign = make_event(), make_event()
    ana = make_person(last_name="Ana")
    make_registration(foreign, ana)
    make_guest(event, ana)

    assert names(event, former=foreign.slug, before="absent") == []
    assert names(event, former=event.slug) == []
