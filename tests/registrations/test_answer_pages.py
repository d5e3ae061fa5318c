"""What was answered: counted for the whole team, named only for who may read it."""

import json
from typing import Any

import pytest

from eventapp.accounts.models import Role
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.registrations import seats
from eventapp.registrations.models import Registration
from eventapp.registrations.questions import editing
from eventapp.registrations.questions.figures import figures
from eventapp.registrations.questions.models import Answer, Question, QuestionKind
from tests.factories import NOW, make_event, make_person, make_question, make_user
from tests.pages import PageClient, words

SECRET = "fauteuil roulant"
CHOICES = ["Végétarien", "Végétalien"]


def register(event: Event, **answers: Any) -> Registration:
    return seats.register(event, make_person(), answers=answers, now=NOW, consented_at=NOW)


def lines(question: Question) -> list[tuple[str, int, int]]:
    return [(line.label, line.confirmed, line.waiting) for line in figures(question).lines]


def path(question: Question) -> str:
    return f"/gestion/evenements/{question.event.slug}/questions/{question.slug}"


@pytest.mark.both_databases
def test_choices_are_counted_by_state() -> None:
    event = make_event(capacity=3)
    diet = make_question(event, slug="regime", kind=QuestionKind.CHOICES, choices=CHOICES)
    for chosen in (CHOICES, CHOICES[:1], CHOICES[1:], CHOICES[:1]):
        register(event, regime=chosen)
    diet.choices = CHOICES[:1]

    assert lines(diet) == [("Végétarien", 2, 1), ("Végétalien (n’est plus proposé)", 2, 0)]
    assert (figures(diet).answered.confirmed, figures(diet).answered.waiting) == (3, 1)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("kind", "value", "other", "wanted"),
    [
        (QuestionKind.YES_NO, True, False, "oui"),
        (QuestionKind.CHOICE, "Végétarien", "Végétalien", "Végétarien"),
        (QuestionKind.CHOICES, CHOICES, ["Végétalien"], "Végétarien"),
        (QuestionKind.NUMBER, 12, 13, "12.0"),
        (QuestionKind.TEXT, "à « l’étage » 100 %", "non", "à « l’étage » 100 %"),
    ],
)
def test_what_no_longer_applies_is_not_counted(kind: QuestionKind, value: Any, other: Any, wanted: Any) -> None:
    event = make_event()
    source = make_question(event, slug="source", kind=kind, choices=CHOICES)
    question = make_question(event, slug="q")
    register(event, source=value, q=True)
    register(event, source=other, q=True)
    question.shown_if = {"question": source.slug, "is": wanted}

    assert lines(question) == [("Oui", 1, 0), ("Non", 0, 0)]


@pytest.mark.both_databases
def test_numbers_are_added_up() -> None:
    event = make_event()
    question = make_question(event, slug="places", kind=QuestionKind.NUMBER)
    for number in (2, 3.5, 2):
        register(event, places=number)
    total = figures(question).total
    assert total is not None
    assert total.confirmed == 7.5
    assert lines(question) == []


def test_a_cancelled_registration_is_not_counted() -> None:
    event = make_event()
    question = make_question(event, slug="q")
    seats.cancel(register(event, q=True), now=NOW, by="person")
    assert lines(question) == [("Oui", 0, 0), ("Non", 0, 0)]


def test_what_became_sensitive_waits_for_an_agreement() -> None:
    event = make_event()
    question = make_question(event, slug="q")
    register(event, q=True)
    facts = {"kind": question.kind, "sensitive": True}
    editing.edit_question(question, facts, now=NOW, by=make_user())
    assert lines(question) == [("Oui", 0, 0), ("Non", 0, 0)]
    assert figures(question).unconfirmed_consents == 1


def test_the_team_sees_who_answered_what(client: PageClient) -> None:
    event = make_event()
    question = make_question(event, label="Un sujet ?", slug="sujet", kind=QuestionKind.TEXT)
    registration = register(event, sujet="Les bus")
    client.sign_in(make_user(event.organisation))

    page = client.page(f"{path(question)}/reponses")

    assert "Les bus" in words(page)
    assert registration.last_name.upper() in words(page)
    assert "1 réponse à Un sujet" in words(client.page(f"/gestion/evenements/{event.slug}/questions"))


@pytest.fixture
def sensitive() -> Question:
    event = make_event()
    make_question(event, slug="qui", label="Accompagnant ?", shown_if={"question": "besoin", "is": SECRET}, position=9)
    question = make_question(event, slug="besoin", kind=QuestionKind.TEXT, sensitive=True, position=1)
    register(event, besoin=SECRET, qui=True)
    return question


