"""Several people at once: all of them or those for whom there is a place, and the same submission only once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.outbox.models import Message
from eventapp.outbox.rendering import render
from eventapp.registrations import links, refusals, seats
from eventapp.registrations.groups import parties
from eventapp.registrations.groups.models import Party, PartyRule
from eventapp.registrations.groups.parties import Contact, Outcome, PartyDoesNotFit
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.people import Person
from eventapp.registrations.questions.completeness import missing
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_person,
    make_question,
    make_registration,
    make_structure,
)

Outbox = Callable[[], list[Message]]
CONTACT = Contact(name="Anne Roy", email="anne.roy@mairie.example", organisation="Mairie")
WAITING, CONFIRMED = Status.WAITING, Status.CONFIRMED


def make_people(count: int, **facts: object) -> list[Person]:
    return [make_person(**facts) for _ in range(count)]


def register(event: Event, people: list[Person], rule: PartyRule = PartyRule.ALL, **facts: object) -> Outcome:
    return parties.register_party(event, CONTACT, people, **{"rule": rule, "now": NOW} | facts)


def states(party: Party) -> list[Status]:
    return [registration.status for registration in db.session.scalars(party.people)]


def rows(event: Event) -> int:
    return len(db.session.scalars(Registration.of(event)).all())


@pytest.mark.both_databases
def test_all_or_nobody(outbox: Outbox) -> None:
    """S8: four people for two places."""
    event = make_event(capacity=2)

    with pytest.raises(PartyDoesNotFit, match="que pour 2 des 4 personnes"):
        register(event, make_people(4))

    assert (rows(event), outbox(), db.session.scalars(db.select(Party)).all()) == (0, [], [])
    assert db.session.scalars(db.select(Entry)).all() == []
    assert states(register(event, make_people(2)).party) == [CONFIRMED, CONFIRMED]


@pytest.mark.both_databases
def test_all_or_nobody_without_waiting_list() -> None:
    event = make_event(capacity=2, waiting_list=False)
    with pytest.raises(PartyDoesNotFit):
        register(event, make_people(4))
    assert rows(event) == 0


@pytest.mark.both_databases
def test_those_that_fit_in_the_order_written_and_the_others_wait(outbox: Outbox) -> None:
    event = make_event(capacity=2)
    people = make_people(4)

    party = register(event, people, PartyRule.FITTING).party

    assert states(party) == [CONFIRMED, CONFIRMED, WAITING, WAITING]
    assert [one.email for one in db.session.scalars(party.people)] == [person.email for person in people]
    assert [message.letter for message in outbox()] == [
        "registrations/confirmed", "registrations/confirmed", "registrations/waiting", "registrations/waiting",
        "registrations/party",
    ]  # fmt: skip


def test_those_that_fit_without_waiting_list_and_the_others_are_named() -> None:
    event = make_event(capacity=1, waiting_list=False)
    people = make_people(2)

    party = register(event, people, PartyRule.FITTING).party

    assert states(party) == [CONFIRMED]
    assert party.left_out == [{"name": f"{people[1].first_name} {people[1].last_name.upper()}", "why": "full"}]


@pytest.mark.both_databases
def test_the_places_of_a_structure_end_in_the_middle_of_the_group() -> None:
    structure = make_structure()
    event = make_event(capacity=10, per_structure=2)
    make_registration(event, make_person(structure=structure))

    with pytest.raises(PartyDoesNotFit, match="que pour 1 des 3 personnes"):
        register(event, make_people(3, structure=structure))
    party = register(event, make_people(3, structure=structure), PartyRule.FITTING).party

    assert states(party) == [CONFIRMED, WAITING, WAITING]


def test_a_full_category_lets_the_others_in() -> None:
    event = make_event()
    small, large = make_category(event, capacity=1), make_category(event)
    people = [make_person(category=small), make_person(category=small), make_person(category=large)]
    assert states(register(event, people, PartyRule.FITTING).party) == [CONFIRMED, WAITING, CONFIRMED]


def test_nobody_passes_the_queue() -> None:
    event = make_event(capacity=1)
    make_registration(event)
    make_registration(event, status=WAITING)
    with pytest.raises(PartyDoesNotFit, match="plus de place pour aucune des 2 personnes"):
        register(event, make_people(2))


@pytest.mark.both_databases
def test_the_same_submission_again_is_the_same_group(outbox: Outbox) -> None:
    event = make_event(capacity=2)
    people = make_people(3)

    first = register(event, people, PartyRule.FITTING, idempotency_key="k")
    again = register(event, people, PartyRule.FITTING, idempotency_key="k")

    assert again.party is first.party
    assert (rows(event), len(outbox())) == (3, 4)


def test_the_same_form_for_other_people_is_another_group() -> None:
    event = make_event()
    first = register(event, make_people(2), idempotency_key="k").party
    assert register(event, make_people(2), idempotency_key="k").party is not first


@pytest.mark.both_databases
def test_twenty_clicks_are_one_group(app: Flask) -> None:
    event = make_event(capacity=3)
    people = make_people(3)
    key = event.id
    db.session.commit()

    def click(_number: int) -> int:
        with app.app_context():
            found = register(db.session.get_one(Event, key), people, idempotency_key="k").party.id
            db.session.commit()
            return found

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(click, range(20)))

    db.session.rollback()
    assert len(set(answers)) == 1
    assert rows(event) == 3


@pytest.mark.both_databases
def test_groups_at_the_same_time_never_take_one_place_too_many(app: Flask) -> None:
    """Ten groups of three for ten places: three groups, and one place is left."""
    event = make_event(capacity=10)
    key = event.id
    groups = [make_people(3) for _ in range(10)]
    db.session.commit()

    def send(people: list[Person]) -> bool:
        with app.app_context():
            try:
                register(db.session.get_one(Event, key), people)
                db.session.commit()
            except PartyDoesNotFit:
                db.session.rollback()
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(send, groups)) == 3

    db.session.rollback()
    assert [one.status for one in db.session.scalars(Registration.of(event))] == [CONFIRMED] * 9


def test_whoever_is_registered_already_needs_no_second_place() -> None:
    event = make_event(capacity=2)
    known = make_person()
    first = make_registration(event, known)

    outcome = register(event, [known, make_person()])

    assert states(outcome.party) == [CONFIRMED]
    assert outcome.known == [first]
    assert [one["why"] for one in outcome.party.left_out] == ["known"]


def test_a_closed_event_takes_no_group() -> None:
    event = make_event(closes_at=NOW)
    with pytest.raises(refusals.RegistrationClosed):
        register(event, make_people(2))
    assert rows(event) == 0


def test_each_completes_with_their_own_link(outbox: Outbox) -> None:
    event = make_event()
    question = make_question(event, required=True)

    party = register(event, make_people(2)).party

    one, other = db.session.scalars(party.people)
    assert missing(one) == [question.label]
    letter = render(outbox()[0])
    for part in (letter.text, letter.html):
        assert "Anne Roy a fait cette inscription pour vous" in part
        assert "Il manque encore à votre inscription" in part
        assert links.personal(one) in part
        assert links.token(other) not in part


def test_the_contact_gets_names_and_states_and_nobodys_link(outbox: Outbox) -> None:
    event = make_event(title="Rencontre", capacity=1)
    party = register(event, make_people(2), PartyRule.FITTING).party

    message = outbox()[-1]
    letter = render(message)

    assert (message.to, letter.subject) == ("anne.roy@mairie.example", "Votre groupe\u00a0: Rencontre")
    one, other = db.session.scalars(party.people)
    for part in (letter.text, letter.html):
        assert "inscription confirmée" in part
        assert "inscription en attente de place" in part
        assert links.of_party(party) in part
        assert links.token(one) not in part
        assert links.token(other) not in part


def test_the_contact_who_comes_too_is_not_told_who_registered_them(outbox: Outbox) -> None:
    register(make_event(), [make_person(email="Anne.Roy@mairie.example")])
    assert "pour vous, avec celles" not in render(outbox()[0]).text


def test_the_trail_says_who_registered_whom() -> None:
    register(make_event(capacity=1), make_people(2), PartyRule.FITTING)
    entries = db.session.scalars(db.select(Entry).order_by(Entry.id)).all()
    assert [entry.act for entry in entries] == ["registration.created", "registration.created", "party.registered"]
    assert "(faite par Anne Roy)" in entries[0].sentence
    assert entries[2].sentence == "Anne Roy inscrit un groupe de 2 personnes\u00a0: 1 place confirmée."


def test_a_place_that_is_freed_goes_to_the_first_of_the_group_that_waits() -> None:
    event = make_event(capacity=1)
    party = register(event, make_people(3), PartyRule.FITTING).party
    first = db.session.scalars(party.people).first()
    assert first is not None
    seats.cancel(first, now=NOW, by="person")
    assert states(party) == [Status.CANCELLED, CONFIRMED, WAITING]
