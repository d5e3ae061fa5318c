"""The event's own questions: kinds, conditions, consent; and the organiser's page about them."""

from typing import Any

import pytest

from eventapp import tokens
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations.models import Invitation
from eventapp.registrations import refusals, seats
from eventapp.registrations.models import Registration
from eventapp.registrations.questions import editing
from eventapp.registrations.questions.models import Answer, Question, QuestionKind
from tests.factories import (
    NOW,
    make_event,
    make_guest,
    make_invitation,
    make_person,
    make_question,
    make_user,
)
from tests.pages import PageClient, parse, words
from tests.registrations.test_public_pages import PERSON, address, coming

CHOICES = ["Végétarien", "Végétalien"]


def answered(event: Event, **answers: Any) -> dict[str, Any]:
    registration = seats.register(event, make_person(), answers=answers, now=NOW)
    return {answer.question.slug: answer.value for answer in registration.answers}


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (QuestionKind.YES_NO, False, "peut-être"),
        (QuestionKind.TEXT, "train", "x" * 301),
        (QuestionKind.LONG_TEXT, "une\nhistoire", "x" * 3001),
        (QuestionKind.CHOICE, "Végétarien", "Autre"),
        (QuestionKind.CHOICES, CHOICES, ["Autre"]),
        (QuestionKind.NUMBER, 3.5, float("inf")),
    ],
)
def test_each_kind_keeps_its_value_and_refuses_others(kind: QuestionKind, good: Any, bad: Any) -> None:
    event = make_event()
    make_question(event, slug="q", kind=kind, choices=CHOICES)

    assert answered(event, q=good) == {"q": good}
    with pytest.raises(refusals.AnswerRefused):
        answered(event, q=bad)


def test_a_required_question_is_answered() -> None:
    event = make_event()
    make_question(event, slug="q", required=True)
    with pytest.raises(refusals.AnswerRefused) as refusal:
        answered(event)
    assert refusal.value.field == "question-q"
    assert answered(event, q=False) == {"q": False}


def test_a_question_counts_only_when_its_condition_is_met() -> None:
    event = make_event()
    make_question(event, slug="repas")
    make_question(
        event, slug="regime", kind=QuestionKind.TEXT, required=True, shown_if={"question": "repas", "is": True}
    )

    assert answered(event, repas=False, regime="oublié") == {"repas": False}
    with pytest.raises(refusals.AnswerRefused):
        answered(event, repas=True)
    assert answered(event, repas=True, regime="sans gluten") == {"repas": True, "regime": "sans gluten"}


def test_a_retired_question_is_no_longer_asked() -> None:
    event = make_event()
    make_question(event, slug="q", required=True, retired_at=NOW)
    assert answered(event) == {}


def test_the_form_asks_every_kind_and_keeps_the_answers(client: PageClient) -> None:
    event = coming()
    for kind in QuestionKind:
        make_question(event, slug=f"q-{kind.value.replace('_', '-')}", kind=kind, choices=CHOICES, required=True)
    data = {
        "question-q-yes-no": "oui",
        "question-q-text": "train",
        "question-q-long-text": "une\r\nhistoire",
        "question-q-choice": "Végétarien",
        "question-q-choices": CHOICES,
        "question-q-number": "1 200,5",
    }

    page = client.page(address(event))
    assert page.find("input", {"name": "question-q-text"}).has_attr("required")
    missing = parse(client.post(address(event), data=PERSON))
    assert len(missing.select("#erreurs li")) == 6
    assert client.post(address(event), data=PERSON | data).status_code == 303
    values = db.session.scalars(db.select(Answer).order_by(Answer.id)).all()
    assert [a.value for a in values] == [True, "train", "une\nhistoire", "Végétarien", CHOICES, 1200.5]


def regime(event: Event, **facts: Any) -> Question:
    """Asked of whoever eats there."""
    make_question(event, slug="repas", label="Déjeunez-vous ?")
    condition = {"question": "repas", "is": True}
    return make_question(
        event, slug="regime", label="Votre régime", kind=QuestionKind.TEXT, shown_if=condition, **facts
    )


def test_an_answer_brings_a_needed_question_in_a_second_step(client: PageClient) -> None:
    event = coming()
    regime(event, required=True)
    form = client.page(address(event))
    assert form.find(id="question-regime").find_parent("template") is not None
    sent = PERSON | {"question-repas": "oui", "asked": ["repas"]}

    response = client.post(address(event), data=sent)

    page = parse(response)
    assert response.status_code == 422
    assert words(page.select_one("#erreurs h2")) == "Il reste une question"
    assert "Erreur" not in words(page.title)
    assert page.select_one("input[name=first_name]")["value"] == PERSON["first_name"]
    assert page.find(id="question-regime").has_attr("required")
    assert page.find("template") is None
    assert [tag["value"] for tag in page.select("input[name=asked]")] == ["repas", "regime"]
    more = {"asked": ["repas", "regime"], "question-regime": "sans gluten"}
    assert client.post(address(event), data=sent | more | {"question-regime": ""}).status_code == 422
    assert client.post(address(event), data=sent | more).status_code == 303


