"""The personal page: what its holder reads and does; nothing happens by GET."""

from collections.abc import Callable

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.clock import utcnow
from eventapp.events.models import Audience, Event
from eventapp.outbox.models import Message
from eventapp.registrations import links
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.questions.models import QuestionKind
from tests.factories import NOW, all_leave, make_person, make_question, make_registration, make_session
from tests.pages import PageClient, parse, words
from tests.registrations.test_public_pages import HOUR, PERSON, coming

Outbox = Callable[[], list[Message]]


def page_of(registration: Registration) -> str:
    return f"/mon-inscription/{links.token(registration)}"


def bookable(event: Event, **facts: object):
    return make_session(event, booking=BookingMode.REQUIRED, **facts)


@pytest.mark.parametrize("status", ["confirmed", "waiting", "cancelled"])
def test_the_page_shows_its_state(client: PageClient, status: str) -> None:
    registration = make_registration(coming(), status=Status(status))
    assert client.page(page_of(registration)).find(attrs={"data-state": True})["data-state"] == status


def test_the_position_in_the_queue_is_shown(client: PageClient) -> None:
    event = coming(capacity=0)
    make_registration(event, status=Status.WAITING)
    second = make_registration(event, status=Status.WAITING)
    assert "Vous êtes en 2e position." in words(client.page(page_of(second)).main)


def test_an_offer_is_shown_and_accepted_by_post(client: PageClient) -> None:
    until = utcnow() + HOUR
    registration = make_registration(coming(capacity=1), status=Status.WAITING, offer_until=until)

    state = client.page(page_of(registration)).find(attrs={"data-offer-until": True})
    assert (state["data-state"], state["data-offer-until"]) == ("waiting", until.isoformat())
    assert client.post(f"{page_of(registration)}/place/acceptation").status_code == 303
    assert registration.status is Status.CONFIRMED


def test_an_offer_is_refused_by_post(client: PageClient) -> None:
    registration = make_registration(coming(capacity=1), status=Status.WAITING, offer_until=utcnow() + HOUR)
    client.post(f"{page_of(registration)}/place/refus")
    assert registration.status is Status.CANCELLED


def test_an_ended_offer_is_said(client: PageClient) -> None:
    registration = make_registration(coming(), status=Status.WAITING, offer_until=NOW)
    response = client.post(f"{page_of(registration)}/place/acceptation", follow_redirects=True)
    assert "n’est plus valable" in words(parse(response).main)


def test_cancelling_asks_then_acts(client: PageClient, outbox: Outbox) -> None:
    registration = make_registration(coming())
    client.page(f"{page_of(registration)}/annulation")
    assert registration.status is Status.CONFIRMED

    client.post(f"{page_of(registration)}/annulation", data={"choice": "cancel", "reason": "Un empêchement"})

    assert (registration.status, registration.cancellation_reason) == (Status.CANCELLED, "Un empêchement")
    assert [m.letter for m in outbox()] == ["registrations/cancelled"]


@pytest.mark.parametrize(
    ("facts", "action"),
    [
        ({}, "S’inscrire de nouveau"),
        ({"capacity": 0}, "S’inscrire sur la liste d’attente"),
        ({"capacity": 0, "waiting_list": False}, None),
        ({"closes_at": NOW}, None),
        ({"audience": Audience.INVITED}, None),
    ],
)
def test_after_cancelling_one_comes_back_only_where_it_can_work(client: PageClient, facts: dict, action: str) -> None:
    registration = make_registration(coming(**facts), status=Status.CANCELLED)
    link = client.page(page_of(registration)).select_one(".state a")
    assert (words(link) if link else None) == action


def test_the_cancellation_is_said_once(client: PageClient) -> None:
    registration = make_registration(coming())
    response = client.post(f"{page_of(registration)}/annulation", data={"choice": "cancel"}, follow_redirects=True)
    assert words(parse(response).main).count("Votre inscription est annulée") == 1


def test_the_calendar_comes_after_the_sessions_and_leaving_last(client: PageClient) -> None:
    event = coming()
    bookable(event)
    titles = [words(tag) for tag in client.page(page_of(make_registration(event))).select("main h2")]
    assert titles == ["Mes sessions", "Dans mon calendrier", "Mes informations", "Un empêchement ?"]


