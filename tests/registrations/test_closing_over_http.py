"""What was opened before the closing and is sent around it: the instant of the closing decides."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from eventapp import tokens
from eventapp.agenda.models import BookingMode, Session
from eventapp.events.models import Event, SessionChoice
from eventapp.extensions import db
from eventapp.invitations.models import Invitation
from eventapp.registrations import links
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.wishes.models import Wish
from tests.factories import (
    NOW,
    make_event,
    make_guest,
    make_invitation,
    make_person,
    make_registration,
    make_session,
    save,
)
from tests.pages import PageClient, parse, words

CLOSES = NOW + timedelta(hours=1)
SECOND, INSTANT = timedelta(seconds=1), timedelta(microseconds=1)
BEFORE, AFTER = (-SECOND, -INSTANT), (timedelta(0), SECOND)
PERSON = {"first_name": "Zoé", "last_name": "Lefèvre", "email": "zoe.lefevre@agents.example"}


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def event() -> Event:
    return make_event(closes_at=CLOSES, capacity=2, offer_hours=48)


def count(event: Event) -> int:
    return db.session.scalar(db.select(db.func.count(Registration.id)).where(Registration.event_id == event.id)) or 0


@pytest.mark.parametrize("by", BEFORE + AFTER)
def test_the_form(client: PageClient, clock: Any, event: Event, by: timedelta) -> None:
    path = f"/evenements/{event.slug}/inscription"
    key = client.page(path).find("input", {"name": "key"})["value"]

    clock.move_to(CLOSES + by)
    answer = client.post(path, data=PERSON | {"key": key})

    assert (answer.status_code, count(event)) == ((303, 1) if by in BEFORE else (422, 0))
    assert by in BEFORE or "closes" in words(parse(answer).main)


@pytest.mark.parametrize("by", BEFORE + AFTER)
def test_the_invitation(client: PageClient, clock: Any, event: Event, by: timedelta) -> None:
    invitation = make_invitation(make_guest(event, make_person(**PERSON)))
    path = f"/invitation/{tokens.reveal(Invitation.PURPOSE, invitation.nonce)}/inscription"
    client.page(path)

    clock.move_to(CLOSES + by)
    client.post(path, data=PERSON | {"comes": "y"})

    assert count(event) == (1 if by in BEFORE else 0)


@pytest.mark.parametrize("by", BEFORE + AFTER)
def test_the_answer_to_an_offer(client: PageClient, clock: Any, event: Event, by: timedelta) -> None:
    offered = make_registration(event, status=Status.WAITING, offer_until=CLOSES)
    path = f"/mon-inscription/{links.token(offered)}"
    client.page(path)

    clock.move_to(CLOSES + by)
    assert client.post(f"{path}/place/acceptation").status_code == 303

    assert offered.status is (Status.CONFIRMED if by in BEFORE else Status.CANCELLED)


@pytest.mark.parametrize("by", BEFORE + AFTER)
def test_the_choice_of_sessions(client: PageClient, clock: Any, event: Event, by: timedelta) -> None:
    session = make_session(event, booking=BookingMode.OPTIONAL)
    registration = make_registration(event)
    path = f"/mon-inscription/{links.token(registration)}/sessions"
    client.page(path)

    clock.move_to(CLOSES + by)
    client.post(path, data={"sessions": session.slug})

    assert len(registration.bookings) == (1 if by in BEFORE else 0)


@pytest.mark.parametrize("by", BEFORE + AFTER)
def test_the_cancellation(client: PageClient, clock: Any, event: Event, by: timedelta) -> None:
    registration = make_registration(event)
    path = f"/mon-inscription/{links.token(registration)}/annulation"
    client.page(path)

    clock.move_to(CLOSES + by)
    client.post(path, data={"choice": "cancel"})

    assert registration.is_cancelled is (by in BEFORE)


@pytest.mark.parametrize("by", BEFORE + AFTER)
def test_the_group(client: PageClient, clock: Any, event: Event, by: timedelta) -> None:
    path = f"/evenements/{event.slug}/inscription/groupe"
    key = client.page(path).find("input", {"name": "key"})["value"]
    contact = {"contact_name": "Anne Roy", "contact_email": "anne@mairie.example", "organization": "Mairie"}
    line = {f"person-1-{name}": value for name, value in PERSON.items()}

    clock.move_to(CLOSES + by)
    answer = client.post(path, data=contact | line | {"rule": "all", "key": key})

    assert (answer.status_code, count(event)) == ((303, 1) if by in BEFORE else (422, 0))
    assert by in BEFORE or "closes" in words(parse(answer).main)


@pytest.mark.parametrize("by", BEFORE + AFTER)
def test_the_colleague_who_comes_instead(client: PageClient, clock: Any, event: Event, by: timedelta) -> None:
    registration = make_registration(event)
    path = f"/mon-inscription/{links.token(registration)}/transmission"
    client.page(path)

    clock.move_to(CLOSES + by)
    client.post(path, data=PERSON)

    assert (count(event), registration.is_cancelled) == ((2, True) if by in BEFORE else (1, False))


@pytest.mark.parametrize("by", BEFORE + AFTER)
def test_the_correction(client: PageClient, clock: Any, event: Event, by: timedelta) -> None:
    registration = make_registration(event)
    path = f"/mon-inscription/{links.token(registration)}/modification"
    client.page(path)

    clock.move_to(CLOSES + by)
    client.post(path, data=PERSON)

    assert (registration.first_name == "Zoé") is (by in BEFORE)


def make_wishing() -> tuple[Event, Session]:
    """Registration stays open; it is the wishes that close."""
    event = make_event(session_choice=SessionChoice.WISHES, wishes_close_at=CLOSES)
    make_session(event, booking=BookingMode.OPTIONAL, capacity=1)
    return event, make_session(event, booking=BookingMode.OPTIONAL, capacity=1)


@pytest.mark.parametrize("by", BEFORE + AFTER)
def test_the_wishes_of_the_form(client: PageClient, clock: Any, by: timedelta) -> None:
    event, session = make_wishing()
    path = f"/evenements/{event.slug}/inscription"
    first = client.page(path).select_one("select[name^=wish-]")["name"]

    clock.move_to(CLOSES + by)
    answer = client.post(path, data=PERSON | {first: session.slug})

    assert (answer.status_code, count(event)) == ((303, 1) if by in BEFORE else (422, 0))


@pytest.mark.parametrize("by", BEFORE + AFTER)
def test_the_wishes_of_the_personal_page(client: PageClient, clock: Any, by: timedelta) -> None:
    event, session = make_wishing()
    registration = make_registration(event)
    path = f"/mon-inscription/{links.token(registration)}/souhaits"
    first = client.page(path).select_one("select[name^=wish-]")["name"]

    clock.move_to(CLOSES + by)
    answer = client.post(path, data={first: session.slug})

    wished = db.session.scalars(db.select(Wish.session_id)).all()
    assert (answer.status_code, wished) == ((303, [session.id]) if by in BEFORE else (422, []))


@pytest.mark.parametrize("by", BEFORE + AFTER)
def test_the_answer_about_a_seat(client: PageClient, clock: Any, event: Event, by: timedelta) -> None:
    """Proposed beside another session of the same hour, until the closing."""
    held, offered = (make_session(event, booking=BookingMode.OPTIONAL, capacity=1) for _ in range(2))
    registration = make_registration(event)
    facts = {"event_id": event.id, "registration": registration, "created_at": NOW}
    save(Booking(session=held, confirmed_at=NOW, **facts))
    save(Booking(session=offered, offer_until=CLOSES, **facts))
    path = f"/mon-inscription/{links.token(registration)}"
    client.page(path)

    clock.move_to(CLOSES + by)
    client.post(f"{path}/sessions/{offered.slug}/acceptation")

    assert [b.session for b in registration.live_bookings] == [offered if by in BEFORE else held]
