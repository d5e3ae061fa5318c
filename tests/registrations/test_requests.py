"""Asking the organisers: one open request of a kind, decided once, and what is granted is the ordinary act."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from eventapp.accounts.models import User
from eventapp.agenda.models import BookingMode
from eventapp.events.lifecycle import touch
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.outbox.models import Message
from eventapp.outbox.rendering import render
from eventapp.registrations import refusals, seats
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.people import person_of
from eventapp.registrations.questions.models import Answer, QuestionKind
from eventapp.registrations.self_service import request_payloads, requests, windows
from eventapp.registrations.self_service.models import ChangeRequest, Decision, RequestKind
from eventapp.registrations.self_service.request_summaries import summary
from tests.factories import (
    NOW,
    make_event,
    make_person,
    make_question,
    make_registration,
    make_session,
    make_user,
    save,
)

Outbox = Callable[[], list[Message]]
HOUR = timedelta(hours=1)
LATER = NOW + HOUR


def registered(**facts: object) -> Registration:
    return make_registration(make_event(closes_at=NOW, **facts))


def ask(registration: Registration, kind: RequestKind = RequestKind.CANCEL, **payload: object) -> ChangeRequest:
    return requests.ask(registration, kind, payload or {"reason": "Malade"}, message="Merci", now=LATER)


def organiser(registration: Registration) -> User:
    return make_user(registration.event.organisation)


def accept(request: ChangeRequest) -> None:
    requests.accept(request, now=LATER, by=organiser(request.registration))


@pytest.mark.both_databases
def test_asking_changes_nothing_and_tells_the_team_once(outbox: Outbox) -> None:
    registration = registered()
    first = ask(registration)
    again = ask(registration, reason="Train supprimé")

    assert first is again
    assert again.payload == {"reason": "Train supprimé"}
    assert registration.is_confirmed
    (letter,) = outbox()
    assert letter.to == registration.event.contact[2]
    assert "demande l’annulation de l’inscription" in render(letter).text
    assert "Train supprimé" in render(letter).html


@pytest.mark.both_databases
def test_an_accepted_cancellation_passes_the_place_on(outbox: Outbox) -> None:
    registration = registered(capacity=1)
    waiting = make_registration(registration.event, status=Status.WAITING)
    request = ask(registration)

    accept(request)
    accept(request)

    assert (registration.status, registration.cancelled_by) == (Status.CANCELLED, "organiser")
    assert waiting.is_confirmed
    assert request.decision is Decision.ACCEPTED
    assert [m.letter for m in outbox()] == [
        "registrations/request_received", "registrations/cancelled", "registrations/promoted",
    ]  # fmt: skip


def test_accepted_details_are_written_and_sensitive_answers_stay(outbox: Outbox) -> None:
    registration = registered()
    event = registration.event
    diet = make_question(event, sensitive=True, kind=QuestionKind.TEXT)
    make_question(event, slug="train", kind=QuestionKind.TEXT, label="Train ?")
    save(Answer(registration=registration, question=diet, value="Sans sel"))
    asked = person_of(registration).__class__(**vars(person_of(registration)) | {"last_name": "Roy"})
    payload = request_payloads.details(registration, asked, {"train": "8 h 12", diet.slug: "Sans sel"})
    request = ask(registration, RequestKind.DETAILS, **payload)
    before = registration.last_name

    assert [(c.label, c.before, c.after) for c in summary(request)] == [
        ("Nom", before, "Roy"),
        ("Train ?", "", "8 h 12"),
    ]
    accept(request)

    assert registration.last_name == "Roy"
    assert {answer.value for answer in registration.answers} == {"Sans sel", "8 h 12"}
    answer = outbox()[-1]
    assert (answer.letter, answer.to) == ("registrations/request_answered", registration.email)
    assert "Vos informations sont corrigées" in render(answer).text


def test_accepted_sessions_are_booked() -> None:
    registration = registered()
    session = make_session(registration.event, booking=BookingMode.OPTIONAL)
    request = ask(registration, RequestKind.SESSIONS, sessions=[session.slug])
    assert [(c.label, c.after) for c in summary(request)] == [("Sessions", session.title)]
    accept(request)
    assert [booking.session_id for booking in registration.live_bookings] == [session.id]


def test_an_accepted_transfer_closes_what_else_was_asked() -> None:
    registration = registered()
    other = ask(registration)
    colleague = {"first_name": "Zoé", "last_name": "Roy", "email": "zoe@agents.example", "function": "agent"}
    request = ask(registration, RequestKind.TRANSFER, **colleague)
    assert summary(request)[0].after == "Zoé ROY, agent, zoe@agents.example"

    accept(request)

    assert registration.cancelled_by == "transfer"
    assert (request.decision, other.decision) == (Decision.ACCEPTED, Decision.CLOSED)


@pytest.mark.both_databases
def test_what_cannot_be_granted_stays_to_decide() -> None:
    registration = registered()
    request = ask(registration, RequestKind.SESSIONS, sessions=["inconnue"])
    db.session.commit()
    with pytest.raises(refusals.SessionNotBookable):
        accept(request)
    db.session.rollback()
    assert request.decided_at is None


def test_a_refusal_is_explained(outbox: Outbox) -> None:
    registration = registered()
    request = ask(registration)
    requests.refuse(request, answer="Les badges sont imprimés.", now=LATER, by=organiser(registration))

    assert registration.is_confirmed
    letter = render(outbox()[-1])
    assert letter.subject.startswith("Votre demande est refusée")
    for part in (letter.text, letter.html):
        assert "Les badges sont imprimés." in part
    with pytest.raises(refusals.AlreadyDecided):
        accept(request)


def test_taking_back_lets_ask_again() -> None:
    registration = registered()
    first = ask(registration)
    requests.take_back(registration, RequestKind.CANCEL, now=LATER)
    requests.take_back(registration, RequestKind.CANCEL, now=LATER)
    assert first.decision is Decision.WITHDRAWN
    assert ask(registration) is not first


def test_each_step_is_journalled_once() -> None:
    registration = registered()
    ask(registration)
    requests.take_back(registration, RequestKind.CANCEL, now=LATER)
    requests.refuse(ask(registration), answer="Non", now=LATER, by=organiser(registration))
    acts = db.session.scalars(db.select(Entry.act).order_by(Entry.id)).all()
    assert acts == ["request.made", "request.withdrawn", "request.made", "request.refused"]


def test_cancelling_closes_what_was_asked() -> None:
    registration = registered()
    request = ask(registration, RequestKind.DETAILS, last_name="Roy")
    seats.cancel(registration, now=LATER, by=organiser(registration))
    db.session.refresh(request)
    assert request.decision is Decision.CLOSED
    assert requests.count_to_decide(registration.event) == 0


def test_nothing_is_asked_of_a_cancelled_event_or_registration() -> None:
    with pytest.raises(refusals.EventCancelled):
        ask(registered(cancelled_at=NOW))
    with pytest.raises(refusals.NotLive):
        ask(make_registration(make_event(), status=Status.CANCELLED))


@pytest.mark.both_databases
def test_nothing_is_left_to_decide_when_the_event_is_cancelled() -> None:
    registration = registered()
    ask(registration)
    assert requests.count_to_decide(registration.event) == 1
    registration.event.cancelled_at = LATER
    assert requests.count_to_decide(registration.event) == 0


def test_nothing_is_asked_after_the_event() -> None:
    registration = registered()
    with pytest.raises(refusals.ChangesClosed):
        requests.ask(registration, RequestKind.CANCEL, {}, now=registration.event.ends_at)


MICRO = timedelta(microseconds=1)


@pytest.mark.parametrize("name", ["changes_until", "cancellations_until"])
def test_each_date_counts_to_the_microsecond(name: str) -> None:
    registration = registered(**{name: LATER})
    may = windows.may_change if name == "changes_until" else windows.may_cancel
    other = windows.may_cancel if name == "changes_until" else windows.may_change
    assert (may(registration, LATER - MICRO), may(registration, LATER)) == (True, False)
    assert not other(registration, NOW)


@pytest.mark.parametrize(("moment", "is_open"), [(-MICRO, True), (timedelta(0), False)])
def test_a_date_does_not_outlast_the_event(moment: timedelta, is_open: bool) -> None:
    event = make_event()
    event.changes_until = event.ends_at + HOUR
    now: datetime = event.ends_at + moment
    assert windows.may_change(make_registration(event), now) is is_open


def test_leaving_the_waiting_list_is_always_possible() -> None:
    event = make_event(closes_at=NOW)
    waiting = make_registration(event, make_person(), status=Status.WAITING, offer_until=LATER)
    seats.cancel(waiting, now=LATER, by="person")
    assert waiting.is_cancelled


def test_a_confirmed_person_does_not_cancel_after_the_date() -> None:
    registration = registered(cancellations_until=NOW)
    with pytest.raises(refusals.CancellationsClosed):
        seats.cancel(registration, now=NOW, by="person")


def test_what_the_team_corrected_meanwhile_is_not_undone_by_an_older_request() -> None:
    registration = registered()
    train = make_question(registration.event, slug="train", kind=QuestionKind.TEXT)
    save(Answer(registration=registration, question=train, value="8 h 12"))
    db.session.refresh(registration)
    asked = replace(person_of(registration), function="Directrice")
    payload = request_payloads.details(registration, asked, {"train": "8 h 12"})
    request = ask(registration, RequestKind.DETAILS, **payload)
    corrected = replace(person_of(registration), phone="+33323975390", organisation="Mairie")
    seats.change_details(registration, corrected, {"train": "9 h 40"}, now=LATER, by=organiser(registration))

    assert [change.label for change in summary(request)] == ["Fonction"]
    accept(request)

    assert person_of(registration) == replace(corrected, function="Directrice")
    assert [answer.value for answer in registration.answers] == ["9 h 40"]


def test_a_request_does_not_betray_the_sensitive_answer_that_it_makes_needless(outbox: Outbox) -> None:
    """Neither to the team's mailbox nor on its page, where not everyone may read it."""
    registration = registered()
    meal = make_question(registration.event, slug="repas", label="Déjeunez-vous ?")
    shown_if = {"question": "repas", "is": True}
    diet = make_question(registration.event, label="Régime", kind=QuestionKind.TEXT, sensitive=True, shown_if=shown_if)
    save(Answer(registration=registration, question=meal, value=True))
    save(Answer(registration=registration, question=diet, value="Sans gluten", consented_at=NOW))
    db.session.refresh(registration)
    payload = request_payloads.details(registration, person_of(registration), {"repas": False})
    request = ask(registration, RequestKind.DETAILS, **payload)

    assert [(c.label, c.before, c.after) for c in summary(request)] == [
        ("Déjeunez-vous ?", "Oui", "Non"),
        ("Régime", "réponse réservée", ""),
    ]
    letter = render(outbox()[-1])
    assert "Sans gluten" not in letter.text + letter.html


def test_an_answer_asked_for_before_its_question_became_sensitive_is_neither_shown_nor_written() -> None:
    registration = registered()
    question = make_question(registration.event, kind=QuestionKind.TEXT)
    payload = request_payloads.details(registration, person_of(registration), {question.slug: "Fauteuil roulant"})
    request = ask(registration, RequestKind.DETAILS, **payload)
    question.sensitive = True
    touch(registration.event, now=LATER, calendar=False)

    assert summary(request) == []
    accept(request)
    assert registration.answers == []


@pytest.mark.both_databases
def test_what_the_organiser_read_is_what_they_accept() -> None:
    registration = registered()
    request = ask(registration, RequestKind.DETAILS, answers={}, function="Directrice")
    read = request.version
    again = {"answers": {}, "email": "quelqu.un@ailleurs.example"}
    requests.ask(registration, RequestKind.DETAILS, again, now=LATER + MICRO)

    with pytest.raises(refusals.AskedOtherwise):
        requests.accept(request, now=LATER, by=organiser(registration), version=read)
    assert request.decided_at is None
    requests.accept(request, now=LATER, by=organiser(registration), version=request.version)
    assert registration.email == "quelqu.un@ailleurs.example"
