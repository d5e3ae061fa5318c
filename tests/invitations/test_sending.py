from datetime import timedelta

import pytest

from eventapp import tokens
from eventapp.extensions import db
from eventapp.invitations import answering, guest_list, links, sending
from eventapp.invitations.models import GuestState, Invitation
from eventapp.letters import writing
from eventapp.letters.models import Letter, LetterKind
from eventapp.outbox.models import Priority
from eventapp.registrations.people import Person
from tests.factories import (
    ENDS,
    NOW,
    make_event,
    make_guest,
    make_invitation,
    make_person,
    make_registration,
    make_user,
)


@pytest.mark.both_databases
def test_each_guest_not_yet_invited_gets_one_letter_with_a_link_of_their_own(outbox):
    event = make_event()
    guests = [make_guest(event), make_guest(event)]
    make_invitation(make_guest(event))

    assert sending.invite(event, sending.not_yet_invited(event), now=NOW, by=None) == 2

    assert [(m.letter, m.to, m.priority) for m in outbox()] == [
        ("invitations/invitation", guest.email, Priority.BULK) for guest in guests
    ]
    assert len({guest.invitation.digest for guest in guests}) == 2


def test_inviting_twice_sends_nothing_more(outbox):
    event = make_event()
    guest = make_guest(event)
    sending.invite(event, [guest], now=NOW, by=None)

    assert sending.invite(event, [guest], now=NOW, by=None) == 0
    assert len(outbox()) == 1


def test_a_draft_invites_nobody():
    event = make_event(published_at=None)

    with pytest.raises(sending.NotPublished):
        sending.invite(event, [make_guest(event)], now=NOW, by=None)


@pytest.mark.parametrize("facts", [{"cancelled_at": NOW}, {}])
def test_an_event_cancelled_or_over_invites_nobody(facts):
    event = make_event(**facts)

    with pytest.raises(sending.TooLate):
        sending.invite(event, [make_guest(event)], now=ENDS if not facts else NOW, by=None)


def test_the_database_keeps_no_usable_link():
    event = make_event()
    guest = make_guest(event)
    sending.invite(event, [guest], now=NOW, by=None)
    token = links.token(guest.invitation)

    row = db.session.execute(db.select(Invitation.__table__)).mappings().one()

    assert token not in str(dict(row))
    assert row["digest"] == tokens.digest(token)


@pytest.mark.both_databases
def test_a_corrected_address_kills_the_old_link_and_sends_a_new_one(outbox):
    event, user = make_event(), make_user()
    guest = make_guest(event)
    old = make_invitation(guest)

    sent = guest_list.correct(guest, _with_email(guest, "juste@france-services.example"), now=NOW, by=user)

    assert sent
    assert answering.find(links.token(old)) is None
    assert answering.find(links.token(guest.invitation)) is guest.invitation
    assert [m.to for m in outbox()] == ["juste@france-services.example"]


def test_correcting_a_name_sends_nothing(outbox):
    event = make_event()
    guest = make_guest(event)
    invitation = make_invitation(guest)
    person = Person(first_name="Camille", last_name="Lefèvre", email=guest.email)

    assert guest_list.correct(guest, person, now=NOW, by=make_user()) is False
    assert outbox() == []
    assert guest.invitation is invitation


def test_a_correction_keeps_the_reply():
    event = make_event()
    guest = make_guest(event)
    answering.decline(make_invitation(guest), reason="en congé", now=NOW)

    guest_list.correct(guest, _with_email(guest, "autre@france-services.example"), now=NOW, by=make_user())

    assert guest.state is GuestState.DECLINED
    assert guest.invitation.decline_reason == "en congé"


def test_the_same_person_at_the_same_address_is_on_the_list_once():
    event = make_event()
    make_guest(event, Person(first_name="Élodie", last_name="N’Guyen", email="e@agents.example"))

    with pytest.raises(guest_list.AlreadyGuest):
        guest_list.add(
            event, Person(first_name="elodie", last_name="N'GUYEN", email="E@agents.example"), now=NOW, by=None
        )


def test_two_colleagues_may_share_a_mailbox():
    event = make_event()
    make_guest(event, make_person(email="accueil@agents.example"))

    guest_list.add(event, make_person(email="accueil@agents.example"), now=NOW, by=None)

    assert len(sending.not_yet_invited(event)) == 2


def test_removing_a_guest_kills_their_link():
    guest = make_guest(make_event())
    token = links.token(make_invitation(guest))

    guest_list.remove(guest, now=NOW, by=make_user())

    assert answering.find(token) is None


def test_a_guest_who_is_registered_is_not_removed():
    event = make_event()
    guest = make_guest(event)
    make_invitation(guest, registration=make_registration(event))

    with pytest.raises(guest_list.HasReplied):
        guest_list.remove(guest, now=NOW, by=make_user())


def test_a_letter_already_sent_keeps_its_text(outbox):
    event, user = make_event(), make_user()
    writing.write(event, LetterKind.INVITATION, "Objet", "Premier texte", now=NOW, by=user)
    sending.invite(event, [make_guest(event)], now=NOW, by=user)
    writing.write(event, LetterKind.INVITATION, "Objet", "Second texte", now=NOW + timedelta(hours=1), by=user)
    sending.invite(event, [make_guest(event)], now=NOW, by=user)

    versions = [db.session.get(Letter, m.context["letter_id"]).body for m in outbox()]

    assert versions == ["Premier texte", "Second texte"]


def test_saving_the_same_letter_again_makes_no_new_version():
    event, user = make_event(), make_user()
    first = writing.write(event, LetterKind.INVITATION, "Objet", "Texte", now=NOW, by=user)

    assert writing.write(event, LetterKind.INVITATION, "Objet", "Texte", now=NOW, by=user) is first


def _with_email(guest, email):
    return Person(first_name=guest.first_name, last_name=guest.last_name, email=email)
