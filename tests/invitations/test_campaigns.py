from datetime import timedelta

import pytest

from eventapp.extensions import db
from eventapp.invitations import answering, audiences, campaigns, departures, sending
from eventapp.invitations.campaign_models import CampaignRecipient, CampaignState
from eventapp.invitations.models import GuestKind, GuestState, Invitation
from eventapp.letters.models import LetterKind
from eventapp.outbox import queue
from eventapp.outbox.models import Priority, State
from eventapp.registrations.models import Status
from tests.factories import (
    ENDS,
    NOW,
    STARTS,
    make_event,
    make_guest,
    make_invitation,
    make_person,
    make_registration,
    make_structure,
    make_user,
)

LATER = NOW + timedelta(hours=1)


def order(kind, people, **facts):
    return campaigns.Order(**{"kind": kind, "segment": {}, "people": [one.id for one in people]} | facts)


def launch(event, kind, people, *, now=NOW, **facts):
    """Made and queued, as by an organiser and a worker."""
    campaign = campaigns.create(event, order(kind, people, **facts), now=now, by=None)
    run(now)
    return campaign


def run(now=NOW):
    for number in departures.due(now=now):
        departures.advance(number, now=now)


def left_out(campaign):
    rows = db.session.scalars(db.select(CampaignRecipient).where(CampaignRecipient.campaign_id == campaign.id))
    return {(row.guest or row.registration).last_name: row.left_out for row in rows}


@pytest.mark.both_databases
def test_an_invitation_goes_to_those_who_were_read_and_nobody_else(outbox):
    event = make_event()
    read, _added_meanwhile = make_guest(event), make_guest(event)

    campaign = launch(event, LetterKind.INVITATION, [read])

    assert [(m.letter, m.to, m.priority, m.campaign_id) for m in outbox()] == [
        ("invitations/invitation", read.email, Priority.BULK, campaign.id)
    ]
    assert read.invitation.letter_id == campaign.letter_id
    assert campaign.state is CampaignState.RUNNING


@pytest.mark.both_databases
def test_a_second_step_queues_nobody_twice(outbox):
    event = make_event()
    guests = [make_guest(event) for _ in range(3)]
    launch(event, LetterKind.INVITATION, guests)

    run()
    run(NOW - timedelta(hours=1))
    run(LATER)

    assert len(outbox()) == 3


def test_the_letters_are_queued_in_batches(outbox, monkeypatch):
    monkeypatch.setattr(campaigns, "BATCH", 2)
    event = make_event()
    launch(event, LetterKind.INVITATION, [make_guest(event) for _ in range(3)])

    assert len(outbox()) == 2
    run()
    assert len(outbox()) == 3


def test_the_same_form_sent_twice_makes_one_campaign():
    event, guest = make_event(), None
    guest = make_guest(event)
    sent = order(LetterKind.INVITATION, [guest], key="abc")

    first = campaigns.create(event, sent, now=NOW, by=None)

    assert campaigns.create(event, sent, now=LATER, by=None) is first
    other = make_event()
    elsewhere = order(LetterKind.INVITATION, [make_guest(other)], key="abc")
    assert campaigns.create(other, elsewhere, now=NOW, by=None) is not first


def test_whoever_was_set_aside_gets_nothing_and_the_list_says_so(outbox):
    event = make_event()
    kept, aside = make_guest(event), make_guest(event)

    campaign = launch(event, LetterKind.INVITATION, [kept, aside], aside=[aside.id])

    assert [m.to for m in outbox()] == [kept.email]
    assert left_out(campaign) == {kept.last_name: "", aside.last_name: campaigns.SET_ASIDE}


def test_a_campaign_for_nobody_is_refused():
    event = make_event()
    invited = make_guest(event)
    make_invitation(invited)

    with pytest.raises(campaigns.NobodyToWriteTo):
        campaigns.create(event, order(LetterKind.INVITATION, [invited]), now=NOW, by=None)


def test_each_reason_to_get_no_invitation_is_told():
    event = make_event()
    structure = make_structure()
    make_invitation(make_guest(event, make_person(last_name="Invité")))
    make_guest(event, make_person(last_name="Rendu"), undeliverable_at=NOW)
    make_guest(event, make_person(last_name="Structure"), kind=GuestKind.STRUCTURE, places=2, structure=structure)
    known = make_person(last_name="Inscrite")
    make_guest(event, known)
    make_registration(event, known)
    make_guest(event, make_person(last_name="Attendue"))

    plan = audiences.plan(event, LetterKind.INVITATION, {}, now=NOW)

    assert {one.person.last_name: one.why_not for one in plan.people} == {
        "Invité": "déjà invité",
        "Rendu": "son adresse ne reçoit pas les courriels",
        "Structure": "une structure, qui a sa propre lettre",
        "Inscrite": "déjà inscrit à la rencontre",
        "Attendue": "",
    }
    assert [person.last_name for person in plan.recipients] == ["Attendue"]
    assert sum(plan.reasons.values()) == 4


