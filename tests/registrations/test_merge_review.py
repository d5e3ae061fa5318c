"""Uniting two registrations: what would become of both is read before it is done."""

from typing import Any

import pytest

from eventapp.agenda.models import BookingMode, Session
from eventapp.clock import utcnow
from eventapp.extensions import db
from eventapp.outbox.models import Message
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.questions.models import Answer, QuestionKind
from tests.factories import make_person, make_question, make_registration, make_session, make_user, save
from tests.pages import PageClient, parse, words
from tests.registrations.test_public_pages import coming

NAMES = {"first_name": "Zoé", "last_name": "Lefèvre"}


class Twins:
    """Both hold a place and a session, the sessions at the same hour; a third person waits for a place."""

    def __init__(self, client: PageClient) -> None:
        self.event = coming(capacity=2)
        client.sign_in(make_user(self.event.organisation))
        self.one = make_registration(self.event, make_person(**NAMES, email="zoe@mairie.example"))
        self.other = make_registration(self.event, make_person(**NAMES, email="zoe@agents.example", function="Agente"))
        self.third = make_registration(self.event, status=Status.WAITING)
        self.seat(self.one, "Aidants")
        self.clashing = self.seat(self.other, "Numérique")
        secret = make_question(self.event, label="Accès", kind=QuestionKind.TEXT, sensitive=True)
        save(Answer(registration=self.other, question=secret, value="boucle"))
        self.path = f"/gestion/evenements/{self.event.slug}/inscriptions/{self.one.id}"
        self.sent: dict[str, Any] = {"other": str(self.other.id), "address": "this"}

    def seat(self, registration: Registration, title: str) -> Session:
        session, now = make_session(self.event, title=title, booking=BookingMode.OPTIONAL), utcnow()
        facts = {"event_id": self.event.id, "session": session, "created_at": now, "confirmed_at": now}
        save(Booking(registration=registration, **facts))
        return session

    @property
    def state(self) -> list[Any]:
        live = [booking.id for booking in self.one.live_bookings]
        people = [(row.status, row.email, row.revision) for row in (self.one, self.other, self.third)]
        return [live, people, db.session.query(Message).count()]


@pytest.fixture
def twins(client: PageClient) -> Twins:
    return Twins(client)


@pytest.mark.both_databases
def test_the_page_says_what_stays_and_what_leaves_and_writes_nothing(client: PageClient, twins: Twins) -> None:
    before = twins.state

    page = parse(client.post(f"{twins.path}/fusion/relecture", data=twins.sent))

    said = {words(row.th): [words(cell) for cell in row.find_all("td")] for row in page.select("tbody tr")}
    assert said["Adresse électronique"] == ["zoe@mairie.example", "zoe@agents.example", "zoe@mairie.example"]
    assert said["Fonction"] == ["–", "Agente", "Agente"]
    assert said["Aidants"] == ["place réservée", "–", "place réservée"]
    assert said["Numérique"] == ["–", "place réservée", "rien"]
    assert said["Accès"] == ["–", "réponse réservée", "réponse réservée"]
    assert letters(page) == [
        f"Place libérée et attribuée : {twins.third.email}",
        "Inscriptions réunies : zoe@mairie.example",
        "Mise à jour de l’agenda : zoe@mairie.example",  # the session given up leaves it
        "Inscription réunie à une autre adresse : zoe@agents.example",
    ]
    assert twins.state == before


def test_what_was_read_is_what_is_done_once(client: PageClient, twins: Twins) -> None:
    page = parse(client.post(f"{twins.path}/fusion/relecture", data=twins.sent))
    for _ in range(2):
        assert client.post(f"{twins.path}/fusion", data=fields(page)).location == twins.path
    assert (twins.other.is_cancelled, twins.third.is_confirmed) == (True, True)
    assert db.session.query(Message).count() == len(letters(page))


def test_it_is_read_again_once_something_changed(client: PageClient, twins: Twins) -> None:
    page = parse(client.post(f"{twins.path}/fusion/relecture", data=twins.sent))
    later = twins.seat(twins.other, "Visite")
    later.starts_at, later.ends_at = (at + (later.ends_at - later.starts_at) for at in (later.starts_at, later.ends_at))

    again = client.post(f"{twins.path}/fusion", data=fields(page))

    assert (again.status_code, twins.other.is_cancelled) == (422, False)
    assert "Quelque chose a changé depuis que vous avez relu" in words(parse(again).main)
    assert client.post(f"{twins.path}/fusion", data=fields(parse(again))).location == twins.path
    assert twins.other.is_cancelled


def test_a_review_without_another_is_refused(client: PageClient, twins: Twins) -> None:
    for wrong in ({"address": "this"}, twins.sent | {"other": "7" * 9}, twins.sent | {"other": str(twins.one.id)}):
        assert client.post(f"{twins.path}/fusion/relecture", data=wrong).status_code == 422


def letters(page: Any) -> list[str]:
    return [words(line) for line in page.select("#courriels + ul li")]


def fields(page: Any) -> dict[str, str]:
    return {field["name"]: field["value"] for field in page.select(".confirm input[type=hidden]")}
