"""The letters: first lines, links, calendar parts and their numbers."""

from collections.abc import Callable

import icalendar
import pytest

from eventapp.agenda.models import BookingMode
from eventapp.outbox.models import Message
from eventapp.outbox.rendering import render
from eventapp.registrations import links, notices, seats
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.sessions import session_changes
from tests.factories import NOW, make_event, make_person, make_registration, make_session

Outbox = Callable[[], list[Message]]


def calendar(message: Message) -> icalendar.Calendar:
    content = render(message).contents.calendar
    assert content is not None
    return icalendar.Calendar.from_ical(content)


def entry(message: Message) -> icalendar.Event:
    (event,) = calendar(message).walk("VEVENT")
    return event


def test_a_confirmation_says_state_date_and_place_first(outbox: Outbox) -> None:
    event = make_event(title="Rencontre régionale")
    session = make_session(event, booking=BookingMode.REQUIRED, title="Atelier")
    registration = seats.register(event, make_person(), sessions=[session], now=NOW)

    letter = render(outbox()[0])

    first = letter.text.splitlines()[:3]
    assert first == [
        "Votre place est confirmée.",
        "Jeudi 14 janvier 2027, 9\u00a0h – 17\u00a0h",
        "Préfecture de région, 59000 Lille",
    ]
    assert letter.subject == "Place confirmée\u00a0: Rencontre régionale"
    for part in (letter.text, letter.html):
        assert links.personal(registration) in part
        assert links.feed(registration) in part
        assert "Atelier" in part


def test_a_confirmation_carries_one_request_and_the_agenda(outbox: Outbox) -> None:
    event = make_event(sequence=3)
    registration = seats.register(event, make_person(), now=NOW)

    message = outbox()[0]

    assert calendar(message)["METHOD"] == "REQUEST"
    assert (entry(message)["UID"], entry(message)["SEQUENCE"]) == (event.calendar_uid, 3)
    assert entry(message)["ATTENDEE"] == f"mailto:{registration.email}"
    (attachment,) = render(message).contents.attachments
    assert attachment.filename == f"{event.slug}.ics"
    for secret in (links.token(registration), links.feed(registration)):
        assert secret.encode() not in attachment.content + (render(message).contents.calendar or b"")


def test_waiting_carries_no_calendar(outbox: Outbox) -> None:
    seats.register(make_event(capacity=0), make_person(), now=NOW)
    contents = render(outbox()[0]).contents
    assert (contents.calendar, contents.attachments) == (None, [])


def test_giving_up_sends_a_higher_cancel_and_coming_back_a_higher_request(outbox: Outbox) -> None:
    event, person = make_event(), make_person()
    seats.cancel(seats.register(event, person, now=NOW), now=NOW, by="person")
    seats.register(event, person, now=NOW)

    assert [(m.calendar_method, m.calendar_sequence) for m in outbox()] == [
        ("REQUEST", 0),
        ("CANCEL", 1),
        ("REQUEST", 2),
    ]
    assert calendar(outbox()[1])["METHOD"] == "CANCEL"
    assert entry(outbox()[1])["STATUS"] == "CANCELLED"


def test_a_shared_mailbox_keeps_its_entry_while_a_colleague_comes(outbox: Outbox) -> None:
    event, mailbox = make_event(), "accueil@agents.example"
    one, _ = (seats.register(event, make_person(email=mailbox), now=NOW) for _ in range(2))
    seats.cancel(one, now=NOW, by="person")
    assert [m.calendar_method for m in outbox()] == ["REQUEST", "REQUEST", None]


def test_a_move_tells_everybody_with_a_raised_sequence(outbox: Outbox) -> None:
    event = make_event()
    seats.register(event, make_person(), now=NOW)
    make_registration(event, status=Status.WAITING)
    make_registration(event, status=Status.CANCELLED)
    event.sequence += 1

    assert notices.people_to_tell(event) == 2
    assert notices.event_moved(event, now=NOW) == 2

    told = outbox()[1:]
    assert sorted((m.calendar_method or "", m.calendar_sequence) for m in told) == [("", None), ("REQUEST", 1)]
    assert "a changé" in render(told[0]).text


def test_a_cancelled_event_withdraws_the_entries(outbox: Outbox) -> None:
    event = make_event()
    seats.register(event, make_person(), now=NOW)
    event.cancelled_at, event.cancellation_reason = NOW, "Neige"
    event.sequence += 1

    assert notices.event_cancelled(event, now=NOW) == 1

    assert (outbox()[1].calendar_method, outbox()[1].calendar_sequence) == ("CANCEL", 1)
    assert "Neige" in render(outbox()[1]).text


@pytest.mark.parametrize("hostile", ["{{ 7*7 }}", "<b>x</b>", "a\\r\\nBcc: x@y.example"])
def test_hostile_names_stay_text(outbox: Outbox, hostile: str) -> None:
    seats.register(make_event(), make_person(last_name=hostile), now=NOW)
    letter = render(outbox()[0])
    assert hostile in letter.text.replace("\u00a0:", ":")
    assert "<b>X" not in letter.html.upper().replace("&LT;", "")


def test_every_letter_renders(outbox: Outbox) -> None:
    event = make_event(capacity=1, offer_hours=48)
    session = make_session(event, booking=BookingMode.REQUIRED)
    confirmed = seats.register(event, make_person(), sessions=[session], now=NOW)
    waiting = seats.register(event, make_person(), now=NOW)
    notices.link([confirmed, waiting], now=NOW)
    notices.promoted(confirmed, now=NOW)
    notices.event_moved(event, now=NOW)
    session.cancelled_at = NOW
    session_changes.release_session(session, now=NOW, by="organiser")
    notices.changed(confirmed, now=NOW)
    seats.cancel(confirmed, now=NOW, by="organiser", reason="Doublon")
    notices.event_cancelled(event, now=NOW)
    sent = outbox()

    rendered = []
    for message in sent:
        if message.letter in ("registrations/confirmed", "registrations/promoted", "registrations/waiting"):
            continue
        if message.letter in ("registrations/event_moved", "registrations/sessions_changed"):
            message.context = {"registration_id": waiting.id}
        if message.letter == "registrations/session_cancelled":
            message.context = {"registration_id": waiting.id, "session_id": session.id}
        letter = render(message)
        assert letter.subject
        assert "None" not in letter.text
        assert "« " not in letter.text + letter.html
        rendered.append(message.letter)
    assert {name.rpartition("/")[2] for name in rendered} >= {
        "offered",
        "link",
        "cancelled",
        "event_moved",
        "event_cancelled",
        "session_cancelled",
        "sessions_changed",
    }


def test_a_stale_letter_is_not_sent(outbox: Outbox) -> None:
    from eventapp.outbox.letters import NothingToSay

    registration: Registration = seats.register(make_event(), make_person(), now=NOW)
    seats.cancel(registration, now=NOW, by="person")
    with pytest.raises(NothingToSay):
        render(outbox()[0])
