"""The form is kept rendered; what belongs to one visitor never is."""

import re

import pytest

from eventapp.extensions import db
from eventapp.registrations import seats
from tests.factories import NOW, make_event, make_person, make_question

pytestmark = pytest.mark.usefixtures("kept_pages", "in_november")


def secrets_of(page: str) -> tuple[str, str]:
    [token] = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    [key] = re.findall(r'name="key"[^>]*value="([^"]+)"', page)
    return token, key


def test_each_visitor_gets_a_token_and_a_key_of_their_own(app, csrf_client):
    address = f"/evenements/{make_event().slug}/inscription"

    first = secrets_of(csrf_client.get(address).text)
    second = secrets_of(app.test_client().get(address).text)

    assert not set(first) & set(second)
    assert "token-" not in first[0]


def test_a_kept_form_registers(csrf_client):
    address = f"/evenements/{make_event().slug}/inscription"
    csrf_client.get(address)
    token, key = secrets_of(csrf_client.get(address).text)
    person = {"first_name": "Ana", "last_name": "Roy", "email": "ana@agents.example"}

    response = csrf_client.post(address, data=person | {"csrf_token": token, "key": key})

    assert response.status_code == 303


def test_a_new_question_shows_within_a_second(client, time_machine, monkeypatch):
    event = make_event()
    address = f"/evenements/{event.slug}/inscription"
    client.get(address)
    make_question(event, label="Venez-vous en train ?")
    monkeypatch.setattr("eventapp.cache.SECONDS", 0)

    assert "Venez-vous en train" in client.get(address).text


def test_a_form_that_filled_up_says_so(client, monkeypatch):
    event = make_event(capacity=1, waiting_list=False)
    address = f"/evenements/{event.slug}/inscription"
    assert "Envoyer mon inscription" in client.get(address).text
    seats.register(event, make_person(), now=NOW)
    db.session.commit()
    monkeypatch.setattr("eventapp.cache.SECONDS", 0)

    assert "Envoyer mon inscription" not in client.get(address).text
