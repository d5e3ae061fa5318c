"""An address is corrected while letters still wait for the old one: they go to the new one, with the personal link."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import campaigns
from eventapp.invitations.campaigns import Order
from eventapp.invitations.progress import progress
from eventapp.journal.models import Entry
from eventapp.letters.models import LetterKind
from eventapp.outbox import delivery, queue
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.keeping import Letter
from eventapp.outbox.models import KeptMail, Message, State
from eventapp.outbox.rendering import render
from eventapp.registrations import links, notices, seats
from eventapp.registrations.models import Registration
from eventapp.registrations.people import person_of
from tests.factories import NOW, all_leave, make_event, make_person, make_session, make_user
from tests.invitations.test_campaigns import run

OLD, NEW = "zoe@ancienne.example", "zoe@nouvelle.example"
LATER = NOW + timedelta(minutes=1)
Outbox = Callable[[], list[Message]]


@pytest.fixture
def event() -> Event:
    return make_event(title="Rencontre")


@pytest.fixture
def registration(event: Event) -> Registration:
    found = seats.register(event, make_person(email=OLD), now=NOW)
    db.session.flush()
    return found


def correct(registration: Registration, email: str = NEW, by: object = "person") -> None:
    changed = replace(person_of(registration), email=email)
    seats.change_details(registration, changed, {}, now=LATER, by=by)  # type: ignore[arg-type]
    db.session.flush()


def going(outbox: Outbox) -> list[tuple[str, str, str | None]]:
    still = (State.QUEUED, State.HELD, State.UNCERTAIN)
    return [(m.to, m.letter.rpartition("/")[2], m.calendar_method) for m in outbox() if m.state in still]


def test_what_waits_follows_and_the_old_mailbox_hears_nothing(outbox: Outbox, registration: Registration) -> None:
    """It was never sent anything: there is nothing to take back from its calendar either."""
    correct(registration)
    assert going(outbox) == [(NEW, "confirmed", None), (NEW, "link", "REQUEST")]
    confirmed = outbox()[0]
    assert (confirmed.domain, confirmed.last_error) == ("nouvelle.example", "L’adresse a été corrigée avant l’envoi.")
    said = db.session.scalars(db.select(Entry.sentence).order_by(Entry.id)).all()[-1]
    assert said.endswith("lien personnel envoyé à sa nouvelle adresse avec 1 courriel qui n’était pas parti.")


def test_what_left_stays_and_is_taken_back(outbox: Outbox, registration: Registration) -> None:
    all_leave()
    notices.waiting(registration, now=NOW)
    db.session.flush()
    correct(registration)
    assert (outbox()[0].to, outbox()[0].state) == (OLD, State.SENT)
    assert going(outbox) == [
        (NEW, "waiting", None),
        (OLD, "calendar_update", "CANCEL"),
        (NEW, "link", "REQUEST"),
    ]


def test_what_may_have_left_is_written_anew(outbox: Outbox, registration: Registration) -> None:
    outbox()[0].state = State.UNCERTAIN
    correct(registration)
    first, copy, taken_back, link = outbox()
    assert (first.to, first.state, first.calendar_method) == (OLD, State.DROPPED, "REQUEST")
    assert first.last_error == "Peut-être parti à l’ancienne adresse, corrigée depuis\u00a0: il n’y est pas renvoyé."
    assert (copy.to, copy.letter, copy.state) == (NEW, first.letter, State.QUEUED)
    assert copy.message_id != first.message_id
    assert (taken_back.to, taken_back.calendar_method) == (OLD, "CANCEL")
    assert (link.to, link.letter) == (NEW, "registrations/link")


def test_letters_of_a_colleague_of_the_same_mailbox_stay(outbox: Outbox, event: Event) -> None:
    one, other = (seats.register(event, make_person(email=OLD), now=NOW) for _ in range(2))
    db.session.flush()
    notices.link([one, other], now=NOW)
    db.session.flush()
    correct(one)
    theirs = [m for m in outbox() if m.to == OLD]
    assert [m.letter.rpartition("/")[2] for m in theirs] == ["confirmed", "link"]
    assert theirs[0].context["registration_id"] == other.id
    assert theirs[1].context["registration_ids"] == [other.id]


def test_a_session_given_up_leaves_the_old_calendar_and_its_letter_follows(outbox: Outbox, event: Event) -> None:
    session = make_session(event, title="Atelier", booking=BookingMode.REQUIRED)
    registration = seats.register(event, make_person(email=OLD), now=NOW)
    seats.change_sessions(registration, [session], now=NOW, by="person")
    db.session.flush()
    all_leave()
    seats.change_sessions(registration, [], now=NOW, by="person")
    db.session.flush()
    correct(registration)
    assert going(outbox) == [
        (NEW, "sessions_changed", None),
        (OLD, "calendar_update", "CANCEL"),
        (OLD, "calendar_update", "CANCEL"),
        (NEW, "link", "REQUEST"),
    ]


def test_a_letter_of_a_campaign_follows_in_its_campaign_even_paused(outbox: Outbox, registration: Registration) -> None:
    all_leave()
    event, user = registration.event, make_user(registration.event.organisation)
    order = Order(kind=LetterKind.PRACTICAL, segment={}, people={registration.id})
    campaign = campaigns.create(event, order, now=NOW, by=user)
    db.session.commit()
    run()
    campaigns.pause(campaign, now=NOW, by=user)
    correct(registration, by=user)
    note = next(m for m in outbox() if m.campaign_id == campaign.id)
    assert (note.to, note.state) == (NEW, State.HELD)
    found = progress([campaign])[campaign.id]
    assert (found.people, found.going) == (1, 1)


@pytest.mark.parametrize("state", [State.FAILED, State.QUEUED])
def test_the_link_never_leaves_for_an_address_that_is_no_longer_theirs(
    app, monkeypatch, in_november, registration: Registration, outbox: Outbox, state: State
) -> None:
    """However it came there: a letter that failed, sent again by hand, or one that was posted beside the correction."""
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)
    all_leave()
    correct(registration)
    first = outbox()[0]
    first.state, first.sent_at = state, None
    if state is State.FAILED:
        queue.resend(first, now=NOW)
    db.session.commit()
    deliver_due(now=LATER, limit=100)
    kept = db.session.scalars(db.select(KeptMail).where(KeptMail.to == OLD)).all()
    assert all(links.token(registration) not in Letter(mail.source).text for mail in kept)
    assert outbox()[0].state is State.DROPPED
    assert outbox()[0].last_error == "Non envoyé\u00a0: l’adresse a été corrigée depuis."


@pytest.mark.both_databases
@pytest.mark.parametrize("begun", [False, True])
def test_a_worker_that_has_reserved_it_makes_it_anew_and_one_that_has_begun_it_keeps_it(
    app, monkeypatch, in_november, registration: Registration, outbox: Outbox, begun: bool
) -> None:
    """The correction comes in while the worker holds the letter, made for the old address."""
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)
    db.session.commit()
    number, corrected = registration.id, []
    name = "_hand_over" if begun else "_step"
    real = getattr(delivery.Round, name)

    def meanwhile(self, *args):
        if not corrected:
            corrected.append(True)
            db.session.rollback()
            correct(db.session.get_one(Registration, number))
            db.session.commit()
        return real(self, *args)

    monkeypatch.setattr(delivery.Round, name, meanwhile)
    deliver_due(now=LATER, limit=100)
    deliver_due(now=LATER, limit=100)

    kept = [
        (mail.to, links.token(registration) in Letter(mail.source).text)
        for mail in db.session.scalars(db.select(KeptMail).order_by(KeptMail.id))
    ]
    if begun:
        assert kept == [(OLD, True), (OLD, False), (NEW, True)]
    else:
        assert kept == [(NEW, True), (NEW, True)]


@pytest.mark.parametrize(
    ("by", "sentence"),
    [
        ("organiser", "Votre adresse a été corrigée par l’équipe qui organise «\u00a0Rencontre\u00a0»"),
        ("person", "Cette adresse est désormais la vôtre pour «\u00a0Rencontre\u00a0»"),
    ],
)
def test_the_letter_with_the_link_says_who_corrected_the_address(
    outbox: Outbox, registration: Registration, by: str, sentence: str
) -> None:
    actor = make_user(registration.event.organisation) if by == "organiser" else by
    correct(registration, by=actor)
    found = render(outbox()[-1])
    for said in (found.text, found.html):
        assert sentence in said
        assert "a été demandé" not in said
        assert "n’avez rien demandé" not in said
