"""Guests who have not answered are told when the event is moved or cancelled; nobody is told twice."""

import pytest

from eventapp.extensions import db
from eventapp.invitations import links
from eventapp.invitations.models import Reply
from eventapp.outbox import rendering
from eventapp.outbox.letters import NothingToSay
from eventapp.registrations.models import Status
from tests.factories import NOW, make_guest, make_invitation, make_person, make_registration
from tests.pages import words

pytestmark = pytest.mark.usefixtures("in_november")

MOVE = {
    "starts_date": "2027-01-21",
    "starts_time": "09:00",
    "ends_date": "2027-01-21",
    "ends_time": "17:00",
    "venue_name": "Préfecture de région",
    "venue_postcode": "80000",
    "venue_city": "Amiens",
}


@pytest.fixture
def silent(event):
    """The one to be told, among a guest in every other state."""
    make_guest(event)
    make_invitation(make_guest(event), reply=Reply.DECLINED, replied_at=NOW)
    make_invitation(make_guest(event), revoked_at=NOW)
    make_invitation(make_guest(event, removed_at=NOW))
    cancelled = make_registration(event, status=Status.CANCELLED)
    make_invitation(make_guest(event), reply=Reply.ACCEPTED, replied_at=NOW, registration=cancelled)
    return make_invitation(make_guest(event, make_person(first_name="Zoé", last_name="Roy")))


@pytest.fixture
def registered(event):
    """One who accepted, and one who registered without their invitation."""
    accepted, alone = make_registration(event), make_person()
    make_invitation(make_guest(event), reply=Reply.ACCEPTED, replied_at=NOW, registration=accepted)
    make_invitation(make_guest(event, alone))
    return [accepted, make_registration(event, alone)]


def at(event, path):
    return f"/gestion/evenements/{event.slug}/{path}"


def sent(outbox):
    return sorted((message.to, message.letter) for message in outbox())


def expected(silent, registered, letter):
    people = [(person.email, f"registrations/{letter}") for person in registered]
    return sorted([*people, (silent.email, f"invitations/{letter}")])


@pytest.mark.parametrize("path", ["annulation", "deplacement"])
def test_the_page_counts_both_before(client, event, silent, registered, path):
    page = words(client.page(at(event, path)).main)

    assert "2 personnes inscrites et 1 invité sans réponse recevront un courriel" in page


def test_the_page_counts_guests_alone(client, event, silent):
    assert "1 invité sans réponse recevra un courriel" in words(client.page(at(event, "annulation")).main)


def test_cancelling_tells_each_once_even_pressed_twice(client, event, silent, registered, outbox):
    client.post(at(event, "annulation"), data={"reason": "Neige"})
    client.post(at(event, "annulation"), data={"reason": "Neige"})

    assert sent(outbox) == expected(silent, registered, "event_cancelled")
    assert "3 personnes sont prévenues" in words(client.page(at(event, "modification")).main)


def test_moving_tells_each_once_even_pressed_twice(client, event, silent, registered, outbox):
    client.post(at(event, "deplacement"), data=MOVE)
    client.post(at(event, "deplacement"), data=MOVE)

    assert sent(outbox) == expected(silent, registered, "event_moved")


def rendered(outbox):
    message = outbox()[0]
    with rendering.reading():
        return rendering.render(message)


def test_the_letter_of_a_move_carries_date_place_and_personal_link(client, event, silent, outbox):
    link = links.invitation(silent)
    client.post(at(event, "deplacement"), data=MOVE)
    letter = rendered(outbox)

    for text in (letter.text, letter.html):
        assert "eudi 21 janvier 2027" in text
        assert "Amiens" in text
        assert "Zoé ROY" in text
        assert link in text
    assert letter.contents.calendar is None


def test_the_letter_of_a_cancellation_gives_the_reason_and_asks_nothing(client, event, silent, outbox):
    client.post(at(event, "annulation"), data={"reason": "Neige"})
    letter = rendered(outbox)

    for text in (letter.text, letter.html):
        assert "Neige" in text
        assert "Vous n’avez plus à répondre" in text
    assert letter.contents.calendar is None


def test_a_move_then_a_cancellation_say_only_the_cancellation(client, event, silent, outbox):
    client.post(at(event, "deplacement"), data=MOVE)
    client.post(at(event, "annulation"), data={"reason": "Neige"})

    with pytest.raises(NothingToSay):
        rendered(outbox)


def test_whoever_answers_before_the_letter_leaves_is_not_told(client, event, silent, outbox):
    client.post(at(event, "deplacement"), data=MOVE)
    silent.reply, silent.replied_at = Reply.DECLINED, NOW
    db.session.commit()

    with pytest.raises(NothingToSay):
        rendered(outbox)
