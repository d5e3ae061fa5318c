"""Why somebody waits, is passed over or is promoted: in words and figures, each said once."""

import pytest

from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.network.models import Structure
from eventapp.registrations import seats
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.places.models import StructureAllowance
from eventapp.registrations.waiting.reasons import reasons_to_wait
from tests.factories import NOW, make_category, make_event, make_person, make_registration, save

WAITING, CONFIRMED = Status.WAITING, Status.CONFIRMED


def make_laon() -> Structure:
    return save(Structure(id_fs="1", name="France services de Laon", departement_code="02", updated_at=NOW))


def said(act: str) -> list[str]:
    return list(db.session.scalars(db.select(Entry.sentence).where(Entry.act == act).order_by(Entry.id)))


def name_of(registration: Registration) -> str:
    return f"{registration.first_name} {registration.last_name.upper()}"


@pytest.mark.both_databases
def test_each_skip_names_the_limit_and_its_figure_once() -> None:
    event, laon = make_event(capacity=5, per_structure=2), make_laon()
    for _ in range(2):
        make_registration(event, make_person(structure=laon))
    held = [make_registration(event, make_person(structure=laon), status=WAITING) for _ in range(2)]

    for _ in range(2):
        seats.register(event, make_person(), now=NOW)

    assert said("registration.passed_over") == [
        f"{name_of(one)}, personne passée\u00a0: 2 places déjà prises par sa structure (2 au plus)." for one in held
    ]


def test_another_figure_is_another_reason() -> None:
    event, laon = make_event(capacity=9, per_structure=1), make_laon()
    make_registration(event, make_person(structure=laon))
    make_registration(event, make_person(structure=laon), status=WAITING)
    seats.register(event, make_person(), now=NOW)

    make_registration(event, make_person(structure=laon))  # by an organiser, over the limit
    seats.register(event, make_person(), now=NOW)

    figures = [entry.details["figure"] for entry in db.session.scalars(passed_over())]
    assert figures == [1, 2]


def test_a_reason_that_ceased_and_came_back_is_said_again() -> None:
    event = make_event(capacity=3)
    agents = make_category(event, name="Agents", capacity=1)
    make_registration(event, make_person(category=agents))
    held = make_registration(event, make_person(category=agents), status=WAITING)
    first = make_registration(event, status=WAITING)
    seats.capacities_changed(event, now=NOW)
    assert (held.held_back, first.status) == ("category:1", CONFIRMED)

    event.capacity, agents.capacity = 2, 2
    seats.capacities_changed(event, now=NOW)  # the event is full: the reason is not looked at
    event.capacity, agents.capacity = 3, 1
    seats.register(event, make_person(), now=NOW)
    assert len(said("registration.passed_over")) == 1

    agents.capacity = 2
    event.capacity = 4
    seats.capacities_changed(event, now=NOW)
    assert (held.status, held.held_back) == (CONFIRMED, "")


def test_a_promotion_says_since_when_and_how_many_were_passed() -> None:
    event, laon = make_event(capacity=3, per_structure=1), make_laon()
    seated = make_registration(event)
    make_registration(event, make_person(structure=laon))
    make_registration(event)
    make_registration(event, make_person(structure=laon), status=WAITING)
    first = make_registration(event, status=WAITING)

    seats.cancel(seated, now=NOW, by="person")

    assert said("registration.promoted") == [
        f"Place attribuée à {name_of(first)}\u00a0: première personne de la liste d’attente pour qui une place "
        "convient (en attente depuis le lundi 2 novembre 2026 à 10\u00a0h, 1 personne passée avant elle)."
    ]


@pytest.mark.both_databases
def test_whoever_arrives_and_waits_is_told_why_in_the_journal() -> None:
    event, laon = make_event(capacity=9, per_structure=1), make_laon()
    seats.register(event, make_person(structure=laon), now=NOW)
    second = seats.register(event, make_person(structure=laon), now=NOW)
    event.capacity = 1
    third = seats.register(event, make_person(), now=NOW)

    assert said("registration.created")[1:] == [
        f"Inscription de {name_of(second)} sur liste d’attente, en position 1\u00a0: "
        "1 place déjà prise par sa structure (1 au plus).",
        f"Inscription de {name_of(third)} sur liste d’attente, en position 2\u00a0: "
        "toutes les places de la rencontre sont prises (1\u00a0sur\u00a01).",
    ]


def test_a_structure_without_any_place_is_told_so() -> None:
    event, laon = make_event(), make_laon()
    save(StructureAllowance(event=event, structure=laon, places=0))
    held = seats.register(event, make_person(structure=laon), now=NOW)
    assert [(reason.sentence, reason.to_them) for reason in reasons_to_wait(held, now=NOW)] == [
        ("aucune place n’est prévue pour sa structure", "aucune place n’est prévue pour votre structure")
    ]


def passed_over() -> db.Select[Entry]:
    return db.select(Entry).where(Entry.act == "registration.passed_over").order_by(Entry.id)
