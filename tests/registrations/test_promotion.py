"""A place given by hand: out of turn, with a reason, over a limit only when told to."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.outbox.models import Message
from eventapp.outbox.rendering import render
from eventapp.registrations import refusals, seats
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.waiting import promotion
from tests.factories import NOW, make_event, make_registration, make_session, make_user, save

Outbox = Callable[[], list[Message]]
WAITING, CONFIRMED = Status.WAITING, Status.CONFIRMED
HOUR = timedelta(hours=1)
REASON = {"reason": "Elle anime la table ronde", "now": NOW}


def queue_of(count: int, **facts: object) -> list[Registration]:
    event = make_event(**facts)
    return [make_registration(event, status=WAITING) for _ in range(count)]


def the_entry(act: str) -> Entry:
    return db.session.scalars(db.select(Entry).where(Entry.act == act)).one()


def name_of(registration: Registration) -> str:
    return f"{registration.first_name} {registration.last_name.upper()}"


@pytest.mark.both_databases
def test_over_a_limit_it_is_refused_unless_told_to(outbox: Outbox) -> None:
    first, second, third = queue_of(3, capacity=0)
    user = make_user(third.event.organisation)

    with pytest.raises(refusals.OverLimits) as refusal:
        promotion.promote(third, by=user, **REASON)
    assert refusal.value.limits == ["toutes les places de la rencontre sont prises (0\u00a0sur\u00a00)"]
    promotion.promote(third, by=user, over_limits=True, **REASON)

    assert [one.status for one in (first, second, third)] == [WAITING, WAITING, CONFIRMED]
    assert [(m.letter, m.to) for m in outbox()] == [("registrations/promoted", third.email)]
    entry = the_entry("registration.promoted_by_hand")
    assert entry.sentence == (
        f"Place attribuée à {name_of(third)} par l’équipe (avant 2 personnes arrivées plus tôt\u00a0; au-delà des "
        "limites\u00a0: toutes les places de la rencontre sont prises (0\u00a0sur\u00a00))\u00a0: "
        "Elle anime la table ronde."
    )
    assert (entry.actor_id, entry.details["ahead"], entry.details["reason"]) == (user.id, 2, REASON["reason"])


def test_it_passes_over_a_limit_of_the_structure_only_when_told_to() -> None:
    (only,) = queue_of(1, capacity=0)
    promotion.promote(only, by=make_user(only.event.organisation), over_limits=True, **REASON)
    promotion.promote(only, by=make_user(only.event.organisation), **REASON)  # clicked twice
    assert the_entry("registration.promoted_by_hand").details["ahead"] == 0


def test_an_open_offer_holds_the_place_that_is_given(outbox: Outbox) -> None:
    event = make_event(capacity=1, offer_hours=24)
    seated, first, second = make_registration(event), *(make_registration(event, status=WAITING) for _ in range(2))
    seats.cancel(seated, now=NOW, by="organiser")

    promotion.promote(first, by=make_user(event.organisation), **REASON)

    assert (first.status, first.offer_until, second.has_offer) == (CONFIRMED, None, False)
    assert outbox()[-1].letter == "registrations/promoted"


def test_the_sessions_they_waited_for_come_with_the_place() -> None:
    (only,) = queue_of(1, capacity=0)
    session = make_session(only.event, booking=BookingMode.OPTIONAL, capacity=1)
    booking = wait_for(only, session)
    promotion.promote(only, by=make_user(only.event.organisation), over_limits=True, **REASON)
    assert booking.is_confirmed


@pytest.mark.parametrize(
    "facts", [{"cancelled_at": NOW}, {"published_at": None}, {"starts_at": NOW - 2 * HOUR, "ends_at": NOW - HOUR}]
)
def test_nobody_is_promoted_where_nothing_takes_place(facts: dict[str, object]) -> None:
    (only,) = queue_of(1, **facts)
    with pytest.raises(Refused):
        promotion.promote(only, by=make_user(only.event.organisation), over_limits=True, **REASON)


@pytest.mark.both_databases
def test_a_seat_of_a_full_session_is_given_over_its_limit_only_when_told_to(outbox: Outbox) -> None:
    event = make_event()
    session, user = make_session(event, booking=BookingMode.OPTIONAL, capacity=0), make_user(event.organisation)
    first, second = (wait_for(make_registration(event), session) for _ in range(2))

    with pytest.raises(refusals.OverLimits, match="Toutes les places de cette session sont prises"):
        promotion.promote_in_session(second, by=user, **REASON)
    promotion.promote_in_session(second, by=user, over_limits=True, **REASON)

    assert (first.is_confirmed, second.is_confirmed) == (False, True)
    assert [m.letter for m in outbox()] == ["registrations/session_promoted"]
    assert the_entry("booking.promoted_by_hand").details["ahead"] == 1


@pytest.mark.both_databases
def test_nobody_is_put_into_two_rooms_at_once() -> None:
    booking, held, _next = beside_another()
    user = make_user(booking.registration.event.organisation)

    with pytest.raises(refusals.SeatsInTheWay, match=f"tient «\u00a0{held.session.title}\u00a0» à la même heure"):
        promotion.promote_in_session(booking, by=user, over_limits=True, **REASON)
    assert (held.is_confirmed, booking.is_confirmed) == (True, False)


@pytest.mark.both_databases
def test_the_seat_that_is_given_up_for_another_passes_on(outbox: Outbox) -> None:
    booking, held, next_one = beside_another()
    user, whose = make_user(booking.registration.event.organisation), booking.registration

    facts = {"over_limits": True, "giving_up": [held.session], **REASON}
    promotion.promote_in_session(booking, by=user, **facts)

    assert (booking.is_confirmed, held.is_confirmed, next_one.is_confirmed) == (True, False, True)
    assert f"qui rend «\u00a0{held.session.title}\u00a0»" in the_entry("booking.promoted_by_hand").sentence
    letters = {message.to: render(message) for message in outbox()}
    assert set(letters) == {whose.email, next_one.registration.email}
    for written in (letters[whose.email].text, letters[whose.email].html):
        assert f"libéré votre place dans « {held.session.title} », à la même heure" in " ".join(written.split())


def beside_another() -> tuple[Booking, Booking, Booking]:
    """Somebody waits for one session and holds another of the same hour, for which somebody else waits."""
    event = make_event()
    held, wanted = (make_session(event, booking=BookingMode.OPTIONAL, capacity=n) for n in (1, 0))
    registration = make_registration(event)
    facts = {"event_id": event.id, "registration": registration, "created_at": NOW}
    seat = save(Booking(session=held, confirmed_at=NOW, **facts))
    return wait_for(registration, wanted), seat, wait_for(make_registration(event), held)


def test_a_seat_needs_a_place_at_the_event() -> None:
    (only,) = queue_of(1, capacity=0)
    booking = wait_for(only, make_session(only.event, booking=BookingMode.OPTIONAL, capacity=0))
    with pytest.raises(Refused, match="n’a pas encore de place à la rencontre"):
        promotion.promote_in_session(booking, by=make_user(only.event.organisation), over_limits=True, **REASON)


def wait_for(registration: Registration, session: object) -> Booking:
    return save(Booking(event_id=registration.event_id, registration=registration, session=session, created_at=NOW))
