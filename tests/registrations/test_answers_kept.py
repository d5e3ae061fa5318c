"""Changing a question never loses an answer; only the person's own act does."""

from typing import Any

import pytest

from eventapp.extensions import db
from eventapp.registrations import links, seats
from eventapp.registrations.models import Registration
from eventapp.registrations.people import person_of
from eventapp.registrations.questions import editing
from eventapp.registrations.questions.answers import applying
from eventapp.registrations.questions.models import Answer, Question, QuestionKind
from tests.factories import NOW, make_event, make_person, make_question, make_user
from tests.pages import PageClient, parse, words
from tests.registrations.test_public_pages import coming

CHOICES = ["Végétarien", "Végétalien", "Sans gluten"]
IF_MEAL = {"question": "repas", "is": True}


def answers_of(registration: Registration) -> dict[str, Any]:
    db.session.flush()
    db.session.expire(registration, ["answers"])
    return {answer.question.slug: answer.value for answer in registration.answers}


def change(registration: Registration, answers: dict[str, Any], **facts: Any) -> dict[str, Any]:
    seats.change_details(registration, person_of(registration), answers, now=NOW, by="person", **facts)
    return answers_of(registration)


def edit(question: Question, **facts: Any) -> None:
    same = {"kind": question.kind, "shown_if": question.shown_if}
    editing.edit_question(question, same | facts, now=NOW, by=make_user())


@pytest.fixture
def meal() -> Question:
    return make_question(make_event(), slug="repas", label="Déjeunez-vous ?", position=1)


@pytest.fixture
def diet(meal: Question) -> Question:
    facts = {"kind": QuestionKind.CHOICE, "choices": CHOICES, "shown_if": IF_MEAL, "position": 2}
    return make_question(meal.event, slug="regime", label="Régime", **facts)


@pytest.fixture
def eater(meal: Question, diet: Question) -> Registration:
    answers = {"repas": True, "regime": "Végétarien"}
    return seats.register(meal.event, make_person(), answers=answers, now=NOW)


def test_a_hidden_question_hides_those_that_depend_on_it() -> None:
    first, second, third = (Question(slug=slug, shown_if=None) for slug in "abc")
    second.shown_if, third.shown_if = {"question": "a", "is": True}, {"question": "b", "is": "x"}
    assert applying([first, second, third], {"a": False, "b": "x"}) == [first]
    assert applying([first, second, third], {"a": True, "b": "x"}) == [first, second, third]


@pytest.mark.parametrize(("given", "wanted"), [(12.0, 12), (12, "12"), (12.0, "12"), (2.5, "2.5"), (["x", "y"], "y")])
def test_a_condition_compares_values_not_their_writing(given: Any, wanted: Any) -> None:
    source, other = Question(slug="a", shown_if=None), Question(slug="b", shown_if={"question": "a", "is": wanted})
    assert applying([source, other], {"a": given}) == [source, other]
    assert applying([source, other], {"a": 13}) == [source]


def test_a_withdrawn_choice_stays_the_answer_of_who_made_it(diet: Question, eater: Registration) -> None:
    edit(diet, choices=["Végane", "Sans gluten"], required=True)

    assert change(eater, {"regime": "Végétarien"}) == {"repas": True, "regime": "Végétarien"}
    with pytest.raises(seats.refusals.AnswerRefused):
        change(eater, {"regime": "Végétalien"})


def test_what_was_not_asked_keeps_its_answer(diet: Question, eater: Registration) -> None:
    assert change(eater, {}) == {"repas": True, "regime": "Végétarien"}


def test_what_was_asked_and_emptied_goes(diet: Question, eater: Registration) -> None:
    assert change(eater, {"regime": ""}) == {"repas": True}


def test_a_person_who_changes_their_mind_takes_back_what_depended_on_it(eater: Registration) -> None:
    assert change(eater, {"repas": False}) == {"repas": False}


def test_a_condition_added_by_the_organiser_takes_nothing_back(meal: Question, eater: Registration) -> None:
    first = make_question(meal.event, slug="venue", label="Venez-vous ?", position=0)
    edit(meal, shown_if={"question": first.slug, "is": True})

    assert change(eater, {"venue": False}) == {"venue": False, "repas": True, "regime": "Végétarien"}


def test_an_answer_remembers_the_words_of_its_question(client: PageClient, eater: Registration) -> None:
    eater.event.starts_at, eater.event.ends_at = coming().starts_at, coming().ends_at
    question = eater.answers[1].question
    edit(question, label="Menu")

    page = client.page(f"/mon-inscription/{links.token(eater)}")
    assert "Végétarien (en réponse à « Régime »)" in words(page)


