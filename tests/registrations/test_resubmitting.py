"""Back, and the same form again: the first result, whatever became of it since; a colleague is another person."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from eventapp import tokens
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations.models import Invitation
from eventapp.outbox.models import Message
from eventapp.registrations import refusals, seats
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.people import Person
from tests.factories import NOW, make_event, make_guest, make_invitation, make_person, make_registration
from tests.pages import PageClient, words

Outbox = Callable[[], list[Message]]
PERSON = {"first_name": "Zoé", "last_name": "Lefèvre", "email": "zoe.lefevre@agents.example"}


def everybody() -> list[Registration]:
    return list(db.session.scalars(db.select(Registration).order_by(Registration.id)))


def register(event: Event, person: Person) -> Registration:
    return seats.register(event, person, now=NOW, idempotency_key="k")


@pytest.mark.both_databases
def test_after_a_correction_it_is_still_the_same_submission(outbox: Outbox) -> None:
    event, person = make_event(), make_person()
    first = register(event, person)
    corrected = make_person(first_name="Zoé", last_name="Lefèvre", email="zoe@agents.example")
    seats.change_details(first, corrected, {}, now=NOW, by="person")
    letters = len(outbox())

    assert register(event, person) == first
    assert (len(everybody()), len(outbox())) == (1, letters)


def test_after_a_cancellation_it_leads_to_the_cancelled_registration(outbox: Outbox) -> None:
    event, person = make_event(), make_person()
    first = register(event, person)
    seats.cancel(first, now=NOW, by="person")

    assert register(event, person) == first
    assert (first.status, len(everybody())) == (Status.CANCELLED, 1)
    assert seats.register(event, person, now=NOW, idempotency_key="another form").is_confirmed


@pytest.mark.both_databases
def test_a_form_reused_for_a_colleague_and_sent_twice_registers_the_colleague_once(outbox: Outbox) -> None:
    event, colleague = make_event(), make_person()
    one = register(event, make_person())
    other, again = register(event, colleague), register(event, colleague)
    assert other == again
    assert [one.is_confirmed, other.is_confirmed, len(everybody()), len(outbox())] == [True, True, 2, 2]


@pytest.mark.parametrize("link", ["replaces_id", "merged_into_id"])
def test_a_registration_that_is_somebody_elses_by_now_is_not_shown(link: str) -> None:
    event, person = make_event(), make_person()
    first, other = register(event, person), make_registration(event)
    seats.cancel(first, now=NOW, by="organiser")
    if link == "replaces_id":
        other.replaces_id = first.id
    else:
        first.merged_into_id = other.id

    with pytest.raises(refusals.PassedOn):
        register(event, person)


@pytest.mark.both_databases
def test_back_and_again_on_the_page(client: PageClient, outbox: Outbox) -> None:
    starts_at = utcnow() + timedelta(days=30)
    event = make_event(starts_at=starts_at, ends_at=starts_at + timedelta(hours=8))
    path = f"/evenements/{event.slug}/inscription"
    key = client.page(path).find("input", {"name": "key"})["value"]
    first = client.post(path, data=PERSON | {"key": key}).location
    client.post(f"{first}/annulation", data={"choice": "cancel"})

    again = client.post(path, data=PERSON | {"key": key})

    assert (again.status_code, again.location) == (303, first)
    assert "Votre inscription est annulée" in words(client.page(first))
    assert [m.letter for m in outbox()] == ["registrations/confirmed", "registrations/cancelled"]


def test_back_and_again_with_an_invitation_gives_no_new_reply(client: PageClient) -> None:
    starts_at = utcnow() + timedelta(days=30)
    event = make_event(starts_at=starts_at, ends_at=starts_at + timedelta(hours=8))
    invitation = make_invitation(make_guest(event))
    path = f"/invitation/{token_of(invitation)}/inscription"
    key = client.page(path).find("input", {"name": "key"})["value"]
    sent = PERSON | {"key": key, "comes": "y"}
    first = client.post(path, data=sent).location
    client.post(f"/invitation/{token_of(invitation)}/refus", data={"choice": "decline"})

    assert client.post(path, data=sent).location == first
    assert invitation.has_declined


def token_of(invitation: Invitation) -> str:
    return tokens.reveal(Invitation.PURPOSE, invitation.nonce)
