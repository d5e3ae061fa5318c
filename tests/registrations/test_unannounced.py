"""Between granting the wishes and announcing it: nobody sees, or changes, what was granted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from eventapp.agenda.models import BookingMode, Session
from eventapp.events.models import Event, SessionChoice
from eventapp.extensions import db
from eventapp.outbox import rendering
from eventapp.outbox.models import Message
from eventapp.registrations import links, notices, seats
from eventapp.registrations.models import CalendarWish, Registration
from eventapp.registrations.refusals import WishesBeingDecided
from eventapp.registrations.sessions.session_changes import change_sessions
from eventapp.registrations.wishes import allocation
from eventapp.registrations.wishes.models import Allocation
from tests.factories import NOW, make_event, make_person, make_session, make_user
from tests.pages import words

pytestmark = pytest.mark.usefixtures("in_november")

Outbox = Callable[[], list[Message]]


@pytest.fixture
def event() -> Event:
    return make_event(session_choice=SessionChoice.WISHES)


@pytest.fixture
def parallel(event: Event) -> list[Session]:
    booked: dict[str, Any] = {"booking": BookingMode.OPTIONAL, "capacity": 3}
    return [make_session(event, title=title, **booked) for title in ("Atelier A", "Atelier B")]


@pytest.fixture
def granted(event: Event, parallel: list[Session]) -> Allocation:
    """To one person, their first wish."""
    seats.register(event, make_person(), ranked=parallel, now=NOW)
    user = make_user(event.organisation)
    kept = allocation.keep(event, allocation.draw(event, seed=1), now=NOW, by=user)
    allocation.apply(kept, now=NOW, by=user)
    return kept


@pytest.fixture
def person(granted: Allocation) -> Registration:
    return db.session.scalars(db.select(Registration)).one()


@pytest.mark.both_databases
def test_the_personal_page_shows_the_wishes_as_being_decided(client: Any, person: Registration) -> None:
    page = words(client.page(own(person)).main)

    assert "Mes souhaits" in page
    assert "Les souhaits sont clos. Un courriel vous dira vos sessions, une fois les places attribuées." in page
    assert [
        said for said in ("place réservée", "Changer mes", "Choisir mes", "selon vos souhaits") if said in page
    ] == []


def test_the_announcement_shows_the_seats(client: Any, granted: Allocation, person: Registration) -> None:
    announce(granted)
    page = words(client.page(own(person)).main)
    assert "Atelier A place réservée, 1er souhait" in page
    assert "Changer mes sessions" in page


def test_nobody_takes_a_seat_before_the_others_know(person: Registration, parallel: list[Session]) -> None:
    with pytest.raises(WishesBeingDecided):
        seats.change_sessions(person, parallel[1:], now=NOW, by="person")
    with pytest.raises(WishesBeingDecided):
        seats.register(person.event, make_person(), sessions=parallel[1:], now=NOW)


def test_the_page_of_sessions_leaves_them_out(client: Any, person: Registration, parallel: list[Session]) -> None:
    assert "Atelier" not in words(client.page(f"{own(person)}/sessions").main)
    sent = client.post(f"{own(person)}/sessions", data={"sessions": parallel[1].slug})
    assert sent.status_code == 422
    leave = client.post(f"{own(person)}/sessions/{parallel[0].slug}/attente/retrait")
    assert leave.status_code == 404


def test_another_choice_keeps_what_was_granted(person: Registration, event: Event, parallel: list[Session]) -> None:
    later = make_session(event, booking=BookingMode.OPTIONAL, starts_at=event.starts_at + timedelta(hours=3))

    change_sessions(person, [later], now=NOW, by="person")
    change_sessions(person, [], now=NOW, by="person")

    assert [booking.session for booking in person.live_bookings] == [parallel[0]]


def test_an_organiser_still_moves_people(person: Registration, parallel: list[Session], event: Event) -> None:
    change_sessions(person, parallel[1:], now=NOW, by=make_user(event.organisation))
    assert [booking.session for booking in person.live_bookings] == parallel[1:]


def test_no_letter_and_no_calendar_betrays_them(client: Any, person: Registration, outbox: Outbox) -> None:
    person.calendar_wish = CalendarWish.SESSIONS
    notices.confirmed(person, now=NOW)

    text = rendering.render(outbox()[-1]).text
    assert ("Vos sessions" in text, "Vos souhaits" in text) == (False, True)
    assert [message.context for message in outbox()[1:] if "session" in str(message.context)] == []
    assert "Atelier" not in client.get(f"{own(person)}/agenda.ics").get_data(as_text=True)


def test_the_feed_holds_them_once_they_are_announced(client: Any, granted: Allocation, person: Registration) -> None:
    before = client.get(f"{own(person)}/agenda.ics")
    announce(granted)
    after = client.get(f"{own(person)}/agenda.ics", headers={"If-None-Match": before.headers["ETag"]})
    assert "Atelier A" in after.get_data(as_text=True)


def test_a_newcomer_is_not_asked_meanwhile(client: Any, event: Event, person: Registration) -> None:
    form = client.page(f"/evenements/{event.slug}/inscription")
    assert form.select("[name^=sessions], [name^=wish]") == []


def own(registration: Registration) -> str:
    return f"/mon-inscription/{links.token(registration)}"


def announce(granted: Allocation) -> None:
    allocation.announce(granted, now=NOW, by=make_user(granted.event.organisation))