@pytest.mark.parametrize("verb", ["retire", "move", "kind", "choice"])
def test_nothing_orphans_a_question(verb: str, meal: Question, diet: Question) -> None:
    after = {"question": "regime", "is": "Végétarien"}
    make_question(meal.event, slug="marque", label="Marque", shown_if=after, position=3)
    acts = {
        "retire": lambda: editing.retire_question(meal, now=NOW, by=make_user()),
        "move": lambda: editing.move_question(diet, up=True, now=NOW),
        "kind": lambda: edit(meal, kind=QuestionKind.TEXT),
        "choice": lambda: edit(diet, choices=["Végétalien", "Sans gluten"]),
    }
    with pytest.raises(editing.OthersDepend):
        acts[verb]()


def test_a_condition_on_what_was_retired_meanwhile_is_refused(diet: Question) -> None:
    with pytest.raises(editing.ConditionIsGone):
        edit(diet, shown_if={"question": "inconnue", "is": True})


@pytest.mark.parametrize("facts", [{"sensitive": False}, {"kept_days": 30}, {"consent": "Autrement dit"}])
def test_what_people_agreed_to_stays(facts: dict[str, Any]) -> None:
    event = make_event()
    question = make_question(event, slug="acces", kind=QuestionKind.TEXT, sensitive=True)
    edit(question, **facts)
    edit(question, sensitive=True, kept_days=None, consent="")
    seats.register(event, make_person(), answers={"acces": "rampe"}, consented_at=NOW, now=NOW)

    with pytest.raises(editing.PromiseIsMade):
        edit(question, **facts)
    edit(question, kept_days=3)


def test_each_sensitive_answer_has_its_own_consent() -> None:
    event = make_event()
    for slug in ("acces", "allergie"):
        make_question(event, slug=slug, kind=QuestionKind.TEXT, sensitive=True)
    registration = seats.register(event, make_person(), now=NOW)

    change(registration, {"acces": "rampe", "allergie": "noix"}, consents=["acces"])

    agreed = {answer.question.slug: answer.consented_at for answer in registration.answers}
    assert agreed == {"acces": NOW, "allergie": None}
    assert registration.consented_at == NOW
    change(registration, {"acces": "ascenseur"})
    assert {answer.consented_at for answer in registration.answers} == {None}


def test_a_person_corrects_their_phone_and_keeps_a_withdrawn_choice(client: PageClient) -> None:
    event = coming()
    diet = make_question(event, slug="regime", label="Régime", kind=QuestionKind.CHOICE, choices=CHOICES, required=True)
    registration = seats.register(event, make_person(), answers={"regime": "Végétarien"}, now=NOW)
    edit(diet, choices=CHOICES[1:])
    path = f"/mon-inscription/{links.token(registration)}/modification"

    page = client.page(path)

    kept = page.select_one("input[name=question-regime][checked]")
    assert "Végétarien (n’est plus proposé)" in words(page.find("label", {"for": kept["id"]}))
    data = {tag["name"]: tag.get("value", "") for tag in page.select("main input[type=text], main input[type=email]")}
    data |= {"question-regime": kept["value"], "asked": "regime", "phone": "03 20 00 00 00"}
    assert client.post(path, data=data).status_code == 303
    assert db.session.scalars(db.select(Answer.value)).all() == ["Végétarien"]


def test_a_correction_brings_a_needed_question_too(client: PageClient) -> None:
    event = coming()
    make_question(event, slug="repas", position=1)
    make_question(event, slug="regime", label="Régime", kind=QuestionKind.TEXT, required=True, shown_if=IF_MEAL)
    registration = seats.register(event, make_person(), now=NOW)
    path = f"/mon-inscription/{links.token(registration)}/modification"
    person = {"first_name": "Ana", "last_name": "Roy", "email": registration.email}

    response = client.post(path, data=person | {"asked": "repas", "question-repas": "oui"})

    assert response.status_code == 422
    assert words(parse(response).select_one("#erreurs h2")) == "Il reste une question"
    data = person | {"asked": ["repas", "regime"], "question-repas": "oui", "question-regime": "sans sel"}
    assert client.post(path, data=data).status_code == 303


def test_before_a_summary_what_nothing_needs_is_asked_too(client: PageClient) -> None:
    event = coming()
    make_question(event, slug="repas", position=1)
    make_question(event, slug="regime", label="Régime", kind=QuestionKind.TEXT, shown_if=IF_MEAL)
    registration = seats.register(event, make_person(), now=NOW)
    path = f"/mon-inscription/{links.token(registration)}/modification/verification"
    person = {"first_name": "Ana", "last_name": "Roy", "email": registration.email, "question-repas": "oui"}

    first = client.post(path, data=person | {"asked": "repas"})
    second = client.post(path, data=person | {"asked": ["repas", "regime"], "question-regime": ""})

    assert words(parse(first).select_one("#erreurs li")) == "Régime"
    assert second.status_code == 200
    assert db.session.scalars(db.select(Answer)).all() == []
    assert "Sans réponse" in words(client.page(path.removesuffix("/modification/verification")))
