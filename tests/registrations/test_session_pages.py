"""The sessions on a person's own pages: chosen, summed up, waited for, offered."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from eventapp.agenda.models import BookingMode, Session
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.registrations import links, seats
from eventapp.registrations.models import Registration
from tests.factories import make_person, make_session, make_user
from tests.pages import PageClient, parse, words
from tests.registrations.test_public_pages import coming

HOUR = timedelta(hours=1)


def workshop(event: Event, title: str, **facts: Any) -> Session:
    return make_session(event, **{"title": title, "slug": title.lower(), "booking": BookingMode.REQUIRED} | facts)


def register(event: Event, *sessions: Session, now: datetime | None = None) -> Registration:
    return seats.register(event, make_person(), sessions=sessions, now=now or utcnow())


def pages(registration: Registration) -> str:
    return f"/mon-inscription/{links.token(registration)}"


def held(registration: Registration) -> list[tuple[str, bool]]:
    return sorted((b.session.title, b.is_confirmed) for b in registration.live_bookings)


def offered(event: Event) -> Registration:
    """Somebody who holds « Un » and is offered the seat of « Deux », at the same hour."""
    one, two = workshop(event, "Un", capacity=1), workshop(event, "Deux", capacity=1)
    registration, other = register(event, one), register(event, two)
    seats.change_sessions(registration, [one], beside=[two], now=utcnow(), by="person")
    seats.change_sessions(other, [], now=utcnow(), by="person")
    return registration


def fields(form: Any) -> dict[str, list[str]]:
    names = {tag["name"] for tag in form.select("input[type=hidden]")} - {"csrf_token"}
    return {name: [tag["value"] for tag in form.select(f"input[name={name}]")] for name in sorted(names)}


def test_a_change_is_summed_up_then_confirmed(client: PageClient) -> None:
    event = coming()
    one, two = workshop(event, "Un"), workshop(event, "Deux")
    registration = register(event, one)

    answer = client.post(f"{pages(registration)}/sessions/verification", data={"sessions": two.slug})
    text = words(parse(answer).main)
    assert (answer.status_code, held(registration)) == (200, [("Un", True)])
    assert "Un place rendue" in text
    assert "Deux place libre" in text

    form = parse(answer).main.find("form")
    assert client.post(f"{pages(registration)}/sessions", data=fields(form)).status_code == 303
    assert held(registration) == [("Deux", True)]


def test_leaving_a_seat_for_a_full_session_offers_to_keep_it(client: PageClient) -> None:
    event = coming()
    one, two = workshop(event, "Un"), workshop(event, "Deux", capacity=1)
    registration, _holder = register(event, one), register(event, two)

    answer = client.post(f"{pages(registration)}/sessions/verification", data={"sessions": two.slug})
    page = parse(answer).main
    assert "Deux liste d’attente, 1re position" in words(page)
    assert "vous attendriez sans certitude" in words(page)

    keeping = page.find("form")
    assert fields(keeping) == {"attente": ["deux"], "sessions": ["un"]}
    client.post(f"{pages(registration)}/sessions", data=fields(keeping))
    assert held(registration) == [("Deux", False), ("Un", True)]


def test_nothing_changed_is_said_without_a_summary(client: PageClient) -> None:
    event = coming()
    registration = register(event, workshop(event, "Un"))
    answer = client.post(f"{pages(registration)}/sessions/verification", data={"sessions": "un"}, follow_redirects=True)
    assert "Vous n’avez rien changé." in words(parse(answer).main)


def test_a_choice_that_clashes_comes_back_with_its_fault(client: PageClient) -> None:
    event = coming()
    workshop(event, "Un"), workshop(event, "Deux")
    registration = register(event)
    for path in ("/sessions/verification", "/sessions"):
        answer = client.post(pages(registration) + path, data={"sessions": ["un", "deux"]})
        assert answer.status_code == 422
        assert "choisissez l’une des deux" in words(parse(answer).find(id="erreurs"))


def test_waiting_for_a_session_shows_the_rank_and_can_be_left(client: PageClient) -> None:
    event = coming()
    two = workshop(event, "Deux", capacity=0)
    register(event, two)
    registration = register(event, two)

    page = client.page(pages(registration)).main
    assert "en attente, 2e position" in words(page)
    client.post(f"{pages(registration)}/sessions/deux/attente/retrait")
    assert held(registration) == []


def test_the_form_shows_one_choice_at_each_hour(client: PageClient) -> None:
    registration = offered(coming())
    page = client.page(f"{pages(registration)}/sessions").main
    assert [tag["value"] for tag in page.select("input[checked]")] == ["un"]
    assert "Une place vous est proposée dans « Deux »" in words(page)


@pytest.mark.parametrize(("answer", "kept"), [("acceptation", "Deux"), ("refus", "Un")])
def test_an_offer_is_shown_and_answered(client: PageClient, answer: str, kept: str) -> None:
    registration = offered(coming())
    until = registration.live_bookings[-1].offer_until
    assert until is not None

    page = client.page(pages(registration))
    assert [tag["data-session-offer-until"] for tag in page.select("[data-session-offer-until]")] == [until.isoformat()]
    assert [tag["data-state"] for tag in page.select("[data-state]")] == ["confirmed"]
    assert client.post(f"{pages(registration)}/sessions/deux/{answer}").status_code == 303
    assert held(registration) == [(kept, True)]


def test_a_late_answer_is_said_and_the_seat_has_gone(client: PageClient) -> None:
    registration = offered(coming())
    registration.live_bookings[-1].offer_until = utcnow() - HOUR
    answer = client.post(f"{pages(registration)}/sessions/deux/acceptation", follow_redirects=True)
    assert "Cette proposition n’est plus ouverte" in words(parse(answer).main)
    assert held(registration) == [("Un", True)]


@pytest.mark.parametrize("act", ["acceptation", "refus", "attente/retrait"])
def test_a_session_that_is_not_theirs_is_not_found(client: PageClient, act: str) -> None:
    event = coming()
    workshop(event, "Un")
    assert client.post(f"{pages(register(event))}/sessions/un/{act}").status_code == 404


def test_a_moved_session_asks_its_holders_to_choose(client: PageClient) -> None:
    event = coming()
    one, two = workshop(event, "Un"), workshop(event, "Deux", starts_at=event.starts_at + 2 * HOUR)
    registration = register(event, one, two)
    client.sign_in(make_user(event.organisation))
    local = one.starts_at.astimezone(event.zone)
    facts = {"title": "Deux", "kind": "workshop", "booking": "required", "day": local.date().isoformat()}
    hours = {"starts": f"{local:%H:%M}", "ends": f"{local + HOUR:%H:%M}"}
    event.published_at = None  # withdrawn: what is written is written at once

    answer = client.post(f"/gestion/evenements/{event.slug}/sessions/deux", data=facts | hours, follow_redirects=True)

    assert "1 personne tient maintenant deux sessions à la même heure" in words(parse(answer).main)
    event.published_at = event.created_at
    assert "À la même heure que « Un »" in words(client.page(pages(registration)).main)
