"""The next thing to do, from the state of the event and the calendar."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.events.models import Audience, Event
from eventapp.outbox.models import Message, State
from eventapp.registrations.models import Booking, Status
from eventapp.statistics.figures import figures
from eventapp.statistics.next_steps import Step, at_rest, deadline_in_words, next_steps
from tests.factories import (
    ENDS,
    NOW,
    STARTS,
    make_event,
    make_guest,
    make_invitation,
    make_question,
    make_registration,
    make_session,
    save,
)  # fmt: skip


def steps(event: Event, now: datetime = NOW) -> list[Step]:
    return next_steps(event, figures(event, now=now), now=now)


def first(event: Event, now: datetime = NOW) -> str:
    return steps(event, now)[0].sentence.replace("\xa0", " ")


def ready_event(**facts: Any) -> Event:
    """Published, with a programme and a guest who has answered: nothing to do."""
    event = make_event(**facts)
    make_session(event)
    make_invitation(make_guest(event), reply="accepted", replied_at=NOW)
    return event


def test_a_draft_is_composed_then_published_then_guests_come() -> None:
    event = make_event(published_at=None)

    assert [step.endpoint for step in steps(event)] == [
        "agenda_organiser.programme",
        "events_organiser.publish",
        "invitations_organiser.import_file",
    ]
    make_session(event)
    assert first(event) == "l’événement est un brouillon : vous seuls le voyez."


def test_an_event_by_invitation_needs_guests() -> None:
    event = make_event(audience=Audience.INVITED)
    make_session(event)

    assert first(event) == "personne n’est encore sur la liste des invités."


def test_a_public_event_with_people_needs_no_guests() -> None:
    event = make_event()
    make_session(event)
    make_registration(event)

    assert steps(event) == []


def test_guests_wait_for_their_invitation() -> None:
    event = ready_event()
    make_guest(event)
    make_guest(event)

    assert first(event) == "2 invités attendent leur invitation."


def test_the_silent_are_named_when_the_deadline_is_near() -> None:
    event = ready_event(closes_at=NOW + timedelta(days=9))
    make_invitation(make_guest(event))

    assert steps(event, NOW - timedelta(days=30)) == []
    assert first(event) == "1 invité n’a pas répondu, la date limite est dans 9 jours."
    assert steps(event)[0].values == {"lettre": "relance"}
    assert steps(event, NOW + timedelta(days=10)) == []


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (timedelta(hours=1), "aujourd’hui à 11 h"),
        (timedelta(hours=15), "demain"),
        (timedelta(days=9), "dans 9 jours"),
    ],
)
def test_days_are_counted_in_the_zone(after: timedelta, words: str) -> None:
    assert deadline_in_words(NOW + after, make_event(), now=NOW).replace("\xa0", " ") == words


def test_a_full_event_has_a_waiting_list_to_look_at() -> None:
    event = ready_event(capacity=1)
    make_registration(event)
    make_registration(event, status=Status.WAITING)

    assert first(event) == "1 personne attend une place, toutes sont prises."


def test_all_who_wait_are_counted_as_in_their_list() -> None:
    event = ready_event(capacity=1)
    make_registration(event, status=Status.WAITING, offer_until=NOW + timedelta(days=1))
    make_registration(event, status=Status.WAITING)

    assert first(event) == "2 personnes attendent une place, toutes sont prises (1 est déjà proposée)."


def test_a_limit_below_what_is_taken_stays_said_until_it_is_no_more() -> None:
    event = ready_event(capacity=1)
    make_registration(event)
    make_registration(event)

    assert first(event) == "l’événement a 1 place pour 2 occupées."
    event.capacity = 2
    assert steps(event) == []


def test_letters_that_did_not_arrive_are_told_even_after_a_cancellation() -> None:
    event = ready_event()
    save(Message(letter="x/y", to="a@b.example", event_id=event.id, state=State.FAILED, message_id="1", created_at=NOW,
                 due_at=NOW))  # fmt: skip

    assert first(event) == "1 courriel n’est pas arrivé."
    event.cancelled_at = NOW
    assert first(event) == "1 courriel n’est pas arrivé."


def test_a_full_session_is_named() -> None:
    event = ready_event()
    session = make_session(event, title="Écrire simplement", booking=BookingMode.REQUIRED, capacity=0)
    save(Booking(event_id=event.id, registration=make_registration(event), session=session, created_at=NOW))

    assert first(event) == "« Écrire simplement » est au complet, 1 demande attend."
    assert steps(event)[0].values == {"session": session.slug}


def test_what_people_left_out_is_counted() -> None:
    event = ready_event()
    make_question(event, required=True)
    make_registration(event)
    assert first(event) == "1 inscription reste à compléter."
    assert steps(event)[0].values == {"etat": "a-completer"}


def test_from_the_eve_on_the_sheets_come_first() -> None:
    event = ready_event()
    make_registration(event)
    make_guest(event)

    eve = STARTS - timedelta(days=1)
    assert first(event, eve) == "la rencontre a lieu demain, 1 personne est attendue."
    assert first(event, STARTS) == "la rencontre a commencé, 1 personne est attendue."
    assert first(event, eve - timedelta(days=1)) == "1 invité attend son invitation."


def test_after_the_event_its_report_is_to_be_written() -> None:
    event = ready_event()
    make_guest(event)

    assert [step.endpoint for step in steps(event, ENDS)] == ["events_organiser.report"]
    event.report = "Une belle journée."
    assert steps(event, ENDS) == []


def test_a_draft_beside_the_released_event_is_told() -> None:
    assert first(ready_event(draft={"format": 1})) == "un brouillon attend à côté de l’événement publié."


@pytest.mark.parametrize(
    ("facts", "now", "sentence"),
    [
        ({}, NOW, "Rien ne presse : les inscriptions sont ouvertes jusqu’au jeudi 14 janvier 2027."),
        ({"opens_at": ENDS - timedelta(days=30)}, NOW,
         "Rien ne presse : les inscriptions ouvriront le mardi 15 décembre 2026 à 17 h."),
        ({"closes_at": NOW}, NOW, "Rien ne presse : les inscriptions sont closes."),
        ({"cancelled_at": NOW}, NOW, "L’événement est annulé depuis le lundi 2 novembre 2026."),
        ({}, ENDS, "La rencontre s’est terminée le jeudi 14 janvier 2027. Il n’y a plus rien à faire."),
    ],
)  # fmt: skip
def test_when_nothing_is_to_be_done(facts: dict[str, Any], now: datetime, sentence: str) -> None:
    assert at_rest(make_event(**facts), now=now).replace("\xa0", " ") == sentence
