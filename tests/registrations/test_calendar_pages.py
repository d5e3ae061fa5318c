"""« Mon agenda »: which mail, which files, and the secret address that is changed or switched off."""

from collections.abc import Callable

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.outbox.models import Message
from eventapp.outbox.rendering import render
from eventapp.registrations import links, seats
from eventapp.registrations.models import CalendarWish, Registration, Status
from tests.factories import NOW, make_person, make_registration, make_session
from tests.pages import PageClient, parse, words
from tests.registrations.test_public_pages import coming

Outbox = Callable[[], list[Message]]


@pytest.fixture
def registration() -> Registration:
    event = coming()
    session = make_session(event, title="Budget", slug="budget", booking=BookingMode.REQUIRED)
    return seats.register(event, make_person(), sessions=[session], now=NOW)


def page_of(registration: Registration) -> str:
    return f"/mon-inscription/{links.token(registration)}/agenda"


def path(url: str) -> str:
    return url.partition("://")[2].partition("/")[1] + url.partition("://")[2].partition("/")[2]


def test_the_page_offers_the_choice_the_files_and_the_subscription(
    client: PageClient, registration: Registration
) -> None:
    page = client.page(page_of(registration))
    assert page.find("input", attrs={"name": "wish", "checked": True})["value"] == "event"
    assert page.find("a", href=f"{page_of(registration)}.ics")
    assert page.find("a", href=f"/evenements/{registration.event.slug}/sessions/budget.ics")
    address = page.find(id="calendar-address")["value"]
    assert address == links.feed(registration)
    assert page.find("a", href=address.replace("http://", "webcal://").replace("https://", "webcal://"))
    for program in ("Outlook", "Thunderbird", "Google Agenda", "Apple", "Zimbra", "BlueMind"):
        assert program in words(page.main)


def test_the_personal_page_leads_there(client: PageClient, registration: Registration) -> None:
    page = client.page(f"/mon-inscription/{links.token(registration)}")
    assert page.find("a", href=page_of(registration))


def test_the_choice_is_kept_and_what_is_due_leaves(
    client: PageClient, registration: Registration, outbox: Outbox
) -> None:
    response = client.post(page_of(registration), data={"wish": "sessions"}, follow_redirects=True)
    assert "Votre choix est enregistré." in words(parse(response).main)
    assert registration.calendar_wish is CalendarWish.SESSIONS
    assert [m.letter for m in outbox()] == ["registrations/confirmed", "registrations/calendar_update"]


@pytest.mark.parametrize("wish", [{}, {"wish": "tout"}])
def test_another_answer_is_refused(client: PageClient, registration: Registration, wish: dict[str, str]) -> None:
    assert client.post(page_of(registration), data=wish).status_code == 422
    assert registration.calendar_wish is CalendarWish.EVENT


def test_the_address_is_changed(client: PageClient, registration: Registration) -> None:
    before = path(links.feed(registration))
    client.post(f"/mon-inscription/{links.token(registration)}/adresse-agenda")
    assert [client.get(address).status_code for address in (before, path(links.feed(registration)))] == [404, 200]


def test_the_subscription_stops_and_begins_again(client: PageClient, registration: Registration) -> None:
    address = f"/mon-inscription/{links.token(registration)}/adresse-agenda"
    before = path(links.feed(registration))
    client.post(f"{address}/arret")
    assert client.get(before).status_code == 404
    page = client.page(page_of(registration))
    assert "L’abonnement est arrêté" in words(page.main)
    assert page.find(id="calendar-address") is None
    assert "webcal:" not in client.get(f"/mon-inscription/{links.token(registration)}").text

    client.post(address)
    assert [client.get(one).status_code for one in (before, path(links.feed(registration)))] == [404, 200]


def test_letters_stop_giving_a_stopped_address(registration: Registration, outbox: Outbox) -> None:
    registration.feed_revoked_at = NOW
    letter = render(outbox()[0])
    assert "Votre agenda est joint à ce courriel." in letter.text
    assert "/agenda/" not in letter.text.replace("/mon-inscription/", "")


def test_who_cancelled_has_nothing_left_to_choose(client: PageClient) -> None:
    registration = make_registration(coming(), status=Status.CANCELLED)
    assert "il n’y a plus d’agenda" in words(client.page(page_of(registration)).main)
    response = client.post(page_of(registration), data={"wish": "none"}, follow_redirects=True)
    assert "annulée" in words(parse(response).main)
    assert registration.calendar_wish is CalendarWish.EVENT


def test_an_unknown_link_is_not_found(client: PageClient) -> None:
    assert client.get("/mon-inscription/inconnu/agenda").status_code == 404
    assert client.post("/mon-inscription/inconnu/adresse-agenda/arret").status_code == 404


def test_an_update_is_short_and_brings_one_entry(
    client: PageClient, registration: Registration, outbox: Outbox
) -> None:
    client.post(page_of(registration), data={"wish": "sessions"})
    letter = render(outbox()[1])
    assert letter.subject == "Mise à jour de votre agenda\u00a0: Budget"
    assert letter.contents.attachments == []
    assert letter.contents.calendar is not None
    assert letter.contents.calendar.count(b"BEGIN:VEVENT") == 1
    assert "« Budget »" in " ".join(letter.text.split())
