"""What changes between granting the wishes and announcing it: no letter betrays it, and the announcement is true."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from eventapp.accounts.models import User
from eventapp.agenda import editing
from eventapp.agenda.models import BookingMode, Session
from eventapp.events.models import Event, SessionChoice
from eventapp.extensions import db
from eventapp.outbox import rendering
from eventapp.outbox.letters import ENTRY
from eventapp.outbox.models import Message
from eventapp.registrations import links, seats
from eventapp.registrations.desk import moving
from eventapp.registrations.models import Booking, CalendarWish, Registration
from eventapp.registrations.refusals import SessionsClash, ToAnnounceFirst
from eventapp.registrations.self_service import request_payloads, requests
from eventapp.registrations.self_service.models import ChangeRequest, RequestKind
from eventapp.registrations.sessions import programme_changes, session_changes, session_waiting
from eventapp.registrations.wishes import allocation
from eventapp.registrations.wishes.models import Allocation
from tests.factories import NOW, make_event, make_person, make_session, make_user, save
from tests.pages import words

Outbox = Callable[[], list[Message]]
pytestmark = pytest.mark.both_databases
LATER = NOW + timedelta(hours=1)
BOOKED: dict[str, Any] = {"booking": BookingMode.OPTIONAL, "capacity": 3}


class Granted:
    """One person with their first wish of two, who also booked another session; nobody is told of the wish."""

    def __init__(self) -> None:
        self.event: Event = make_event(session_choice=SessionChoice.WISHES)
        self.user: User = make_user(self.event.organisation)
        self.parallel = [make_session(self.event, title=title, **BOOKED) for title in ("Atelier A", "Atelier B")]
        evening = self.event.starts_at + timedelta(hours=3)
        self.alone: Session = make_session(self.event, title="Visite", starts_at=evening, **BOOKED)
        self.person: Registration = seats.register(
            self.event, make_person(), sessions=[self.alone], ranked=self.parallel, now=NOW
        )
        self.person.calendar_wish = CalendarWish.SESSIONS
        self.kept: Allocation = allocation.keep(
            self.event, allocation.draw(self.event, seed=1), now=LATER, by=self.user
        )

    def apply(self) -> None:
        allocation.apply(self.kept, now=LATER, by=self.user)

    def announce(self) -> None:
        allocation.announce(self.kept, now=LATER + timedelta(hours=1), by=self.user)

    def cancel(self, session: Session) -> int:
        editing.cancel_session(session, now=LATER, by=self.user)
        return session_changes.release_session(session, now=LATER, by=self.user)

    def move_with(self, session: Session, other: Session) -> int:
        facts = {"starts_at": other.starts_at, "ends_at": other.ends_at}
        return programme_changes.edit_session(session, facts, cast=None, seen=None, now=LATER, by=self.user)

    def ask_for(self, *sessions: Session, at: Any = NOW) -> ChangeRequest:
        self.event.changes_until = NOW - timedelta(days=1)
        payload = request_payloads.sessions(self.person, sessions)
        return requests.ask(self.person, RequestKind.SESSIONS, payload, now=at)

    @property
    def held(self) -> list[str]:
        return sorted(booking.session.title for booking in self.person.live_bookings)


@pytest.fixture
def granted() -> Granted:
    found = Granted()
    found.apply()
    return found


def told(outbox: Outbox) -> list[str]:
    return [message.letter for message in outbox()[1:]]


def said(message: Message) -> str:
    return rendering.render(message).text.replace("\xa0", " ")


def test_a_session_cancelled_meanwhile_was_never_theirs(client: Any, granted: Granted, outbox: Outbox) -> None:
    assert granted.cancel(granted.parallel[0]) == 0
    assert told(outbox) == []
    assert granted.held == ["Visite"]
    page = words(client.page(own(granted.person)).main)
    assert [one for one in ("Session annulée", "selon vos souhaits") if one in page] == []
    assert "Atelier A" not in client.get(f"{own(granted.person)}/agenda.ics").get_data(as_text=True)

    granted.announce()

    letter = next(message for message in outbox() if message.letter == "registrations/allocated")
    assert granted.parallel[0].id not in [message.context.get(ENTRY) for message in outbox()]
    refused = "« Atelier A », que vous aviez classée, est annulée : ce souhait n’est pas accordé."
    assert f"{refused} Vous n’avez pas d’autre session à cette heure" in " ".join(said(letter).split())
    assert "Atelier A" not in client.get(f"{own(granted.person)}/agenda.ics").get_data(as_text=True)
    page = words(client.page(own(granted.person)).main)
    assert [one for one in ("Session annulée", "selon vos souhaits") if one in page] == []


def test_a_known_session_cancelled_meanwhile_is_told(granted: Granted, outbox: Outbox) -> None:
    assert granted.cancel(granted.alone) == 1
    assert "registrations/session_cancelled" in told(outbox)
    assert "Atelier" not in said(outbox()[1]).split("Vos souhaits")[0]


def test_a_session_moved_meanwhile_is_announced_at_its_new_hour(granted: Granted, outbox: Outbox) -> None:
    assert granted.move_with(granted.parallel[0], granted.alone) == 0
    assert told(outbox) == []
    assert granted.held == ["Atelier A", "Visite"]

    granted.announce()

    text = " ".join(said(next(m for m in outbox() if m.letter == "registrations/allocated")).split())
    assert "« Atelier A » a maintenant lieu à la même heure que « Visite », que vous avez aussi réservée" in text


def test_what_is_known_of_the_hour_it_is_moved_to_stays_known(client: Any, granted: Granted, outbox: Outbox) -> None:
    granted.move_with(granted.parallel[0], granted.alone)
    assert "Visite" in words(client.page(own(granted.person)).main)
    assert "Visite" in client.get(f"{own(granted.person)}/agenda.ics").get_data(as_text=True)
    assert [m.calendar_method for m in outbox()[1:]] == []


def test_an_older_request_gives_up_nothing_that_was_granted_since(outbox: Outbox) -> None:
    granted = Granted()
    request = granted.ask_for()
    granted.apply()

    requests.accept(request, now=LATER, by=granted.user)

    assert granted.held == ["Atelier A"]
    assert told(outbox)[-1] == "registrations/sessions_changed"
    assert "Atelier" not in said(outbox()[-1]).split("Vos souhaits")[0]


@pytest.mark.parametrize("has_list", [True, False])
def test_it_gives_up_nothing_after_the_announcement_either(has_list: bool) -> None:
    granted = Granted()
    request = granted.ask_for()
    if not has_list:  # asked before requests kept what the person saw
        request.payload = {"sessions": []}
    granted.apply()
    granted.announce()
    requests.accept(request, now=LATER, by=granted.user)
    assert granted.held == ["Atelier A"]


def test_a_request_at_the_hour_of_what_was_granted_is_refused() -> None:
    granted = Granted()
    request = granted.ask_for(granted.alone)
    granted.apply()
    granted.announce()
    granted.move_with(granted.parallel[0], granted.alone)
    with pytest.raises(SessionsClash):
        requests.accept(request, now=LATER, by=granted.user)


def test_a_request_for_what_is_not_announced_waits_for_it() -> None:
    granted = Granted()
    request = granted.ask_for(granted.alone, granted.parallel[1])
    granted.apply()
    with pytest.raises(ToAnnounceFirst):
        requests.accept(request, now=LATER, by=granted.user)


def test_the_organisers_move_people_without_a_word_until_then(granted: Granted, outbox: Outbox) -> None:
    source, target = granted.parallel
    moved = moving.move_bookings(source, target, [granted.person.id], now=LATER, by=granted.user)
    assert (moved.done, moved.told, told(outbox)) == ([granted.person], [], [])
    session_changes.change_sessions(granted.person, [granted.alone, source], now=LATER, by=granted.user)
    assert (granted.held, told(outbox)) == (["Atelier A", "Visite"], [])


def test_whoever_they_seat_meanwhile_is_told_with_the_others(granted: Granted, outbox: Outbox) -> None:
    late = seats.register(granted.event, make_person(), now=LATER, by=granted.user)
    session_changes.change_sessions(late, granted.parallel[1:], now=LATER, by=granted.user)
    granted.announce()
    letters = {message.to for message in outbox() if message.letter == "registrations/allocated"}
    assert letters == {granted.person.email, late.email}


def test_no_question_is_asked_of_two_sessions_of_one_hour_before(granted: Granted, outbox: Outbox) -> None:
    late = seats.register(granted.event, make_person(), sessions=[granted.alone], now=LATER)
    facts = {"event_id": granted.event.id, "session": granted.parallel[1], "created_at": LATER}
    booking = save(Booking(registration=late, **facts))
    granted.move_with(granted.parallel[1], granted.alone)
    seats.fill(granted.event, now=LATER)
    assert (booking.has_offer, [one for one in told(outbox) if "offered" in one]) == (False, [])

    granted.announce()

    assert booking.has_offer
    assert "registrations/session_offered" in told(outbox)


def test_an_answer_gives_up_nothing_that_was_granted(outbox: Outbox) -> None:
    granted = Granted()
    other = make_session(granted.event, title="Jeu", starts_at=granted.alone.starts_at, **BOOKED | {"capacity": 0})
    seats.change_sessions(granted.person, [granted.alone], beside=[other], now=NOW, by="person")
    granted.kept = allocation.keep(granted.event, allocation.draw(granted.event, seed=1), now=LATER, by=granted.user)
    granted.apply()
    other.capacity = 1
    seats.fill(granted.event, now=LATER)
    granted.move_with(granted.parallel[0], other)
    booking = next(one for one in granted.person.live_bookings if one.session is other)

    assert session_waiting.take_seat(booking, now=LATER)

    assert granted.held == ["Atelier A", "Jeu"]
    assert "Atelier" not in said(outbox()[-1]).split("Vos souhaits")[0]


def own(registration: Registration) -> str:
    return f"/mon-inscription/{links.token(registration)}"


def test_the_page_that_cancels_says_that_no_letter_leaves(client: Any, granted: Granted) -> None:
    client.sign_in(granted.user)
    first = granted.parallel[0]
    path = f"/gestion/evenements/{granted.event.slug}/sessions/{first.slug}/annulation"
    page = words(client.page(path).main)
    assert "1 personne l’avait obtenue selon ses souhaits et le lira dans l’annonce" in page


def test_no_live_booking_is_left_at_a_cancelled_session(granted: Granted) -> None:
    granted.cancel(granted.parallel[0])
    live = db.select(Booking).where(Booking.session_id == granted.parallel[0].id, Booking.released_at.is_(None))
    assert db.session.scalars(live).all() == []
