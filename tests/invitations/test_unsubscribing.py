import pytest

from eventapp.extensions import db
from eventapp.invitations import audiences, guest_list, links, unsubscribing
from eventapp.invitations.guest_list import Newcomer
from eventapp.invitations.models import GuestState
from eventapp.journal.models import Entry
from eventapp.letters.models import LetterKind
from tests.factories import NOW, make_event, make_guest, make_invitation, make_user
from tests.pages import parse, words

pytestmark = pytest.mark.usefixtures("in_november")

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def guest():
    invited = make_guest(make_event())
    make_invitation(invited)
    return invited


def address(guest):
    return f"/desinscription/{links.token(guest.invitations[0])}"


@pytest.mark.both_databases
def test_one_click_stops_reminders_and_declines_nothing(csrf_client, guest):
    answer = csrf_client.post(address(guest), data=ONE_CLICK)

    assert answer.status_code == 200  # a redirect is not followed by mail programs (RFC 8058)
    assert "Vous ne recevez plus de relances" in words(parse(answer).main)
    assert guest.reminders_stopped_at is not None
    assert guest.state is GuestState.SILENT
    assert audiences.plan(guest.event, LetterKind.REMINDER, {}, now=NOW).recipients == []


def test_the_click_may_come_as_multipart_and_twice(csrf_client, guest):
    for _ in range(2):
        answer = csrf_client.post(address(guest), data=ONE_CLICK, content_type="multipart/form-data")
        assert answer.status_code == 200

    assert [entry.act for entry in db.session.scalars(db.select(Entry))] == ["guest.reminders_stopped"]


def test_looking_changes_nothing(client, guest):
    page = client.page(address(guest))
    client.head(address(guest))

    assert guest.reminders_stopped_at is None
    assert [words(label) for label in page.select("main label")] == [
        "Ne plus recevoir de relances",
        "Recevoir une relance si je n’ai pas répondu",
    ]


def test_pressing_the_button_without_choosing_changes_nothing(client, guest):
    """What a robot does that presses the first button of every page."""
    answer = client.post(address(guest), data={})

    assert answer.status_code == 422
    assert guest.reminders_stopped_at is None


def test_by_hand_it_takes_the_page_s_own_form(csrf_client, guest):
    assert csrf_client.post(address(guest), data={"choice": "stop"}).status_code == 422
    assert guest.reminders_stopped_at is None
    token = csrf_client.page(address(guest)).select_one("[name=csrf_token]")["value"]

    answer = csrf_client.post(address(guest), data={"choice": "stop", "csrf_token": token})

    assert (answer.status_code, answer.location) == (303, address(guest))
    assert guest.reminders_stopped_at is not None


def test_they_may_change_their_mind(client, guest):
    client.post(address(guest), data=ONE_CLICK)

    client.post(address(guest), data={"choice": "keep"})

    assert guest.reminders_stopped_at is None


def test_the_organiser_sees_who_wants_no_reminders(client, guest):
    guest.reminders_stopped_at = NOW
    client.sign_in(make_user(guest.event.organisation))

    page = client.page(f"/gestion/evenements/{guest.event.slug}/invites/{guest.id}")

    assert "n’en veut plus depuis le lundi 2 novembre 2026" in words(page.main)


def test_the_link_of_a_corrected_address_stops_nobody_else_s_reminders(client, guest):
    old = address(guest)
    guest.invitations[0].revoked_at = NOW
    guest.email = guest.email_folded = "corrigee@agents.example"
    make_invitation(guest)

    page = client.page(old)
    client.post(old, data=ONE_CLICK)

    assert "ne reçoit plus de relances" in words(page.main)
    assert unsubscribing.receives_reminders(guest.invitation)


@pytest.mark.both_databases
def test_whoever_is_removed_and_added_again_still_wants_no_reminders(client, guest):
    client.post(address(guest), data=ONE_CLICK)
    person, by = guest_list.person_of(guest), make_user(guest.event.organisation)
    guest_list.remove(guest, now=NOW, by=by)

    by_hand = guest_list.add(guest.event, person, now=NOW, by=by)
    guest_list.remove(by_hand, now=NOW, by=by)
    guest_list.add_many(guest.event, [Newcomer(person)], now=NOW, by=by)
    of_another_event = guest_list.add(make_event(slug="autre"), person, now=NOW, by=by)

    assert guest.reminders_stopped_at is not None
    assert by_hand.reminders_stopped_at == guest.reminders_stopped_at
    assert guest_list.find(guest.event, person).reminders_stopped_at == guest.reminders_stopped_at
    assert of_another_event.reminders_stopped_at is None


def test_the_link_that_they_had_before_still_stops_and_resumes(client, guest):
    old, person, by = address(guest), guest_list.person_of(guest), make_user(guest.event.organisation)
    guest_list.remove(guest, now=NOW, by=by)
    again = guest_list.add(guest.event, person, now=NOW, by=by)

    client.post(old, data=ONE_CLICK)
    assert again.reminders_stopped_at is not None
    client.post(old, data={"choice": "keep"})
    assert again.reminders_stopped_at is None
    assert unsubscribing.stopped(guest.event) == {}


def test_a_wrong_token_is_found_nowhere(client):
    assert client.get("/desinscription/" + "a" * 32).status_code == 404
    assert client.post("/desinscription/" + "a" * 32, data=ONE_CLICK).status_code == 404
