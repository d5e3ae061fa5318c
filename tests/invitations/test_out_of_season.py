"""A letter whose event was withdrawn, cancelled or is over does not leave, and the board says why."""

from datetime import timedelta

import pytest

from eventapp.extensions import db
from eventapp.invitations import campaigns, departures, notices
from eventapp.invitations.campaign_models import CampaignRecipient, CampaignState
from eventapp.letters.models import LetterKind
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.models import Message, State
from tests.factories import ENDS, NOW, STARTS, make_event, make_guest, make_invitation, make_registration, make_user

REMINDER, PRACTICAL, THANKS, INVITATION = (
    LetterKind.REMINDER,
    LetterKind.PRACTICAL,
    LetterKind.THANKS,
    LetterKind.INVITATION,
)


@pytest.fixture(autouse=True)
def kept_here(app, monkeypatch):
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)


@pytest.fixture
def event():
    return make_event()


def person_for(event, kind):
    if kind in (PRACTICAL, THANKS):
        return make_registration(event)
    guest = make_guest(event)
    if kind is REMINDER:
        make_invitation(guest)
    return guest


def queued(event, kind, *, now=NOW):
    """A campaign whose one letter waits for its turn."""
    person = person_for(event, kind)
    order = campaigns.Order(kind=kind, segment={}, people=[person.id])
    campaign = campaigns.create(event, order, now=now, by=None)
    advance(now)
    return campaign


def advance(now):
    for number in departures.due(now=now):
        departures.advance(number, now=now)
    db.session.commit()


def delivered(at):
    db.session.commit()
    deliver_due(now=at, limit=10)
    db.session.expire_all()
    return [
        (message.state, message.what_happened.replace("\u00a0", " "))
        for message in db.session.scalars(db.select(Message))
    ]


WAITS = (State.QUEUED, "La rencontre n’est pas publiée. Nouvel essai automatique.")


@pytest.mark.parametrize(("kind", "now"), [(INVITATION, NOW), (REMINDER, NOW), (PRACTICAL, NOW), (THANKS, ENDS)])
def test_a_letter_of_a_withdrawn_event_waits_until_it_is_published_again(event, kind, now):
    queued(event, kind, now=now)
    event.published_at = None
    assert delivered(now) == [WAITS]

    event.published_at = NOW

    assert delivered(now + timedelta(minutes=1)) == [(State.SENT, "")]


@pytest.mark.parametrize(("kind", "now"), [(INVITATION, NOW), (REMINDER, NOW), (PRACTICAL, NOW), (THANKS, ENDS)])
def test_a_letter_of_a_cancelled_event_never_leaves(event, kind, now):
    queued(event, kind, now=now)
    event.cancelled_at = now

    assert delivered(now) == [(State.DROPPED, "Non envoyé : la rencontre est annulée.")]


@pytest.mark.parametrize(
    ("kind", "late", "why"),
    [
        (INVITATION, ENDS, "la rencontre est terminée"),
        (PRACTICAL, ENDS, "la rencontre est terminée"),
        (REMINDER, STARTS, "la date limite pour répondre est passée"),
    ],
)
def test_a_letter_that_waited_too_long_is_dropped(event, kind, late, why):
    queued(event, kind)

    assert delivered(late) == [(State.DROPPED, f"Non envoyé : {why}.")]


def test_until_the_last_moment_it_leaves(event):
    queued(event, INVITATION)

    assert delivered(ENDS - timedelta(seconds=1)) == [(State.SENT, "")]


def test_what_has_left_is_still_shown_once_the_event_is_over(client, event, time_machine):
    time_machine.move_to(NOW)
    queued(event, INVITATION)
    delivered(NOW)
    time_machine.move_to(ENDS)
    client.sign_in(make_user(event.organisation))
    message = db.session.scalars(db.select(Message)).one()

    page = client.page(f"/gestion/evenements/{event.slug}/courriels/{message.id}")

    assert page.select_one(".preview") is not None


def test_the_news_of_a_move_is_for_an_event_that_is_shown_and_to_come(event):
    make_invitation(make_guest(event))
    notices.event_moved(event, now=NOW)
    event.published_at = None
    assert delivered(NOW) == [WAITS]
    event.published_at = NOW

    assert delivered(ENDS) == [(State.DROPPED, "Non envoyé : la rencontre est terminée.")]


def test_the_rest_of_a_mailing_waits_while_its_event_is_withdrawn(event, monkeypatch):
    campaign = half_queued(event, monkeypatch)
    event.published_at = None

    advance(NOW)
    assert (campaign.state, db.session.query(Message).count()) == (CampaignState.RUNNING, 1)

    event.published_at = NOW
    advance(NOW)
    assert db.session.query(Message).count() == 2


def test_the_rest_of_a_mailing_is_stopped_when_its_event_is_cancelled(event, monkeypatch):
    campaign = half_queued(event, monkeypatch)
    event.cancelled_at = NOW

    advance(NOW)

    why = "on envoyé\u00a0: La rencontre est terminée ou annulée : elle n’invite plus."
    assert campaign.state is CampaignState.CANCELLED
    assert [row.left_out for row in campaign.recipients] == ["", f"n{why}"]
    assert [(m.state, m.last_error) for m in db.session.scalars(db.select(Message))] == [(State.DROPPED, f"N{why}")]


def half_queued(event, monkeypatch):
    """A campaign for two, of whom one has a letter."""
    monkeypatch.setattr(campaigns, "BATCH", 1)
    order = campaigns.Order(kind=INVITATION, segment={}, people=[make_guest(event).id, make_guest(event).id])
    campaign = campaigns.create(event, order, now=NOW, by=None)
    advance(NOW)
    rows = db.select(CampaignRecipient.message_id.is_not(None)).where(CampaignRecipient.campaign_id == campaign.id)
    assert sorted(db.session.scalars(rows)) == [False, True]
    return campaign
