"""The waiting list as an organiser sees it, and the place given by hand from there."""

import re

import pytest

from eventapp.agenda.models import BookingMode, Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.network.models import Structure
from eventapp.registrations import links, seats
from eventapp.registrations.models import Booking, Registration, Status
from tests.factories import (
    NOW,
    make_event,
    make_organisation,
    make_person,
    make_registration,
    make_session,
    make_user,
    save,
)
from tests.pages import PageClient, parse, words

pytestmark = pytest.mark.usefixtures("in_november")

WAITING = Status.WAITING


@pytest.fixture
def event(client: PageClient) -> Event:
    """Full, with one person whose structure has its place already and one who only comes later."""
    organisation = make_organisation()
    client.sign_in(make_user(organisation))
    return make_event(organisation, capacity=2, per_structure=1)


@pytest.fixture
def queue(event: Event) -> list[Registration]:
    laon = save(Structure(id_fs="1", name="France services de Laon", departement_code="02", updated_at=NOW))
    make_registration(event, make_person(structure=laon))
    blocked = make_registration(event, make_person(structure=laon, last_name="Petit"), status=WAITING)
    first = make_registration(event, make_person(last_name="Roy"), status=WAITING)
    last = make_registration(event, make_person(last_name="Zola"), status=WAITING)
    seats.capacities_changed(event, now=NOW)
    assert first.is_confirmed
    return [blocked, last]


def list_of(event: Event, **query: str) -> str:
    return f"/gestion/evenements/{event.slug}/liste-attente" + "".join(f"?{k}={v}" for k, v in query.items())


def act_of(registration: Registration, more: str = "") -> str:
    return f"/gestion/evenements/{registration.event.slug}/inscriptions/{registration.id}/attribution{more}"


@pytest.mark.both_databases
def test_it_shows_who_waits_in_order_why_and_what_was_decided(
    client: PageClient, event: Event, queue: list[Registration]
) -> None:
    page = client.page(list_of(event))

    rows = [words(row) for row in page.select("tbody tr")]
    assert [re.match(r"(\d+r?e) PETIT|(\d+e) ZOLA", row) is not None for row in rows] == [True, True]
    assert "1 place déjà prise par sa structure (1 au plus)" in rows[0]
    assert "toutes les places de la rencontre sont prises (2 sur 2)" in rows[1]
    decided = [words(entry) for entry in page.select(".timeline li")]
    assert "Place attribuée à Camille ROY" in decided[0]
    assert "Camille PETIT, personne passée : 1 place déjà prise par sa structure (1 au plus)" in decided[1]


def test_it_says_by_how_much_the_event_is_exceeded(client: PageClient, queue: list[Registration]) -> None:
    event = queue[0].event
    event.capacity = 1

    lead = words(client.page(list_of(event)).select_one("main"))

    says = (
        "La rencontre a 2 places occupées pour 1 : personne ne sera promu tant que 2 places ne se seront pas libérées."
    )
    assert says in lead
    assert "1 personne attend que leur structure ait de nouveau droit à une place." in lead


def test_whoever_waits_behind_somebody_who_could_be_seated_waits_for_their_turn(
    client: PageClient, queue: list[Registration]
) -> None:
    queue[0].event.capacity = 9
    row = words(client.page(list_of(queue[0].event)).select("tbody tr")[1])
    assert "son tour n’est pas venu" in row


def test_a_full_session_gives_its_figures(client: PageClient, event: Event) -> None:
    session, _booking = waiting_for_a_session(event)
    page = client.page(list_of(event, session=session.slug))
    assert "toutes les places de la session sont prises (0 sur 0)" in words(page.select_one("tbody tr"))
    assert "La session est complète : 0 place occupée sur 0." in words(page)


def test_an_open_offer_is_shown_apart(client: PageClient, event: Event) -> None:
    event.offer_hours = 24
    make_registration(event, make_person(last_name="Roy"), status=WAITING)
    seats.capacities_changed(event, now=NOW)
    page = client.page(list_of(event))
    assert "ROY" in words(page.select_one("#offers").parent)
    assert page.select("tbody tr") == []


