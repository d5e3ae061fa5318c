"""An answer brings another question: at once, or in a second step without JavaScript; three ways of using the page."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from eventapp.registrations.questions.models import QuestionKind
from tests.browser.hands import event_day
from tests.factories import make_event, make_question

STARTS = event_day(datetime.now(UTC)) + timedelta(hours=8)
WAYS = ("mouse", "no-javascript", "keyboard")


def seed():
    for way in WAYS:
        event = make_event(slug=f"repas-{way}", starts_at=STARTS, ends_at=STARTS + timedelta(hours=8))
        make_question(event, slug="repas", label="Déjeunez-vous ?", position=1)
        facts = {"kind": QuestionKind.TEXT, "required": True, "sensitive": True, "position": 2}
        make_question(event, slug="regime", label="Votre régime", shown_if={"question": "repas", "is": True}, **facts)


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed, environ={"EVENTAPP_DEMO": "1"})


@pytest.fixture
def way(request):
    return request.node.callspec.id


def test_an_answer_brings_another_question(hands, way):
    hands.open(f"/evenements/repas-{way}/inscription")
    expect(hands.page.get_by_label("Votre régime")).to_have_count(0)
    hands.write("Prénom", "Camille")
    hands.write("Nom", "Roy")
    hands.write("Adresse électronique", f"camille.{way}@agents.example")
    hands.tick("Oui")

    if way == "no-javascript":
        hands.press("Envoyer mon inscription")
        hands.sees("Il reste une question")
    hands.write("Votre régime", "sans gluten")
    hands.tick("J’accepte")
    hands.press("Envoyer mon inscription")
    expect(hands.page.get_by_role("heading", level=1)).to_have_text("Mon inscription")
    hands.sees("sans gluten")


def test_a_question_goes_and_comes_back_as_it_was_left(page, site):
    page.goto(f"{site.url}/evenements/repas-mouse/inscription")
    question = page.get_by_label("Votre régime")

    page.get_by_label("Oui").check()
    question.fill("sans sel")
    page.get_by_label("Non").check()
    expect(question).to_have_count(0)
    page.get_by_label("Oui").check()

    expect(question).to_have_value("sans sel")