def test_an_invitation_and_the_desk_ask_in_two_steps_too(client: PageClient) -> None:
    event = coming()
    regime(event, required=True)
    client.sign_in(make_user(event.organisation))
    guest = make_guest(event, make_person(first_name=PERSON["first_name"], last_name=PERSON["last_name"]))
    invitation = make_invitation(guest)
    link = tokens.reveal(Invitation.PURPOSE, invitation.nonce)
    sent = PERSON | {"question-repas": "oui", "asked": "repas", "comes": "y"}

    ways = f"/invitation/{link}/inscription", f"/gestion/evenements/{event.slug}/inscriptions/nouvelle"
    for nth, path in enumerate(ways):
        response = client.post(path, data=sent)
        assert response.status_code == 422
        assert words(parse(response).select_one("#erreurs li")) == "Votre régime"
        more = {"asked": ["repas", "regime"], "question-regime": "sans sel", "email": f"agent-{nth}@agents.example"}
        assert client.post(path, data=sent | more).status_code == 303


def test_a_needed_question_left_out_by_a_program_is_a_fault(client: PageClient) -> None:
    event = coming()
    regime(event, required=True)

    page = parse(client.post(address(event), data=PERSON | {"question-repas": "oui"}))
    assert words(page.select_one("#erreurs li")) == "Votre régime : Écrivez votre réponse."
    assert client.post(address(event), data=PERSON | {"question-repas": "non"}).status_code == 303


def test_a_question_that_nothing_needs_is_asked_once_the_place_is_taken(client: PageClient) -> None:
    event = coming()
    regime(event)

    response = client.post(address(event), data=PERSON | {"question-repas": "oui", "asked": ["repas"]})

    assert response.status_code == 303
    assert "« Votre régime »" in words(client.page(response.location))


def test_a_sensitive_answer_needs_its_own_consent(client: PageClient) -> None:
    event = coming()
    make_question(event, slug="acces", kind=QuestionKind.TEXT, sensitive=True)

    data = PERSON | {"question-acces": "boucle magnétique"}
    assert client.post(address(event), data=data).status_code == 422
    assert client.post(address(event), data=data | {"consent-acces": "y"}).status_code == 303
    assert db.session.scalars(db.select(Registration)).one().consented_at is not None


def test_an_organiser_writes_orders_and_retires_questions(client: PageClient) -> None:
    event = make_event()
    client.sign_in(make_user(event.organisation))
    base = f"/gestion/evenements/{event.slug}/questions"
    new = f"/gestion/evenements/{event.slug}/nouvelle-question"
    assert "Aucune question" in words(client.page(base))

    client.post(new, data={"label": "Déjeunez-vous ?", "kind": "yes_no"})
    regime = {"label": "Régime", "kind": "choice", "choices": "Végétarien\nVégétalien", "sensitive": "y"}
    condition = {"condition": "dejeunez-vous=oui"}
    offered = [words(option) for option in client.page(new).select("#condition option")]
    meal = "Si « Déjeunez-vous ? » a pour réponse"
    assert offered == ["Toujours", f"{meal} « oui »", f"{meal} « non »"]
    assert client.post(new, data=regime | condition).status_code == 303
    client.page(f"{base}/regime")
    client.post(new, data={"label": "Un mot ?", "kind": "text"})
    client.post(f"{base}/un-mot/rang", data={"sens": "monter"})

    meal, word, diet = db.session.scalars(Question.asked(event)).all()
    assert (diet.slug, diet.choices, diet.sensitive) == ("regime", CHOICES, True)
    assert diet.shown_if == {"question": "dejeunez-vous", "is": True}
    client.post(f"{base}/un-mot/retrait")
    assert db.session.scalars(Question.asked(event)).all() == [meal, diet]
    assert word.retired_at is not None


def test_a_question_sent_twice_is_added_once(client: PageClient) -> None:
    event = make_event()
    client.sign_in(make_user(event.organisation))
    new = f"/gestion/evenements/{event.slug}/nouvelle-question"
    sent = {"label": "Déjeunez-vous ?", "kind": "yes_no", "key": client.page(new).find(id="key")["value"]}
    assert {client.post(new, data=sent).status_code for _ in range(2)} == {303}
    client.post(new, data=sent | {"label": "Dînez-vous ?"})  # gone back, and asked something else
    client.post(new, data=sent | {"key": client.page(new).find(id="key")["value"]})  # meant so
    slugs = [question.slug for question in db.session.scalars(Question.asked(event))]
    assert slugs == ["dejeunez-vous", "dinez-vous", "dejeunez-vous-2"]


