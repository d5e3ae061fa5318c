"""Limits lowered below what is taken (S7): nobody loses a place, nobody is given one, and it is said."""

from collections.abc import Callable
from typing import Any

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations import seats
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.places.allowances import set_allowances
from eventapp.registrations.places.availability import availability
from eventapp.registrations.places.over_limits import over_limits, warnings
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_person,
    make_registration,
    make_session,
    make_structure,
    save,
)
from tests.pages import PageClient, words
from tests.registrations.test_public_pages import address, coming

WAITING, CONFIRMED = Status.WAITING, Status.CONFIRMED


class Full:
    """An event in which two people take every place and a third waits, whatever the limit."""

    def __init__(self) -> None:
        self.event = make_event(title="Rencontre")
        self.structure = make_structure(name="Laon")
        self.category = make_category(self.event, name="Agents", slug="agents")
        self.session = make_session(self.event, booking=BookingMode.REQUIRED, title="Atelier", slug="atelier")
        self.people = [self.arrive(CONFIRMED), self.arrive(CONFIRMED), self.arrive(WAITING)]

    def arrive(self, status: Status) -> Registration:
        person = make_person(category=self.category, structure=self.structure)
        registration = make_registration(self.event, person, status=status)
        held = NOW if status is CONFIRMED else None
        save(
            Booking(
                event_id=self.event.id, registration=registration, session=self.session, created_at=NOW,
                confirmed_at=held,
            )
        )  # fmt: skip
        return registration

    def changed(self) -> list[str]:
        self.event.revision += 1
        seats.capacities_changed(self.event, now=NOW)
        return [excess.sentence.replace("\xa0", " ") for excess in over_limits(self.event, now=NOW)]

    @property
    def statuses(self) -> list[Status]:
        return [registration.status for registration in self.people]


LOWERED: dict[str, tuple[Callable[[Full], Any], str]] = {
    "event": (lambda full: setattr(full.event, "capacity", 1), "l’événement a 1 place pour 2 occupées."),
    "category": (
        lambda full: setattr(full.category, "capacity", 1),
        "la catégorie « Agents » a 1 place pour 2 occupées.",
    ),
    "structures": (
        lambda full: setattr(full.event, "per_structure", 1),
        "1 structure a plus de places que permis (Laon, 2 pour 1).",
    ),
    "one structure": (
        lambda full: set_allowances(full.event, {full.structure: 0}, now=NOW, by=None),
        "1 structure a plus de places que permis (Laon, 2 pour 0).",
    ),
}


@pytest.mark.both_databases
@pytest.mark.parametrize("limit", LOWERED)
def test_a_limit_lowered_below_what_is_taken_drops_nobody_and_says_so(limit: str) -> None:
    full, (lower, said) = Full(), LOWERED[limit]
    lower(full)
    assert full.changed() == [said]
    assert full.statuses == [CONFIRMED, CONFIRMED, WAITING]


@pytest.mark.parametrize("limit", LOWERED)
def test_one_cancellation_is_not_yet_a_free_place(limit: str) -> None:
    full, (lower, _said) = Full(), LOWERED[limit]
    lower(full)
    full.changed()
    seats.cancel(full.people[0], now=NOW, by="system")
    assert full.statuses[1:] == [CONFIRMED, WAITING]


@pytest.mark.both_databases
def test_fewer_seats_than_held_in_a_session() -> None:
    full = Full()
    full.session.capacity = 1
    assert full.changed() == ["la session « Atelier » a 1 place pour 2 occupées."]
    held = db.select(Booking.confirmed_at.is_not(None)).order_by(Booking.id)
    assert (full.statuses, db.session.scalars(held).all()) == ([CONFIRMED] * 3, [True, True, False])


def test_what_is_exactly_taken_needs_no_word() -> None:
    full = Full()
    full.event.capacity = full.event.per_structure = full.category.capacity = full.session.capacity = 2
    assert full.changed() == []
    assert full.statuses == [CONFIRMED, CONFIRMED, WAITING]


def test_many_structures_make_one_sentence() -> None:
    event = make_event(per_structure=1)
    for name in ("Arras", "Béthune", "Calais", "Douai", "Étaples"):
        structure = make_structure(name=name)
        for _ in range(2):
            make_registration(event, make_person(structure=structure))
    assert [sentence.replace("\xa0", " ") for sentence in warnings(event, now=NOW)] == [
        "5 structures ont plus de places que permis (Arras, 2 pour 1 ; Béthune, 2 pour 1 ; Calais, 2 pour 1 ; "
        "2 autres). Personne ne perd la sienne : la liste d’attente reprendra quand le nombre d’inscrits sera "
        "redescendu."
    ]


def left(event: Event) -> int | None:
    return availability(event, now=NOW).left


def test_an_offer_that_ran_out_is_shown_as_a_free_place_unless_somebody_waits() -> None:
    event = make_event(capacity=1)
    make_registration(event, status=WAITING, offer_until=NOW)
    assert left(event) == 1
    make_registration(event, status=WAITING)
    assert left(event) == 0


def test_the_form_names_the_categories_that_are_full_and_forgets_it_in_time(client: PageClient) -> None:
    event = coming()
    full = make_category(event, name="Agents", capacity=1)
    make_category(event, name="Élus", capacity=1)
    assert "Complet pour l’instant." not in words(client.page(address(event)).main)
    registration = make_registration(event, make_person(category=full))
    choices = client.page(address(event)).select(".fr-radio-group")
    assert [words(choice) for choice in choices] == ["Agents Complet pour l’instant.", "Élus"]
    seats.cancel(registration, now=utcnow(), by="system")
    assert "Complet pour l’instant." not in words(client.page(address(event)).main)
