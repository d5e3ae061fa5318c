from datetime import timedelta

import pytest

from eventapp.extensions import db
from eventapp.invitations import guest_list
from eventapp.invitations.listing import Choice
from eventapp.invitations.models import Guest, GuestKind, NamedAs, Reply
from eventapp.journal.models import Entry
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_guest,
    make_invitation,
    make_person,
    make_registration,
    make_structure,
    make_user,
)

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("in_november")


@pytest.fixture
def event():
    return make_event()


def returned(event, **facts):
    return make_guest(event, undeliverable_at=NOW, undeliverable_why="Boîte inconnue", **facts)


def test_another_address_empties_the_failure_and_sends_a_new_link(event, outbox):
    guest = returned(event)
    make_invitation(guest)

    assert guest_list.correct_address(guest, "juste@agents.example", now=NOW, by=make_user())

    assert (guest.undeliverable_at, guest.undeliverable_why) == (None, "")
    assert [message.to for message in outbox()] == ["juste@agents.example"]


def test_the_same_address_is_tried_once_more_with_the_same_link(event, outbox):
    guest = returned(event)
    invitation = make_invitation(guest)

    assert guest_list.correct_address(guest, guest.email, now=NOW, by=make_user())

    assert (guest.undeliverable_at, guest.invitation) == (None, invitation)
    assert len(outbox()) == 1


def test_nothing_leaves_for_whoever_is_not_invited(event, outbox):
    guest = returned(event)

    assert not guest_list.correct_address(guest, "juste@agents.example", now=NOW, by=make_user())
    assert (guest.undeliverable_at, outbox()) == (None, [])


def test_another_name_leaves_a_failed_address_failed(event):
    guest = returned(event)

    guest_list.correct(guest, make_person(email=guest.email, last_name="Autre"), now=NOW, by=make_user())

    assert guest.undeliverable_at == NOW


def test_who_comes_stays_on_the_list(event):
    coming, silent = make_guest(event), make_guest(event)
    make_invitation(coming, reply=Reply.ACCEPTED, replied_at=NOW, registration=make_registration(event))
    make_invitation(silent)
    choice = Choice(guests=(coming.id, silent.id))

    assert guest_list.remove_many(event, choice, now=NOW, by=make_user()) == 1
    assert db.session.scalars(Guest.of(event)).all() == [coming]
    assert silent.invitations[0].revoked_at == NOW


def test_a_structure_leaves_alone(event):
    structure = make_structure()
    mailbox = make_guest(event, make_person(structure=structure), kind=GuestKind.STRUCTURE, places=2)
    named = make_guest(event, named_by=mailbox, named_as=NamedAs.COLLEAGUE)
    make_invitation(named)

    guest_list.remove(mailbox, now=NOW, by=make_user())

    assert db.session.scalars(Guest.of(event)).all() == [named]
    assert named.invitation is not None


def test_a_category_is_given_to_those_who_have_another(event):
    category = make_category(event)
    guests = [make_guest(event, category=category), make_guest(event)]

    assert guest_list.categorise(event, guests, category, now=NOW, by=make_user()) == 1
    assert guest_list.categorise(event, guests, None, now=NOW, by=make_user()) == 2
    assert [guest.category for guest in guests] == [None, None]


def test_whoever_is_gone_is_taken_off_and_corrected_no_more(event, outbox):
    """Two of the team at once: the second one waited for the first, and read the guest before."""
    guest, by = returned(event, person=make_person(email="zoe@mairie.example")), make_user()
    make_invitation(guest)
    guest_list.remove(guest, now=NOW, by=by)

    guest_list.remove(guest, now=NOW + HOUR, by=by)
    with pytest.raises(guest_list.GuestGone):
        guest_list.correct_address(guest, guest.email, now=NOW + HOUR, by=by)
    with pytest.raises(guest_list.GuestGone):
        guest_list.correct_address(guest, "juste@agents.example", now=NOW + HOUR, by=by)

    assert (guest.removed_at, guest.email) == (NOW, "zoe@mairie.example")
    assert db.session.scalars(db.select(Entry.act)).all() == ["guest.removed"]
    assert outbox() == []
