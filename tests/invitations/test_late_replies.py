"""Links that die, events that end and clicks that come twice, between the page and the act."""

import threading
from datetime import timedelta

import pytest

from eventapp.accounts.models import User
from eventapp.events import lifecycle
from eventapp.events.models import Audience
from eventapp.extensions import db
from eventapp.invitations import answering, delegating, guest_list, links, naming, sending
from eventapp.invitations.models import Guest, GuestState
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.models import KeptMail, Message, State
from eventapp.registrations.models import Registration
from eventapp.registrations.people import Colleague
from tests.factories import NOW, make_event, make_guest, make_invitation, make_person, make_structure, make_user

LEA = Colleague(first_name="Léa", last_name="Martin", email="lea@agents.example")
ACTS = {
    "accept": lambda invitation: answering.accept(invitation, guest_list.person_of(invitation.guest), now=NOW),
    "decline": lambda invitation: answering.decline(invitation, now=NOW),
    "send instead": lambda invitation: naming.send_instead(invitation, LEA, now=NOW),
}
ACTS_OF_STRUCTURES = {
    "name": lambda invitation: delegating.name_colleagues(invitation, [make_person()], now=NOW),
    "answer": lambda invitation: delegating.answer_for(invitation, [make_person()], now=NOW),
    "nobody": lambda invitation: delegating.decline(invitation, now=NOW),
}


@pytest.fixture
def event():
    return make_event(audience=Audience.INVITED, closes_at=NOW + timedelta(days=1))


@pytest.fixture
def structure(event):
    itself = make_structure(name="France services de Laon")
    return make_invitation(delegating.invite_structure(event, itself, 2, "laon@france-services.example", NOW, None))


def removed_elsewhere(app, guest_id, user_id):
    """Another process takes a guest off the list, and commits."""

    def run():
        with app.app_context():
            guest_list.remove(db.session.get_one(Guest, guest_id), now=NOW, by=db.session.get_one(User, user_id))
            db.session.commit()
            db.session.remove()

    other = threading.Thread(target=run)
    other.start()
    other.join()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("act", ACTS | ACTS_OF_STRUCTURES)
def test_a_link_that_dies_before_the_lock_does_nothing(app, event, structure, act):
    """On SQLite whoever posts holds the database from the first look on."""
    invitation = make_invitation(make_guest(event)) if act in ACTS else structure
    by = make_user(event.organisation)
    db.session.commit()
    found, user_id = answering.find(links.token(invitation)), by.id
    guests, guest = db.session.query(Guest).count(), found.guest_id
    _ = found.guest.event.audience
    removed_elsewhere(app, guest, user_id)

    with pytest.raises(answering.NotAnswerable):
        (ACTS | ACTS_OF_STRUCTURES)[act](found)
    db.session.rollback()
    assert (db.session.query(Registration).count(), db.session.query(Guest).count()) == (0, guests)
    assert found.reply is None


def test_a_structure_may_decline_after_the_deadline_whomever_it_named(event, structure):
    (named,) = delegating.name_colleagues(structure, [make_person()], now=NOW)
    late = NOW + timedelta(days=2)

    assert answering.may_decline(event, late)
    delegating.decline(structure, now=late)

    assert structure.guest.state is GuestState.DECLINED
    assert named.removed_at == late


@pytest.mark.parametrize("seconds", [0, 50])
def test_two_clicks_send_one_invitation(client, event, outbox, time_machine, seconds):
    guest = make_guest(event)
    path = f"/gestion/evenements/{event.slug}/invites/{guest.id}/invitation"
    time_machine.move_to(NOW, tick=False)
    client.sign_in(make_user(event.organisation))
    client.post(path)
    time_machine.move_to(NOW + timedelta(seconds=seconds), tick=False)
    client.post(path)
    assert len(outbox()) == 1

    time_machine.move_to(NOW + timedelta(minutes=2), tick=False)
    client.post(path)
    assert len(outbox()) == 2


def test_what_failed_may_be_sent_again_at_once(client, event, outbox, in_november):
    guest = make_guest(event)
    path = f"/gestion/evenements/{event.slug}/invites/{guest.id}/invitation"
    client.sign_in(make_user(event.organisation))
    client.post(path)
    outbox()[0].state = State.FAILED
    client.post(path)

    assert len(outbox()) == 2


def test_two_clicks_correct_one_address(client, event, outbox, in_november):
    guest = make_invitation(make_guest(event)).guest
    client.sign_in(make_user(event.organisation))
    for _click in range(2):
        client.post(
            f"/gestion/evenements/{event.slug}/invites/{guest.id}/adresse", data={"email": "autre@agents.example"}
        )

    assert [mail.to for mail in outbox()] == ["autre@agents.example"]


@pytest.fixture
def waiting(app, monkeypatch, event):
    """An invitation that has not left."""
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)
    guest, by = make_guest(event), make_user(event.organisation)
    sending.invite(event, [guest], now=NOW, by=by)
    db.session.commit()
    return guest, by


def delivered(at=NOW):
    db.session.commit()
    deliver_due(now=at, limit=10)
    return db.session.query(KeptMail).count(), db.session.scalars(db.select(Message.state)).all()


@pytest.mark.parametrize("what", ["cancelled", "removed"])
def test_an_invitation_that_waits_does_not_leave_any_more(event, waiting, what):
    guest, by = waiting
    if what == "cancelled":
        lifecycle.cancel(event, reason="neige", now=NOW, by=by)
    else:
        guest_list.remove(guest, now=NOW, by=by)

    assert delivered() == (0, [State.DROPPED])


def test_an_invitation_waits_until_its_event_is_published_again(event, waiting):
    _guest, by = waiting
    lifecycle.withdraw(event, now=NOW, by=by)
    assert delivered() == (0, [State.QUEUED])

    lifecycle.publish(event, now=NOW, by=by)
    assert delivered(NOW + timedelta(minutes=1)) == (1, [State.SENT])