@pytest.mark.both_databases
def test_each_session_has_its_own(client: PageClient, event: Event) -> None:
    session, _booking = waiting_for_a_session(event)
    page = client.page(list_of(event, session=session.slug))
    assert session.title in words(page.h1)
    assert [words(row).startswith("1re") for row in page.select("tbody tr")] == [True]
    assert session.title in words(client.page(list_of(event)).select_one(".tabs--sub"))
    assert client.get(list_of(event, session="nulle-part")).status_code == 404


def test_a_place_is_given_by_hand_with_a_reason(client: PageClient, queue: list[Registration]) -> None:
    last = queue[1]
    assert "en 2e position" in words(client.page(act_of(last)))

    without = client.post(act_of(last), data={"reason": " "})
    assert (without.status_code, "Écrivez le motif." in words(parse(without))) == (422, True)
    over = client.post(act_of(last), data={"reason": "Elle parle"})
    assert (over.status_code, "Cochez cette case" in words(parse(over))) == (422, True)
    done = client.post(act_of(last), data={"reason": "Elle parle", "over_limits": "y"})

    assert done.status_code == 303
    assert last.is_confirmed
    assert "par l’équipe" in words(client.page(list_of(last.event)).select_one(".timeline li"))


def test_whoever_has_a_place_is_not_given_another(client: PageClient, event: Event) -> None:
    assert client.get(act_of(make_registration(event))).status_code == 303


def test_a_seat_is_given_by_hand(client: PageClient, event: Event) -> None:
    session, booking = waiting_for_a_session(event)
    path = act_of(booking.registration, f"/{session.slug}")
    client.page(path)
    assert client.post(path, data={"reason": "Elle parle", "over_limits": "y"}).status_code == 303
    assert db.session.get_one(Booking, booking.id).is_confirmed
    assert client.get(path).status_code == 303


def test_whoever_sits_elsewhere_at_that_hour_gives_that_seat_up_for_it(client: PageClient, event: Event) -> None:
    session, booking = waiting_for_a_session(event)
    other = make_session(event, booking=BookingMode.OPTIONAL)
    facts = {"event_id": event.id, "registration": booking.registration, "created_at": NOW, "confirmed_at": NOW}
    held = save(Booking(session=other, **facts))
    path, reason = act_of(booking.registration, f"/{session.slug}"), {"reason": "Elle parle", "over_limits": "y"}
    assert other.title in words(client.page(path).select_one("#giving_up"))

    refused = client.post(path, data=reason)
    assert (refused.status_code, "cochez ce qui est rendu" in words(parse(refused))) == (422, True)
    assert client.post(path, data=reason | {"giving_up": other.slug}).status_code == 303
    assert db.session.get_one(Booking, booking.id).is_confirmed
    assert not db.session.get_one(Booking, held.id).is_confirmed


def test_a_stranger_finds_nothing(client: PageClient, queue: list[Registration]) -> None:
    client.sign_in(make_user(make_organisation()))
    assert client.get(list_of(queue[0].event)).status_code == 404
    assert client.post(act_of(queue[0]), data={"reason": "x"}).status_code == 404


def test_the_person_sees_their_rank_and_what_keeps_them(client: PageClient, queue: list[Registration]) -> None:
    state = words(client.page(f"/mon-inscription/{links.token(queue[0])}").select_one("[data-state=waiting]"))
    assert "Vous êtes en 1re position." in state
    assert "1 place déjà prise par votre structure (1 au plus)" in state


def waiting_for_a_session(event: Event) -> tuple[Session, Booking]:
    session = make_session(event, booking=BookingMode.OPTIONAL, capacity=0)
    facts = {"event_id": event.id, "session": session, "created_at": NOW}
    return session, save(Booking(registration=make_registration(event), **facts))