def test_whoever_waits_has_neither_agenda_nor_place_to_leave(client: PageClient) -> None:
    page = client.page(page_of(make_registration(coming(capacity=0), status=Status.WAITING)))
    assert page.find(id="calendrier") is None
    assert "vous quittez la liste d’attente" in words(page.main)
    assert "laissez votre place" not in words(page.main)


def test_sessions_are_changed(client: PageClient) -> None:
    event = coming()
    session = bookable(event)
    registration = make_registration(event)
    assert client.page(f"{page_of(registration)}/sessions").find(value=session.slug)

    assert client.post(f"{page_of(registration)}/sessions", data={"sessions": session.slug}).status_code == 303

    assert [(b.session_id, b.is_confirmed) for b in registration.live_bookings] == [(session.id, True)]
    assert session.title in words(client.page(page_of(registration)).main)
    again = client.page(f"{page_of(registration)}/sessions")
    assert again.find(value=session.slug).has_attr("checked")


def test_a_clash_is_refused(client: PageClient) -> None:
    event = coming()
    slugs = [bookable(event).slug for _ in range(2)]
    registration = make_registration(event)
    assert client.post(f"{page_of(registration)}/sessions", data={"sessions": slugs}).status_code == 422


def test_details_and_answers_are_changed(client: PageClient) -> None:
    event = coming()
    make_question(event, slug="train", kind=QuestionKind.TEXT)
    registration = make_registration(event)
    form = client.page(f"{page_of(registration)}/modification")
    assert form.find(id="last_name")["value"] == registration.last_name

    client.post(f"{page_of(registration)}/modification", data=PERSON | {"question-train": "8 h 12"})

    assert (registration.email, registration.name_folded) == ("zoe.lefevre@agents.example", "lefevre zoe")
    assert [a.value for a in registration.answers] == ["8 h 12"]


def test_a_new_address_is_sent_the_link_and_an_old_one_nothing(client: PageClient, outbox: Outbox) -> None:
    registration = make_registration(coming(), make_person(**PERSON))
    address = f"{page_of(registration)}/modification"

    client.post(address, data=PERSON | {"email": PERSON["email"].upper(), "function": "conseillère"})
    assert outbox() == []
    client.post(address, data=PERSON | {"email": "nouvelle@agents.example"})

    assert [(m.letter, m.to) for m in outbox()] == [("registrations/link", "nouvelle@agents.example")]


def test_letters_to_a_new_address_are_counted(client: PageClient, outbox: Outbox, limits: None) -> None:
    registration = make_registration(coming())
    address = f"{page_of(registration)}/modification"
    codes = []
    for number in range(6):
        client.post(address, data=PERSON | {"email": f"autre-{number}@agents.example"})
        all_leave()
        codes.append(client.post(address, data=PERSON | {"email": "victime@agents.example"}).status_code)
        all_leave()
    assert (codes[0], codes[-1]) == (303, 429)
    letters = [m.letter for m in outbox() if m.to == "victime@agents.example"]
    assert letters.count("registrations/link") == 5
    assert len(letters) == 10  # each entry of a calendar that came with a link is taken back, once


def test_becoming_somebody_already_registered_is_refused_without_saying_so(client: PageClient) -> None:
    event = coming()
    other = make_registration(event, make_person(**PERSON))
    registration = make_registration(event)

    response = client.post(f"{page_of(registration)}/modification", data=PERSON)

    assert response.status_code == 422
    assert "déjà inscrit" not in response.text
    assert other.email != registration.email


def test_the_feed_address_is_renewed(client: PageClient) -> None:
    registration = make_registration(coming())
    before = links.feed(registration)
    client.post(f"{page_of(registration)}/adresse-agenda")
    assert links.feed(registration) != before


def test_a_cancelled_event_shows_as_cancelled(client: PageClient) -> None:
    registration = make_registration(coming(cancelled_at=NOW, cancellation_reason="Neige"))
    page = client.page(page_of(registration))
    assert page.find(attrs={"data-state": "cancelled"})
    assert "Neige" in words(page.main)


@pytest.mark.parametrize("path", ["", "/sessions", "/modification", "/annulation", "/transmission"])
def test_an_unknown_token_is_404(client: PageClient, path: str) -> None:
    assert client.get(f"/mon-inscription/inconnu{path}").status_code == 404


def test_the_page_is_private(client: PageClient) -> None:
    headers = client.get(page_of(make_registration(coming()))).headers
    assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store", "noindex")