def test_a_structure_is_invited_by_its_own_letter():
    event = make_event()
    mairie = make_guest(event, kind=GuestKind.STRUCTURE, places=2, structure=make_structure())
    make_guest(event)

    plan = audiences.plan(event, LetterKind.STRUCTURE, {}, now=NOW)

    assert plan.recipients == [mairie]
    assert plan.reasons == {"une personne, et non une structure": 1}


def test_a_reminder_goes_only_to_the_silent(outbox):
    event = make_event()
    silent, accepted, declined, stopped = (
        make_guest(event, make_person(last_name=name)) for name in ("Silence", "Oui", "Non", "Assez")
    )
    for guest in (silent, accepted, declined, stopped):
        make_invitation(guest)
    make_guest(event, make_person(last_name="Liste"))
    stopped.reminders_stopped_at = NOW
    answering.accept(accepted.invitation, make_person(last_name="Oui", email=accepted.email), now=NOW)
    answering.decline(declined.invitation, now=NOW)
    before = len(outbox())

    plan = audiences.plan(event, LetterKind.REMINDER, {}, now=NOW)
    launch(event, LetterKind.REMINDER, plan.recipients)

    assert [(m.letter, m.to) for m in outbox()[before:]] == [("invitations/reminder", silent.email)]
    assert {one.person.last_name: one.why_not for one in plan.left_out} == {
        "Oui": "déjà inscrit à la rencontre",
        "Non": "a déjà répondu",
        "Assez": "ne veut plus de relances",
        "Liste": "pas encore invité",
    }


def test_whoever_answers_between_the_list_and_its_date_is_left_out(outbox):
    event = make_event()
    quick, slow = make_guest(event), make_guest(event)
    for guest in (quick, slow):
        make_invitation(guest)
    campaign = launch(event, LetterKind.REMINDER, [quick, slow], due_at=LATER)
    assert outbox() == []
    answering.decline(quick.invitation, now=NOW)

    run(LATER)

    assert [m.to for m in outbox() if m.letter == "invitations/reminder"] == [slow.email]
    assert left_out(campaign)[quick.last_name] == "a déjà répondu"


def test_nobody_is_reminded_twice_in_a_day():
    event = make_event()
    guest = make_guest(event)
    make_invitation(guest)
    launch(event, LetterKind.REMINDER, [guest])

    again = audiences.plan(event, LetterKind.REMINDER, {}, now=LATER)
    tomorrow = audiences.plan(event, LetterKind.REMINDER, {}, now=NOW + timedelta(days=1))

    assert again.reasons == {"déjà relancé il y a moins d’un jour": 1}
    assert tomorrow.recipients == [guest]


def test_nobody_is_reminded_of_an_invitation_that_has_not_left():
    event = make_event()
    guest = make_guest(event)
    launch(event, LetterKind.INVITATION, [guest])

    assert audiences.plan(event, LetterKind.REMINDER, {}, now=LATER).reasons == {
        "son invitation n’est pas encore partie": 1
    }


def test_the_practical_note_goes_to_those_who_have_a_place(outbox):
    event = make_event()
    seated = make_registration(event)
    make_registration(event, status=Status.WAITING)
    make_registration(event, status=Status.CANCELLED)

    plan = audiences.plan(event, LetterKind.PRACTICAL, {}, now=NOW)
    launch(event, LetterKind.PRACTICAL, plan.recipients)

    assert [(m.letter, m.to) for m in outbox()] == [("invitations/practical", seated.email)]
    assert plan.reasons == {"en attente de place": 1}


def test_registered_people_are_chosen_by_their_departement():
    event = make_event()
    aisne = make_registration(event, make_person(structure=make_structure(departement_code="02")))
    make_registration(event, make_person(structure=make_structure(departement_code="59")))

    assert audiences.plan(event, LetterKind.PRACTICAL, {"departement": "02"}, now=NOW).recipients == [aisne]


@pytest.mark.parametrize(
    ("kind", "facts", "due_at", "refusal"),
    [
        (LetterKind.INVITATION, {"published_at": None}, None, sending.NotPublished),
        (LetterKind.INVITATION, {"cancelled_at": NOW}, None, sending.TooLate),
        (LetterKind.INVITATION, {}, ENDS, sending.TooLate),
        (LetterKind.INVITATION, {}, NOW, campaigns.BadDate),
        (LetterKind.INVITATION, {}, NOW + timedelta(days=900), campaigns.BadDate),
        (LetterKind.REMINDER, {"closes_at": LATER}, LATER, campaigns.NotNow),
        (LetterKind.THANKS, {}, None, campaigns.NotNow),
        (LetterKind.THANKS, {"cancelled_at": NOW}, STARTS, campaigns.NotNow),
    ],
)
def test_a_letter_out_of_season_is_refused(kind, facts, due_at, refusal):
    event = make_event(**facts)
    people = [make_guest(event)] if kind in audiences.TO_GUESTS else [make_registration(event)]

    with pytest.raises(refusal):
        campaigns.create(event, order(kind, people, due_at=due_at), now=NOW, by=None)


