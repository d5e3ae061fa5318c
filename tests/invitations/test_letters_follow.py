"""A guest's address is corrected while letters still wait for the old one."""

from dataclasses import replace

import pytest

from eventapp.extensions import db
from eventapp.invitations import campaigns, guest_list, links, notices, sending
from eventapp.invitations.campaigns import Order
from eventapp.invitations.progress import progress
from eventapp.journal.models import Entry
from eventapp.letters.models import LetterKind
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.keeping import Letter
from eventapp.outbox.models import KeptMail, State
from tests.factories import NOW, all_leave, make_event, make_guest, make_person, make_user
from tests.invitations.test_campaigns import run

OLD, NEW = "zoe@ancienne.example", "zoe@nouvelle.example"


@pytest.fixture
def event():
    return make_event(title="Rencontre")


@pytest.fixture
def user(event):
    return make_user(event.organisation)


@pytest.fixture
def guest(event):
    return make_guest(event, make_person(email=OLD))


def correct(guest, user, email=NEW):
    found = guest_list.correct(guest, replace(guest_list.person_of(guest), email=email), now=NOW, by=user)
    db.session.flush()
    return found


def going(outbox):
    return [(m.to, m.letter.rpartition("/")[2]) for m in outbox() if m.state in (State.QUEUED, State.HELD)]


def campaign_to(event, guest, user, kind=LetterKind.INVITATION):
    campaign = campaigns.create(event, Order(kind=kind, segment={}, people={guest.id}), now=NOW, by=user)
    db.session.commit()
    run()
    return campaign


@pytest.mark.both_databases
def test_an_invitation_that_waits_goes_to_the_new_address_with_the_new_link(
    app, monkeypatch, in_november, outbox, event, guest, user
):
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)
    sending.invite(event, [guest], now=NOW, by=user)
    old = links.token(guest.invitation)
    assert correct(guest, user)
    assert going(outbox) == [(NEW, "invitation")]
    db.session.commit()
    deliver_due(now=NOW, limit=10)

    (mail,) = db.session.scalars(db.select(KeptMail))
    said = Letter(mail.source).text
    assert mail.to == NEW
    assert links.token(guest.invitation) in said
    assert old not in said
    sentences = db.session.scalars(db.select(Entry.sentence)).all()
    assert any(s.endswith("qui n’était pas partie, ira à sa nouvelle adresse") for s in sentences)


def test_what_left_stays_and_another_link_leaves(outbox, event, guest, user):
    sending.invite(event, [guest], now=NOW, by=user)
    all_leave()
    correct(guest, user)
    assert [(m.to, m.state) for m in outbox()] == [(OLD, State.SENT), (NEW, State.QUEUED)]


def test_a_paused_campaign_keeps_its_letter_and_cancelling_it_invites_nobody(outbox, event, guest, user):
    campaign = campaign_to(event, guest, user)
    campaigns.pause(campaign, now=NOW, by=user)
    correct(guest, user)
    (message,) = outbox()
    assert (message.to, message.state, message.campaign_id) == (NEW, State.HELD, campaign.id)
    found = progress([campaign])[campaign.id]
    assert (found.people, found.going) == (1, 1)

    campaigns.cancel(campaign, now=NOW, by=user)
    assert guest.invitation is None


def test_never_a_second_letter_of_a_campaign(outbox, event, guest, user):
    campaign = campaign_to(event, guest, user)
    correct(guest, user)
    run()
    correct(guest, user, email="zoe@encore.example")
    run()
    assert [(m.to, m.campaign_id) for m in outbox()] == [("zoe@encore.example", campaign.id)]


def test_a_reminder_gives_way_to_the_new_link(outbox, event, guest, user):
    sending.invite(event, [guest], now=NOW, by=user)
    all_leave()
    campaign = campaign_to(event, guest, user, LetterKind.REMINDER)
    correct(guest, user)
    assert going(outbox) == [(NEW, "invitation")]
    assert progress([campaign])[campaign.id].letters == {State.DROPPED: 1}
    reminder = outbox()[1]
    assert reminder.last_error == "Non envoyé\u00a0: l’adresse a été corrigée, un autre courriel part à la nouvelle."


def test_news_of_the_event_follow(outbox, event, guest, user):
    sending.invite(event, [guest], now=NOW, by=user)
    all_leave()
    notices.event_moved(event, note="En visioconférence", now=NOW)
    db.session.flush()
    correct(guest, user)
    assert going(outbox) == [(NEW, "event_moved"), (NEW, "invitation")]
    news = outbox()[1]
    assert news.context["invitation_id"] == guest.invitation.id
    assert news.context["note"] == "En visioconférence"


def test_letters_of_others_at_that_address_stay(outbox, event, guest, user):
    other = make_guest(event, make_person(email=OLD))
    sending.invite(event, [guest, other], now=NOW, by=user)
    correct(guest, user)
    assert sorted(to for to, _ in going(outbox)) == [OLD, NEW]
