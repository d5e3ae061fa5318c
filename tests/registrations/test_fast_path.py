"""Whoever is seated without walking the queue would have been seated by walking it, and with the same sessions."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventapp.agenda.models import BookingMode, Session
from eventapp.events.models import Event
from eventapp.network.models import Structure
from eventapp.registrations import seats
from eventapp.registrations.models import Registration
from eventapp.registrations.places.models import StructureAllowance
from tests.factories import NOW, STARTS, make_category, make_event, make_person, make_session, number, save

SOME = st.sampled_from([None, 0, 1, 2, 3])
LIMITS = st.fixed_dictionaries(
    {"event": SOME, "category": SOME, "structure": st.sampled_from([None, 1, 2]), "exception": SOME}
    | {"first": SOME, "second": SOME, "offer_hours": st.sampled_from([None, 24])}
)
# Of each who comes: structure, category, sessions; the last leave again.
PEOPLE = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 1), st.sampled_from([(), (0,), (1,), (0, 1)])), max_size=8
)
LEAVING = st.lists(st.integers(0, 7), max_size=3)


def make_structures() -> list[Structure]:
    return [
        save(Structure(id_fs=f"F{next(number)}", name="Structure", departement_code="02", updated_at=NOW))
        for _ in range(2)
    ]


def open_event(limits: dict[str, Any], structures: list[Structure]) -> tuple[Event, list[Session]]:
    hours = {"offer_hours": limits["offer_hours"], "per_structure": limits["structure"]}
    event = make_event(capacity=limits["event"], **hours)
    make_category(event, capacity=limits["category"])
    if limits["exception"] is not None:
        save(StructureAllowance(event=event, structure=structures[1], places=limits["exception"]))
    times = STARTS, STARTS + timedelta(hours=2)
    capacities = limits["first"], limits["second"]
    booked = {"booking": BookingMode.OPTIONAL}
    pairs = zip(times, capacities, strict=True)
    return event, [make_session(event, starts_at=at, capacity=capacity, **booked) for at, capacity in pairs]


def play(limits: dict[str, Any], structures: list[Structure], people: list[Any], leaving: list[int]) -> list[Any]:
    event, sessions = open_event(limits, structures)
    come: list[Registration] = []
    for n, (structure, category, wanted) in enumerate(people):
        who = {"structure": [None, *structures][structure], "category": [None, *event.categories][category]}
        come.append(seats.register(event, make_person(**who), sessions=[sessions[w] for w in wanted], now=NOW))
        if n < len(leaving) and leaving[n] < len(come):
            seats.cancel(come[leaving[n]], now=NOW, by="organiser")
    return [(one.status, one.has_offer, [b.is_confirmed for b in one.bookings]) for one in come]


@given(limits=LIMITS, people=PEOPLE, leaving=LEAVING)
@settings(max_examples=25, deadline=None)
def test_both_ways_seat_alike(limits: dict[str, Any], people: list[Any], leaving: list[int]) -> None:
    structures = make_structures()
    quick = play(limits, structures, people, leaving)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seats, "seat_newcomer", do_nothing)
        assert play(limits, structures, people, leaving) == quick


def do_nothing(_newcomer: Registration, *, now: datetime) -> None:
    assert now == NOW
