"""Two clicks at once: one effect, one letter each, and never a crash, on both databases."""

import threading
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from eventapp.accounts.models import SignInLink
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import departures
from eventapp.invitations.campaign_models import Campaign, CampaignState
from eventapp.invitations.models import Guest, GuestImport, Invitation
from eventapp.journal.models import Entry
from eventapp.outbox.models import Message
from eventapp.registrations.models import Booking, Registration
from tests.faults.world import PREPARED, build, rules
from tests.pages import parse, words

CLICKS = 4
pytestmark = pytest.mark.both_databases


def count(table, *conditions):
    db.session.rollback()
    return db.session.scalar(db.select(db.func.count()).select_from(table).where(*conditions))


def at_once(app, side, endpoint, *, user=None, same=True):
    """The same request from several windows at the same instant; (status, place gone to or page) of each."""
    rule = next(rule for rule in rules(app, method="POST") if rule.endpoint == endpoint)
    path = side.path(app, rule)
    bodies = [side.body(endpoint)] * CLICKS if same else [side.body(endpoint) for _ in range(CLICKS)]
    clients = [client_of(app, user) for _ in range(CLICKS)]
    db.session.commit()
    barrier, answers = threading.Barrier(CLICKS), []

    def click(client, body):
        with app.app_context():
            barrier.wait(timeout=20)
            try:
                answer = client.post(path, data=body)
                answers.append((answer.status_code, answer.location or words(parse(answer))))
            except Exception as crash:
                answers.append((500, repr(crash)))

    threads = [threading.Thread(target=click, args=pair) for pair in zip(clients, bodies, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(answers) == CLICKS
    assert [answer for answer in answers if answer[0] >= 500] == []
    return answers


def client_of(app, user):
    client = FlaskClient(app, app.response_class)
    if user is not None:
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = user.fs_uniquifier, True
    return client


def acts(name):
    return count(Entry, Entry.act == name)


def test_publishing_twice(app):
    side = build()
    side.event.published_at = None
    revision = side.event.revision
    at_once(app, side, "events_organiser.do_publish", user=side.organiser)
    assert acts("event.published") == 1
    assert db.session.get(Event, side.event.id).revision == revision + 1


def test_cancelling_the_event_twice_tells_each_person_once(app):
    side = build()
    at_once(app, side, "events_organiser.do_cancel", user=side.organiser)
    assert acts("event.cancelled") == 1
    assert count(Message, Message.letter == "registrations/event_cancelled") == 2


def test_moving_twice_tells_each_person_once(app):
    side = build()
    at_once(app, side, "events_organiser.do_move", user=side.organiser)
    assert acts("event.moved") == 1
    assert count(Message, Message.letter == "registrations/event_moved") == 2


def test_applying_the_same_guest_file_twice(app):
    side = build()
    before = count(Guest)
    answers = at_once(app, side, "invitations_organiser.import_apply", user=side.organiser)
    assert count(Guest) == before + 2
    assert count(GuestImport) == 0
    assert 303 in [status for status, _text in answers]


def test_sending_a_campaign_twice(app):
    side = build()
    before = count(Campaign)
    answers = at_once(app, side, "invitations_organiser.send_campaign", user=side.organiser)
    assert count(Campaign) == before + 1
    assert len(set(answers)) == 1  # the same 303 to each
    assert acts("campaign.created") == 1


def test_two_workers_queue_a_campaign_once(app):
    side = build()
    at_once(app, side, "invitations_organiser.send_campaign", user=side.organiser)
    (number,) = db.session.scalars(db.select(Campaign.id).where(Campaign.state == CampaignState.SCHEDULED))
    db.session.rollback()
    barrier = threading.Barrier(CLICKS)

    def work():
        with app.app_context():
            barrier.wait(timeout=20)
            departures.advance(number, now=utcnow())
            db.session.commit()

    threads = [threading.Thread(target=work) for _ in range(CLICKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert count(Invitation, Invitation.guest_id == side.spare_guest.id) == 1
    assert count(Message, Message.to == side.spare_guest.email) == 1


def test_adding_the_same_guest_twice(app):
    side = build()
    before = count(Guest)
    answers = at_once(app, side, "invitations_organiser.new", user=side.organiser)
    assert count(Guest) == before + 1
    assert sorted(status for status, _text in answers) == [303, 422, 422, 422]


def test_accepting_an_invitation_twice(app):
    side = build()
    before = count(Registration)
    answers = at_once(app, side, "invitations.accept")
    assert count(Registration) == before + 1
    assert {status for status, _text in answers} == {303}
    assert count(Message, Message.letter == "registrations/confirmed", Message.state == "queued") == 1


def test_registering_twice_with_the_same_form(app):
    side = build()
    before = count(Registration)
    answers = at_once(app, side, "registrations.create")
    assert count(Registration) == before + 1
    assert len(set(answers)) == 1
    assert count(Message, Message.letter == "registrations/confirmed", Message.state == "queued") == 1


def test_registering_a_group_twice_with_the_same_form(app):
    """Of the group's two people, one was registered before."""
    side = build()
    before = count(Registration)
    answers = at_once(app, side, "registrations.create_party")
    assert count(Registration) == before + 1
    assert len(set(answers)) == 1
    letters = {name: count(Message, Message.letter == f"registrations/{name}") for name in ("party", "link")}
    assert letters == {"party": 1, "link": 1}


def test_accepting_an_offer_twice(app):
    side = build()
    at_once(app, side, "registrations.accept")
    assert db.session.get(Registration, side.waiting.id).is_confirmed
    assert count(Message, Message.to == side.waiting.email) == 1


def test_giving_up_twice(app):
    side = build()
    letters = count(Message)
    at_once(app, side, "registrations.withdraw")
    assert acts("registration.cancelled") == 1
    assert count(Message, Message.to == side.registration.email) <= letters + 1


def test_passing_a_place_on_twice(app):
    side = build()
    before = count(Registration)
    answers = at_once(app, side, "registrations.pass_on")
    assert len(set(answers)) == 1
    assert answers[0][0] == 303
    assert count(Registration) == before + 1
    assert (acts("registration.passed_on"), acts("registration.received")) == (1, 1)
    assert count(Message, Message.letter.in_(["registrations/passed_on", "registrations/received"])) == 2


def test_granting_a_request_twice(app):
    side = build()
    at_once(app, side, "registrations_organiser.accept_request", user=side.organiser)
    assert (acts("request.accepted"), acts("registration.cancelled")) == (1, 1)
    assert count(Message, Message.letter == "registrations/cancelled") == 1


def test_applying_an_allocation_twice_gives_each_seat_once(app):
    side = build()
    PREPARED["registrations_organiser.apply_allocation"](side)
    answers = at_once(app, side, "registrations_organiser.apply_allocation", user=side.organiser)
    assert len(set(answers)) == 1
    assert (acts("allocation.applied"), acts("booking.allocated")) == (1, 1)
    assert count(Booking, Booking.rank == 1) == 1


def test_announcing_an_allocation_twice_writes_once(app):
    side = build()
    PREPARED["registrations_organiser.announce_allocation"](side)
    at_once(app, side, "registrations_organiser.announce_allocation", user=side.organiser)
    assert acts("allocation.announced") == 1
    assert count(Message, Message.letter == "registrations/allocated") == 1


def test_using_the_same_team_invitation_twice(app):
    side = build()
    answers = at_once(app, side, "accounts.use_link")
    assert sorted(status for status, _text in answers) == [303, 410, 410, 410]
    assert db.session.get(SignInLink, side.link.id).used_at is not None


def test_inviting_the_same_colleague_twice(app):
    side = build()
    at_once(app, side, "accounts_organiser.invite", user=side.administrator)
    assert count(Message, Message.letter.startswith("accounts/")) == 1


def test_creating_the_same_event_twice(app):
    side = build()
    before = count(Event)
    answers = at_once(app, side, "events_organiser.create", user=side.organiser)
    assert count(Event) == before + 1
    assert sorted(status for status, _text in answers) == [303, 422, 422, 422]


@pytest.mark.parametrize(
    "endpoint",
    [
        "agenda_organiser.add_room", "agenda_organiser.add_session", "agenda_organiser.add_speaker",
        "agenda_organiser.do_copy_session", "agenda_organiser.remove_room", "agenda_organiser.remove_session",
        "agenda_organiser.cancel_session", "agenda_organiser.remove_speaker", "agenda_organiser.edit_session",
        "events_organiser.add_category", "events_organiser.remove_category", "events_organiser.do_duplicate",
        "events_organiser.publish_draft", "events_organiser.abandon_draft", "events_organiser.do_withdraw",
        "events_organiser.update", "letters_organiser.letter", "invitations_organiser.remove",
        "invitations_organiser.invite", "invitations_organiser.import_leave", "invitations_organiser.guest",
        "registrations_organiser.create_question", "registrations_organiser.retire_question",
        "registrations_organiser.move_question", "registrations_organiser.withdraw", "registrations_organiser.create",
        "registrations_organiser.do_promote",
        "registrations_organiser.cancel_many", "registrations_organiser.do_merge", "registrations_organiser.restore",
        "registrations_organiser.import_apply", "registrations_organiser.import_leave",
        "registrations_organiser.do_move", "registrations_organiser.write_note",
        "registrations_organiser.refuse_request", "outbox_organiser.resend",
    ],
)  # fmt: skip
def test_no_other_act_done_twice_crashes(app, endpoint):
    side = build()
    answers = at_once(app, side, endpoint, user=side.organiser)
    assert {status for status, _text in answers} & {302, 303}


@pytest.mark.parametrize("endpoint", ["accounts_organiser.change_role", "accounts_organiser.remove"])
def test_no_act_on_the_team_done_twice_crashes(app, endpoint):
    side = build()
    at_once(app, side, endpoint, user=side.administrator)


def test_an_offer_accepted_after_its_deadline_is_refused_in_one_sentence(app):
    side = build()
    side.waiting.offer_until = utcnow() - timedelta(seconds=1)
    at_once(app, side, "registrations.accept")
    assert not db.session.get(Registration, side.waiting.id).is_confirmed


def test_names_given_at_once_never_exceed_the_places_of_a_structure(app):
    """Of its five places one is taken; four windows name two people each."""
    side = build()
    answers = at_once(app, side, "invitations.names", same=False)
    assert sorted(status for status, _ in answers) == [303, 303, 422, 422]
    assert count(Guest, Guest.named_by_id == side.structure_invitation.guest_id) == 5
    assert acts("guest.named") == 4


def test_the_same_names_given_at_once_are_named_once(app):
    side = build()
    answers = at_once(app, side, "invitations.names")
    assert {status for status, _ in answers} == {303}
    assert acts("guest.named") == 2
    assert count(Message, Message.letter == "invitations/invitation") == 2
