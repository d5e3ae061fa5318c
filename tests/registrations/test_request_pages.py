"""The desk's page of requests: what is asked, accepting, refusing with a reason."""

from dataclasses import replace
from datetime import timedelta

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.clock import utcnow
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.registrations.models import Registration
from eventapp.registrations.people import person_of
from eventapp.registrations.self_service import request_payloads, requests
from eventapp.registrations.self_service.models import ChangeRequest, RequestKind
from tests.factories import make_category, make_registration, make_session, make_user
from tests.pages import PageClient, parse, words
from tests.registrations.test_public_pages import coming

HOSTILE = "<script>alert(1)</script>"


def at(registration: Registration, path: str = "") -> str:
    return f"/gestion/evenements/{registration.event.slug}/demandes{path}"


@pytest.fixture
def registration() -> Registration:
    return make_registration(coming(closes_at=utcnow() - timedelta(minutes=1)))


@pytest.fixture
def request_(registration: Registration, client: PageClient) -> ChangeRequest:
    client.sign_in(make_user(registration.event.organisation))
    payload = {"reason": HOSTILE}
    return requests.ask(registration, RequestKind.CANCEL, payload, message=HOSTILE, now=utcnow())


def test_what_is_asked_is_listed_and_linked(client: PageClient, request_: ChangeRequest) -> None:
    registration = request_.registration
    page = client.page(at(registration))
    assert words(page.main).count(HOSTILE) == 2
    assert page.main.find("script") is None
    event = f"/gestion/evenements/{registration.event.slug}"
    assert words(client.page(f"{event}/inscriptions").find("a", href=at(registration))) == "Demandes (1)"
    assert "1 demande attend votre réponse" in words(client.page(f"{event}/").main)


def test_accepting_does_it(client: PageClient, request_: ChangeRequest) -> None:
    address = at(request_.registration, f"/{request_.id}/acceptation")
    for _ in range(2):
        assert client.post(address).status_code == 303
    assert request_.registration.is_cancelled
    assert "acceptée" in words(client.page(at(request_.registration)).main)


def test_what_refuses_the_act_is_said(client: PageClient, registration: Registration, request_: ChangeRequest) -> None:
    asked = requests.ask(registration, RequestKind.SESSIONS, {"sessions": ["inconnue"]}, now=utcnow())
    response = client.post(at(registration, f"/{asked.id}/acceptation"), follow_redirects=True)
    assert "n’a pas pu être acceptée" in words(parse(response).main)
    assert asked.decided_at is None


@pytest.mark.parametrize("over_limits", [False, True])
def test_a_full_session_is_granted_at_once_only_when_told_to(
    client: PageClient, request_: ChangeRequest, over_limits: bool
) -> None:
    registration = request_.registration
    session = make_session(registration.event, booking=BookingMode.OPTIONAL, capacity=0)
    asked = requests.ask(registration, RequestKind.SESSIONS, {"sessions": [session.slug]}, now=utcnow())
    box = client.page(at(registration)).select_one(f"#over_limits-{asked.id}")
    assert f"toutes les places de « {session.title} » sont prises" in words(box.find_parent("form"))

    sent = {"over_limits": "y", "over_reason": "Elle l’anime"} if over_limits else {}
    assert client.post(at(registration, f"/{asked.id}/acceptation"), data=sent).status_code == 303
    (booking,) = registration.live_bookings
    assert booking.is_confirmed is over_limits


def test_a_full_category_is_granted_only_when_told_to(client: PageClient, request_: ChangeRequest) -> None:
    registration = request_.registration
    full = make_category(registration.event, capacity=0)
    person = replace(person_of(registration), category=full)
    payload = request_payloads.details(registration, person, {})
    asked = requests.ask(registration, RequestKind.DETAILS, payload, now=utcnow())
    assert "la demande ne peut pas être acceptée" in words(client.page(at(registration)).main)

    address = at(registration, f"/{asked.id}/acceptation")
    client.post(address)
    assert asked.decided_at is None
    client.post(address, data={"over_limits": "y", "over_reason": " "})
    assert asked.decided_at is None
    client.post(address, data={"over_limits": "y", "over_reason": "Elle l’anime"})
    said = db.session.scalars(db.select(Entry).where(Entry.act == "request.accepted")).one()
    assert said.sentence.endswith(
        f"catégorie «\u00a0{full.name}\u00a0» (0\u00a0sur\u00a00). Motif\u00a0: Elle l’anime."
    )
    assert (asked.decision, registration.category) == ("accepted", full)


def test_refusing_needs_an_answer(client: PageClient, request_: ChangeRequest) -> None:
    address = at(request_.registration, f"/{request_.id}/refus")
    client.page(address)
    assert client.post(address, data={"answer": " "}).status_code == 422
    assert client.post(address, data={"answer": "Trop tard"}).status_code == 303
    assert (request_.decision, request_.answer) == ("refused", "Trop tard")
    assert client.post(at(request_.registration, f"/{request_.id}/acceptation")).status_code == 303
    assert request_.registration.is_confirmed


def test_a_request_of_another_event_is_not_found(client: PageClient, request_: ChangeRequest) -> None:
    other = make_registration(coming(organisation=request_.registration.event.organisation))
    for path in (f"/{request_.id}/acceptation", f"/{2**31}/acceptation"):
        assert client.post(at(other, path)).status_code == 404
    assert request_.decided_at is None


def test_a_request_changed_since_the_page_was_opened_is_read_again(
    client: PageClient, registration: Registration, request_: ChangeRequest
) -> None:
    address = at(registration, f"/{request_.id}/acceptation")
    read = client.page(at(registration)).main.select_one(f'form[action="{address}"] input[name=version]')["value"]
    requests.ask(registration, RequestKind.CANCEL, {"reason": "Autre"}, now=utcnow())

    response = client.post(address, data={"version": read}, follow_redirects=True)

    assert "a changé sa demande" in words(parse(response).main)
    assert registration.is_confirmed