def test_an_agreement_to_other_words_is_asked_again_and_nothing_is_lost(client: PageClient) -> None:
    event = coming()
    question = make_question(event, slug="acces", kind=QuestionKind.TEXT, sensitive=True, consent="Lu par l’accueil.")
    box = client.page(address(event)).find(id="consent-acces")
    data = PERSON | {"question-acces": "boucle magnétique", "consent-acces": box["value"]}
    question.consent = "Lu par l’accueil et le traiteur."
    event.revision += 1

    page = parse(client.post(address(event), data=data))

    again = page.find(id="consent-acces")
    assert (again.has_attr("checked"), again["value"] == box["value"]) == (False, False)
    assert "a changé depuis que cette page est ouverte. Relisez-le, puis cochez-le." in words(page.main)
    assert "Lu par l’accueil et le traiteur." in words(page.main)
    assert page.find(id="question-acces")["value"] == "boucle magnétique"
    assert page.find(id="last_name")["value"] == PERSON["last_name"]
    assert client.post(address(event), data=data | {"consent-acces": again["value"]}).status_code == 303


def test_a_refusal_to_orphan_a_question_is_said(client: PageClient) -> None:
    event = make_event()
    regime(event)
    client.sign_in(make_user(event.organisation))
    base = f"/gestion/evenements/{event.slug}/questions"

    for path, data in (("repas/retrait", {}), ("regime/rang", {"sens": "monter"})):
        page = client.page(client.post(f"{base}/{path}", data=data).location)
        assert "modifiez d’abord « Votre régime »" in words(page)
    response = client.post(f"{base}/repas", data={"label": "Repas ?", "kind": "text"})
    assert response.status_code == 422
    assert "modifiez d’abord « Votre régime »" in words(parse(response).select_one("#kind-error"))


@pytest.mark.parametrize(
    "data",
    [
        {"label": "", "kind": "text"},
        {"label": "Q", "kind": "unknown"},
        {"label": "Q", "kind": "choice", "choices": "un seul"},
        {"label": "x" * 301, "kind": "text"},
        {"label": "Q", "kind": "text", "condition": "inconnue"},
    ],
)
def test_a_badly_formed_question_is_refused(client: PageClient, data: dict) -> None:
    event = make_event()
    client.sign_in(make_user(event.organisation))
    assert client.post(f"/gestion/evenements/{event.slug}/nouvelle-question", data=data).status_code == 422


def test_the_kind_of_an_answered_question_stays() -> None:
    event = make_event()
    question = make_question(event, slug="q")
    answered(event, q=True)
    from eventapp.registrations.questions import editing

    with pytest.raises(editing.KindIsFixed):
        editing.edit_question(question, {"kind": QuestionKind.TEXT}, now=NOW, by=make_user())


def test_questions_belong_to_the_settings_of_the_event(client: PageClient) -> None:
    event = make_event()
    client.sign_in(make_user(event.organisation))

    for path in ("questions", "nouvelle-question"):
        page = client.page(f"/gestion/evenements/{event.slug}/{path}")
        here = [words(link) for link in page.select("main .tabs [aria-current]")]
        assert here == ["Réglages", "Questions"]


def test_a_question_may_be_called_like_a_page(client: PageClient) -> None:
    event, organiser = make_event(), make_user()
    client.sign_in(make_user(event.organisation))
    question = editing.add_question(event, {"label": "Nouvelle ?", "kind": QuestionKind.TEXT}, now=NOW, by=organiser)
    page = client.page(f"/gestion/evenements/{event.slug}/questions/{question.slug}")
    assert page.select_one("input[name=label]")["value"] == "Nouvelle ?"


@pytest.mark.both_databases
def test_a_condition_that_ended_while_the_form_was_open_is_refused() -> None:
    """Retired, or without that choice any more: the new question would be asked of everybody, or of nobody."""
    event, organiser = make_event(), make_user()
    source = make_question(event, slug="repas", kind=QuestionKind.CHOICE, choices=["Froid", "Chaud"])
    facts = {"label": "Lequel ?", "kind": QuestionKind.TEXT, "shown_if": {"question": "repas", "is": "Tiède"}}
    with pytest.raises(editing.ConditionIsGone):
        editing.add_question(event, facts, now=NOW, by=organiser)
    editing.retire_question(source, now=NOW, by=organiser)
    with pytest.raises(editing.ConditionIsGone):
        editing.add_question(event, facts | {"shown_if": {"question": "repas", "is": "Chaud"}}, now=NOW, by=organiser)


def test_the_first_question_does_not_go_up_nor_the_last_down(client: PageClient) -> None:
    event = make_event()
    client.sign_in(make_user(event.organisation))
    for _ in range(3):
        make_question(event)
    rows = client.page(f"/gestion/evenements/{event.slug}/questions").select("tbody tr")
    ways = [[way["value"] for way in row.select("input[name=sens]")] for row in rows]
    assert ways == [["descendre"], ["monter", "descendre"], ["monter"]]