def test_a_campaign_whose_season_has_passed_does_not_leave(outbox):
    event = make_event()
    guest = make_guest(event)
    campaign = launch(event, LetterKind.INVITATION, [guest], due_at=LATER)
    event.cancelled_at = NOW

    run(LATER)

    assert outbox() == []
    assert campaign.state is CampaignState.CANCELLED
    assert left_out(campaign)[guest.last_name].startswith("non envoyé\u00a0: La rencontre est terminée")


@pytest.mark.both_databases
def test_a_pause_holds_what_has_not_left_and_resuming_lets_it_go(outbox):
    event = make_event()
    campaign = launch(event, LetterKind.INVITATION, [make_guest(event), make_guest(event)])
    sent = outbox()[0]
    sent.state, sent.sent_at = State.SENT, NOW

    campaigns.pause(campaign, now=NOW, by=make_user())
    db.session.commit()

    assert [m.state for m in outbox()] == [State.SENT, State.HELD]
    assert queue.due(LATER) == 0
    campaigns.resume(campaign, now=NOW, by=make_user())
    assert [m.state for m in outbox()] == [State.SENT, State.QUEUED]
    assert campaign.state is CampaignState.RUNNING


def test_a_letter_that_the_server_gave_back_during_a_pause_waits_with_the_others(outbox):
    event = make_event()
    campaign = launch(event, LetterKind.INVITATION, [make_guest(event)])
    (message,) = outbox()
    message.state = State.SENDING
    campaigns.pause(campaign, now=NOW, by=None)
    message.state = State.QUEUED

    run()

    assert outbox()[0].state is State.HELD


def test_a_campaign_paused_before_its_date_leaves_only_when_resumed(outbox):
    event = make_event()
    campaign = launch(event, LetterKind.INVITATION, [make_guest(event)], due_at=LATER)
    campaigns.pause(campaign, now=NOW, by=None)
    run(LATER)
    assert outbox() == []

    campaigns.resume(campaign, now=LATER, by=None)
    run(LATER)

    assert len(outbox()) == 1


@pytest.mark.both_databases
def test_cancelling_drops_what_has_not_left_and_invites_nobody_by_it(outbox):
    event = make_event()
    told, untold = make_guest(event), make_guest(event)
    campaign = launch(event, LetterKind.INVITATION, [told, untold])
    sent = outbox()[0]
    sent.state, sent.sent_at = State.SENT, NOW
    campaigns.pause(campaign, now=NOW, by=None)

    campaigns.cancel(campaign, now=NOW, by=make_user())
    run(LATER)

    assert [m.state for m in outbox()] == [State.SENT, State.DROPPED]
    assert [told.state, untold.state] == [GuestState.SILENT, GuestState.NOT_INVITED]
    assert campaign.state is CampaignState.CANCELLED
    with pytest.raises(campaigns.AlreadyOver):
        campaigns.pause(campaign, now=NOW, by=None)


def test_somebody_dropped_by_a_cancelled_campaign_may_be_invited_by_another(outbox):
    event = make_event()
    guest = make_guest(event)
    campaigns.cancel(launch(event, LetterKind.INVITATION, [guest]), now=NOW, by=None)

    launch(event, LetterKind.INVITATION, [guest], now=LATER)

    assert [m.state for m in outbox()] == [State.DROPPED, State.QUEUED]
    assert len(db.session.scalars(db.select(Invitation)).all()) == 2


def test_a_scheduled_campaign_that_is_cancelled_never_leaves(outbox):
    event = make_event()
    guest = make_guest(event)
    campaign = launch(event, LetterKind.INVITATION, [guest], due_at=LATER)

    campaigns.cancel(campaign, now=NOW, by=None)
    run(LATER)

    assert outbox() == []
    assert left_out(campaign) == {guest.last_name: campaigns.CANCELLED}


def test_a_campaign_ends_when_its_last_letter_is_dealt_with(outbox):
    event = make_event()
    campaign = launch(event, LetterKind.INVITATION, [make_guest(event)])
    run()
    assert campaign.state is CampaignState.RUNNING
    outbox()[0].state = State.FAILED

    run(LATER)

    assert (campaign.state, campaign.ended_at) == (CampaignState.DONE, LATER)
    assert departures.due(now=LATER) == []
