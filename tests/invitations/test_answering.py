from datetime import timedelta

import pytest

from eventapp.events.models import Audience
from eventapp.extensions import db
from eventapp.invitations import answering, links
from eventapp.invitations.models import GuestState
from eventapp.registrations import refusals, seats
from eventapp.registrations.models import Source, Status
from eventapp.registrations.people import Person
from eventapp.registrations.self_service.models import ChangeRequest
from tests.factories import (
    ENDS,
    NOW,
    make_event,
    make_guest,
    make_invitation,
    make_person,
    make_registration,
)


def invited(event, **facts):
    person = make_person(**facts)
    guest = make_guest(event, person)
    return make_invitation(guest), person


@pytest.mark.both_databases
def test_accepting_registers_the_guest_on_an_event_for_invited_people():
    event = make_event(audience=Audience.INVITED)
    invitation, person = invited(event)

    registration = answering.accept(invitation, person, now=NOW)

    assert (registration.status, registration.source) == (Status.CONFIRMED, Source.INVITATION)
    assert invitation.guest.state is GuestState.ACCEPTED


def test_accepting_twice_is_one_registration(outbox):
    invitation, person = invited(make_event())

    first = answering.accept(invitation, person, now=NOW)

    assert answering.accept(invitation, person, now=NOW) is first
    assert len(outbox()) == 1


def test_declining_after_accepting_cancels_the_registration_and_passes_the_place_on():
    event = make_event(capacity=1)
    invitation, person = invited(event)
    registration = answering.accept(invitation, person, now=NOW)
    next_in_line = seats.register(event, make_person(), now=NOW)

    answering.decline(invitation, reason="réunion", now=NOW)

    assert registration.status is Status.CANCELLED
    assert next_in_line.status is Status.CONFIRMED
    assert (invitation.guest.state, invitation.decline_reason) == (GuestState.DECLINED, "réunion")


def test_a_guest_who_declined_may_change_their_mind():
    invitation, person = invited(make_event())
    answering.decline(invitation, now=NOW)

    answering.accept(invitation, person, now=NOW)

    assert invitation.guest.state is GuestState.ACCEPTED


def test_accepting_a_full_event_joins_the_waiting_list():
    event = make_event(capacity=0)
    invitation, person = invited(event)

    assert answering.accept(invitation, person, now=NOW).status is Status.WAITING


def test_a_refused_registration_leaves_the_invitation_unanswered():
    event = make_event(capacity=0, waiting_list=False)
    invitation, person = invited(event)

    with pytest.raises(refusals.Full):
        answering.accept(invitation, person, now=NOW)

    assert invitation.guest.state is GuestState.SILENT


def test_a_public_registration_with_a_guests_address_does_not_consume_the_invitation():
    event = make_event()
    invitation, person = invited(event)

    seats.register(event, person, now=NOW)

    assert invitation.guest.state is GuestState.SILENT


def test_a_guest_already_registered_publicly_accepts_with_that_registration():
    event = make_event()
    invitation, person = invited(event)
    registration = seats.register(event, person, now=NOW)

    assert answering.accept(invitation, person, now=NOW) is registration
    assert invitation.guest.state is GuestState.ACCEPTED


def test_an_invitation_never_opens_the_registration_of_another_address():
    event = make_event()
    invitation, person = invited(event)
    stranger = make_person(last_name=person.last_name)
    make_registration(event, stranger)

    with pytest.raises(answering.SomebodyElse):
        answering.accept(invitation, stranger, now=NOW)

    assert invitation.guest.state is GuestState.SILENT


def test_an_invitation_passed_on_registers_nobody_else():
    invitation, _ = invited(make_event())

    with pytest.raises(answering.NotTheGuest, match="Cette invitation est au nom de Camille DURAND"):
        answering.accept(invitation, make_person(), now=NOW)

    assert invitation.guest.state is GuestState.SILENT


def test_nothing_is_declined_once_the_event_is_over():
    invitation, _ = invited(make_event())

    with pytest.raises(answering.NotAnswerable):
        answering.decline(invitation, now=ENDS)


@pytest.mark.parametrize(
    ("facts", "now", "begins"),
    [
        ({"cancelled_at": NOW}, NOW, "Cette rencontre est annulée"),
        ({}, ENDS, "Cette rencontre a eu lieu"),
        ({"opens_at": ENDS.replace(year=2026)}, NOW.replace(year=2025), "Les réponses ne sont pas encore ouvertes"),
        ({"closes_at": NOW}, NOW, "La date limite pour répondre est passée"),
        ({}, NOW, None),
    ],
)
def test_why_replies_are_not_taken_is_said(facts, now, begins):
    sentence = answering.why_not_answerable(make_event(**facts), now)

    assert (sentence is None) if begins is None else sentence.startswith(begins)


def test_the_token_of_a_draft_finds_nothing():

    event = make_event(published_at=None)
    invitation, _ = invited(event)

    assert answering.find(links.token(invitation)) is None


def test_names_are_matched_without_case_or_accents():
    event = make_event()
    person = Person(first_name="Éloïse", last_name="N’Guyen", email="e@agents.example")
    invitation = make_invitation(make_guest(event, person))
    registration = seats.register(event, person, now=NOW)
    same = Person(first_name="eloise", last_name="N'GUYEN", email="E@agents.example")

    assert answering.accept(invitation, same, now=NOW) is registration


def test_declining_too_late_to_cancel_alone_asks_the_organisers():
    event = make_event(closes_at=NOW - timedelta(hours=1))
    invitation, person = invited(event)
    registration = make_registration(event, person)

    answering.decline(invitation, reason="en congé", now=NOW)

    (request,) = db.session.scalars(db.select(ChangeRequest)).all()
    assert invitation.guest.state is GuestState.DECLINED
    assert (request.registration, request.payload) == (registration, {"reason": "en congé"})
    assert registration.is_confirmed
