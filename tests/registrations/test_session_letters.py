"""The letters about a seat in a session, in text and in HTML."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from eventapp.agenda.models import BookingMode, Session
from eventapp.events.models import Event
from eventapp.outbox.letters import NothingToSay
from eventapp.outbox.models import Message
from eventapp.outbox.rendering import render
from eventapp.registrations import links, seats
from eventapp.registrations.models import Registration
from eventapp.registrations.sessions import programme_changes, session_waiting
from tests.factories import NOW, make_event, make_person, make_session

Outbox = Callable[[], list[Message]]
HOUR = timedelta(hours=1)


def workshop(event: Event, title: str, **facts: object) -> Session:
    return make_session(event, title=title, **{"booking": BookingMode.REQUIRED, "capacity": 1} | facts)


def register(event: Event, *sessions: Session) -> Registration:
    return seats.register(event, make_person(), sessions=sessions, now=NOW)


def text_of(message: Message) -> str:
    """Without the spaces that fold lines; the HTML holds no less and no stray spacing."""
    letter = render(message)
    assert "« " not in letter.text + letter.html
    assert "None" not in letter.text
    return " ".join(letter.text.split())


def offered(event: Event, outbox: Outbox) -> tuple[Registration, Message]:
    one, two = workshop(event, "Accueil"), workshop(event, "Budget")
    first, second = register(event, one), register(event, two)
    seats.change_sessions(first, [one], beside=[two], now=NOW, by="person")
    seats.change_sessions(second, [], now=NOW, by="person")
    return first, next(m for m in outbox() if m.letter == "registrations/session_offered")


def test_an_offer_names_both_sessions_and_the_deadline(outbox: Outbox) -> None:
    registration, message = offered(make_event(), outbox)
    assert render(message).subject == "À vous de choisir\u00a0: Budget"
    text = text_of(message)
    assert "répondez avant le mardi 3 novembre 2026 à 10 h." in text
    assert "Vous tenez déjà « Accueil » à la même heure : choisissez l’une ou l’autre" in text
    assert "Budget : place proposée jusqu’au mardi 3 novembre 2026 à 10 h" in text
    for part in (render(message).text, render(message).html):
        assert links.personal(registration) in part


def test_an_offer_that_was_answered_is_not_sent(outbox: Outbox) -> None:
    registration, message = offered(make_event(), outbox)
    session_waiting.decline_seat(registration.live_bookings[-1], now=NOW)
    with pytest.raises(NothingToSay):
        render(message)


def test_an_offer_without_answer_says_what_is_kept(outbox: Outbox) -> None:
    event = make_event()
    offered(event, outbox)
    seats.capacities_changed(event, now=NOW + 24 * HOUR)
    message = outbox()[-1]
    assert render(message).subject == "Place laissée sans réponse\u00a0: Budget"
    assert "Vous gardez « Accueil »." in text_of(message)


def test_a_seat_that_is_freed_is_told(outbox: Outbox) -> None:
    event = make_event()
    session = workshop(event, "Accueil")
    holder = register(event, session)
    register(event, session)
    assert "Accueil : sur liste d’attente (1re position)" in text_of(outbox()[-1])

    seats.change_sessions(holder, [], now=NOW, by="person")

    message = next(m for m in outbox() if m.letter == "registrations/session_promoted")
    assert render(message).subject == "Une place s’est libérée\u00a0: Accueil"
    assert "votre place y est maintenant réservée." in text_of(message)
    assert "Accueil : place réservée" in text_of(message)


def test_a_session_moved_onto_another_asks_to_choose(outbox: Outbox) -> None:
    event = make_event()
    one, two = workshop(event, "Accueil"), workshop(event, "Budget", starts_at=event.starts_at + 2 * HOUR)
    register(event, one, two)
    hours = {"starts_at": one.starts_at, "ends_at": one.ends_at}

    programme_changes.edit_session(two, hours, cast=None, seen=None, now=NOW, by=None)

    assert programme_changes.in_two_places(two) == 1
    assert "à la même heure que « Accueil », que vous avez aussi réservée" in text_of(outbox()[-1])


def test_a_session_that_moves_takes_along_seats_and_ranks(outbox: Outbox) -> None:
    event = make_event()
    session = workshop(event, "Accueil")
    register(event, session)
    register(event, session)
    before = len(outbox())

    later = {"starts_at": session.starts_at + HOUR, "ends_at": session.ends_at + HOUR}
    programme_changes.edit_session(session, later, cast=None, seen=None, now=NOW, by=None)

    holder, waiting = (text_of(message) for message in outbox()[before:])
    assert "change d’horaire ou de salle. Votre réservation vous suit." in holder
    assert "change d’horaire ou de salle. Votre rang dans la liste d’attente vous suit." in waiting
