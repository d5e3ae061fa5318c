"""Who gets a place: the rules, tested at the verb."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from eventapp.events.models import Audience, Event
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.network.models import Structure
from eventapp.outbox.models import Message
from eventapp.registrations import refusals, seats
from eventapp.registrations.models import Registration, Source, Status
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_person,
    make_registration,
    make_user,
    save,
)

Outbox = Callable[[], list[Message]]
WAITING, CONFIRMED, CANCELLED = Status.WAITING, Status.CONFIRMED, Status.CANCELLED
HOUR = timedelta(hours=1)


def register(event: Event, **facts: object) -> Registration:
    person = facts.pop("person", None) or make_person()
    return seats.register(event, person, now=facts.pop("now", NOW), **facts)


def make_structure() -> Structure:
    return save(Structure(id_fs="1", name="France services de Laon", departement_code="02", updated_at=NOW))


def sentences(act: str) -> list[str]:
    return list(db.session.scalars(db.select(Entry.sentence).where(Entry.act == act).order_by(Entry.id)))


@pytest.mark.both_databases
def test_the_last_place_is_given_once(outbox: Outbox) -> None:
    event = make_event(capacity=1)

    first, second = register(event), register(event)

    assert (first.status, second.status) == (CONFIRMED, WAITING)
    assert [m.letter for m in outbox()] == ["registrations/confirmed", "registrations/waiting"]
    assert seats.position(second) == 1


def test_without_limit_everybody_is_confirmed() -> None:
    event = make_event()
    assert {register(event).status for _ in range(3)} == {CONFIRMED}


@pytest.mark.both_databases
def test_full_without_waiting_list_refuses_and_leaves_nothing(outbox: Outbox) -> None:
    event = make_event(capacity=0, waiting_list=False)

    with pytest.raises(refusals.Full):
        register(event)

    assert db.session.scalars(db.select(Registration)).all() == []
    assert outbox() == []


@pytest.mark.both_databases
def test_cancel_gives_the_place_to_the_first_in_the_queue(outbox: Outbox) -> None:
    event = make_event(capacity=1)
    seated = make_registration(event)
    first = make_registration(event, status=WAITING)
    second = make_registration(event, status=WAITING)

    seats.cancel(seated, now=NOW, by="person")

    assert (seated.status, first.status, second.status) == (CANCELLED, CONFIRMED, WAITING)
    assert [(m.letter, m.to) for m in outbox()] == [
        ("registrations/cancelled", seated.email),
        ("registrations/promoted", first.email),
    ]


def test_cancelling_twice_changes_nothing_more(outbox: Outbox) -> None:
    registration = make_registration(make_event())
    seats.cancel(registration, now=NOW, by="person")
    seats.cancel(registration, now=NOW + HOUR, by="person")

    assert registration.cancelled_at == NOW
    assert len(outbox()) == 1


def test_a_full_category_is_passed_over_and_says_so_once() -> None:
    event = make_event(capacity=3)
    agents, others = make_category(event, capacity=1, name="Agents"), make_category(event)
    make_registration(event, make_person(category=agents))
    blocked = make_registration(event, make_person(category=agents), status=WAITING)
    promoted = [make_registration(event, make_person(category=others), status=WAITING) for _ in range(2)]

    seats.capacities_changed(event, now=NOW)
    seats.capacities_changed(event, now=NOW)

    assert blocked.status is WAITING
    assert {r.status for r in promoted} == {CONFIRMED}
    assert len(sentences("registration.passed_over")) == 1
    assert "«\u00a0Agents\u00a0» sont toutes prises" in sentences("registration.passed_over")[0]
    assert len(sentences("registration.promoted")) == 2


@pytest.mark.both_databases
def test_a_structure_gets_no_more_than_its_places() -> None:
    event = make_event(per_structure=1)
    structure = make_structure()
    first = register(event, person=make_person(structure=structure))
    second = register(event, person=make_person(structure=structure))
    stranger = register(event, person=make_person(organisation="Une association"))

    assert [r.status for r in (first, second, stranger)] == [CONFIRMED, WAITING, CONFIRMED]
    assert sentences("registration.passed_over") == [
        f"Camille {second.last_name.upper()}, personne passée\u00a0: 1 place déjà prise par sa structure (1 au plus)."
    ]

    seats.cancel(first, now=NOW, by="person")
    assert second.status is CONFIRMED


@pytest.mark.both_databases
def test_a_capacity_below_what_is_taken_drops_and_promotes_nobody() -> None:
    event = make_event(capacity=3)
    seated = [make_registration(event) for _ in range(3)]
    waiting = make_registration(event, status=WAITING)

    event.capacity = 1
    seats.capacities_changed(event, now=NOW)
    seats.cancel(seated[0], now=NOW, by="person")

    assert [r.status for r in (*seated, waiting)] == [CANCELLED, CONFIRMED, CONFIRMED, WAITING]


def test_a_raised_capacity_is_filled_in_order() -> None:
    event = make_event(capacity=0)
    waiting = [make_registration(event, status=WAITING) for _ in range(3)]

    event.capacity = 2
    seats.capacities_changed(event, now=NOW)

    assert [r.status for r in waiting] == [CONFIRMED, CONFIRMED, WAITING]


@pytest.mark.both_databases
def test_the_same_person_again_is_already_registered() -> None:
    event = make_event()
    first = register(event, person=make_person(first_name="Zoé", last_name="Lefèvre", email="zoe@agents.example"))

    with pytest.raises(refusals.AlreadyRegistered) as refusal:
        register(event, person=make_person(first_name="ZOE", last_name="Lefevre", email="Zoe@Agents.example "))

    assert refusal.value.registration == first


def test_two_colleagues_may_share_a_mailbox() -> None:
    event = make_event()
    mailbox = "accueil@agents.example"
    both = [register(event, person=make_person(email=mailbox)) for _ in range(2)]
    assert [r.status for r in both] == [CONFIRMED, CONFIRMED]


def test_whoever_cancelled_may_register_again() -> None:
    event, person = make_event(), make_person()
    seats.cancel(register(event, person=person), now=NOW, by="person")
    assert register(event, person=person).status is CONFIRMED


@pytest.mark.both_databases
def test_the_same_submission_again_returns_the_first_registration(outbox: Outbox) -> None:
    event, person = make_event(), make_person()
    first = register(event, person=person, idempotency_key="k")

    assert register(event, person=person, idempotency_key="k") == first
    assert len(outbox()) == 1


def test_a_form_reused_for_a_colleague_registers_the_colleague() -> None:
    event = make_event()
    one = register(event, idempotency_key="k")
    other = register(event, idempotency_key="k")
    assert one != other


def test_the_window_opens_and_closes_at_the_very_instant() -> None:
    event = make_event(opens_at=NOW, closes_at=NOW + HOUR)

    with pytest.raises(refusals.RegistrationNotOpen):
        register(event, now=NOW - timedelta(microseconds=1))
    register(event, now=NOW)
    register(event, now=NOW + HOUR - timedelta(microseconds=1))
    with pytest.raises(refusals.RegistrationClosed):
        register(event, now=NOW + HOUR)


def test_an_organiser_registers_after_the_closing() -> None:
    event = make_event(closes_at=NOW)
    registration = register(event, source=Source.ORGANISER, by=make_user(event.organisation))
    assert registration.status is CONFIRMED


def test_an_organiser_may_go_over_capacity_which_is_written_down() -> None:
    event = make_event(capacity=0)

    registration = register(event, source=Source.ORGANISER, by=make_user(event.organisation), over_capacity=True)

    assert registration.status is CONFIRMED
    assert "au-delà des limites" in sentences("registration.created")[0]


def test_an_invited_event_needs_an_invitation() -> None:
    event = make_event(audience=Audience.INVITED)

    with pytest.raises(refusals.InvitationNeeded):
        register(event)
    assert register(event, source=Source.INVITATION).status is CONFIRMED


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"published_at": None}, refusals.RegistrationNotOpen),
        ({"cancelled_at": NOW}, refusals.EventCancelled),
        ({"starts_at": NOW - HOUR * 2, "ends_at": NOW - HOUR}, refusals.RegistrationClosed),
    ],
)
def test_draft_cancelled_and_past_events_refuse_even_the_organiser(facts: dict, refusal: type[Exception]) -> None:
    event = make_event(**facts)
    with pytest.raises(refusal):
        register(event, source=Source.ORGANISER)


def test_availability_says_what_the_page_shows() -> None:
    event = make_event(capacity=20)
    assert seats.availability(event, now=NOW) == seats.Availability("open", 20, 0)
    for _ in range(19):
        make_registration(event)
    assert seats.availability(event, now=NOW) == seats.Availability("few", 1, 0)
    make_registration(event)
    make_registration(event, status=WAITING)
    assert seats.availability(event, now=NOW) == seats.Availability("waiting", 0, 1)
    event.waiting_list = False
    assert seats.availability(event, now=NOW).step == "full"


def test_availability_is_full_when_every_category_is() -> None:
    event = make_event()
    make_registration(event, make_person(category=make_category(event, capacity=1)))
    assert seats.availability(event, now=NOW).step == "waiting"