def pages_of(event: Event, registration: Registration) -> list[str]:
    base, one = f"/gestion/evenements/{event.slug}", f"inscriptions/{registration.id}"
    parts = [
        "",
        "inscriptions",
        one,
        f"{one}/modification",
        "inscriptions.csv",
        "questions/besoin/reponses",
        "questions",
    ]
    return [f"{base}/{part}" for part in parts]


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.ADMINISTRATOR])
def test_no_role_reads_a_sensitive_answer_by_itself(client: PageClient, sensitive: Question, role: Role) -> None:
    event, registration = sensitive.event, db.session.scalars(db.select(Registration)).one()
    client.sign_in(make_user(event.organisation, role))

    for page in pages_of(event, registration):
        response = client.get(page)
        assert response.status_code in (200, 308), page
        assert SECRET not in response.get_data(as_text=True), page
    assert client.post(f"{path(sensitive)}/reponses.csv").status_code == 403


@pytest.mark.parametrize("is_required", [False, True])
def test_what_a_sensitive_answer_brings_does_not_betray_it(
    client: PageClient, sensitive: Question, is_required: bool
) -> None:
    """Neither answered nor missing: nobody is asked whom they bring unless the answer was that one."""
    event, brought = sensitive.event, db.session.scalars(db.select(Question).where(Question.slug == "qui")).one()
    brought.required = is_required
    if is_required:
        db.session.execute(db.delete(Answer).where(Answer.question == brought))
    registration = db.session.scalars(db.select(Registration)).one()
    pages = [page for page in pages_of(event, registration) if not page.endswith("questions")]
    client.sign_in(make_user(event.organisation))

    assert [page for page in pages if "Accompagnant" in client.get(page, follow_redirects=True).text] == []
    assert client.post(f"{path(brought)}/reponses.csv").status_code == 403
    client.sign_in(reader_of(event))
    assert "Accompagnant" in client.get(pages[2]).text


def reader_of(event: Event) -> Any:
    user = make_user(event.organisation)
    user.memberships[0].reads_sensitive = True
    return user


def test_who_has_the_right_reads_it_and_that_is_written_down(client: PageClient, sensitive: Question) -> None:
    event, registration = sensitive.event, db.session.scalars(db.select(Registration)).one()
    client.sign_in(reader_of(event))

    assert SECRET in client.get(f"/gestion/evenements/{event.slug}/inscriptions/{registration.id}").text
    response = client.post(f"{path(sensitive)}/reponses.csv")

    assert SECRET in response.get_data(as_text=True)
    assert registration.email not in response.get_data(as_text=True)
    assert db.session.scalars(db.select(Entry.act).order_by(Entry.id)).all()[-1] == "answers.read"


def test_a_list_of_another_kind_does_not_exist(client: PageClient, sensitive: Question) -> None:
    client.sign_in(reader_of(sensitive.event))
    assert client.post(f"{path(sensitive)}/reponses.pdf").status_code == 404


def test_a_correction_by_who_may_not_read_leaves_the_answer(client: PageClient, sensitive: Question) -> None:
    sensitive.required = True
    event, registration = sensitive.event, db.session.scalars(db.select(Registration)).one()
    client.sign_in(make_user(event.organisation))
    data = {"first_name": "Ana", "last_name": "Roy", "email": registration.email, "asked": "besoin"}

    address = f"/gestion/evenements/{event.slug}/inscriptions/{registration.id}/modification"
    assert client.post(address, data=data | {"question-besoin": "autre"}).status_code == 303

    kept = db.session.scalars(db.select(Answer.value).order_by(Answer.id)).all()
    assert json.dumps(kept) == json.dumps([SECRET, True])


def test_an_administrator_gives_the_right_and_it_is_written_down(client: PageClient) -> None:
    event = make_event()
    organisation = event.organisation
    boss, member = make_user(organisation, Role.ADMINISTRATOR), make_user(organisation)
    client.sign_in(boss)
    address = f"/gestion/organisations/{organisation.slug}/equipe/{member.memberships[0].id}"
    assert client.page(address).find("input", {"name": "reads_sensitive"}).get("checked") is None

    client.post(address, data={"role": "organiser", "reads_sensitive": "y"})

    assert member.reads_sensitive_of(organisation.id)
    assert not boss.reads_sensitive_of(organisation.id)
    sentence = db.session.scalars(db.select(Entry.sentence).order_by(Entry.id)).all()[-1]
    assert sentence == f"{member.email} peut désormais lire les réponses sensibles."
    assert "lit les réponses sensibles" in words(client.page(f"/gestion/organisations/{organisation.slug}/equipe"))
    client.post(address, data={"role": "organiser"})
    assert not member.reads_sensitive_of(organisation.id)
