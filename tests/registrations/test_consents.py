"""The words of an agreement change between the reading of a form and the lock under which it is written."""

from typing import Any

import pytest

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations import seats
from eventapp.registrations.models import Registration
from eventapp.registrations.people import person_of
from eventapp.registrations.questions.consents import ConsentChanged, mark_of
from eventapp.registrations.questions.models import Question, QuestionKind
from tests.factories import NOW, make_event, make_question, make_registration
from tests.pages import PageClient, parse, words
from tests.registrations.test_public_pages import PERSON, address, coming

OLD, NEW = "Lu par l’accueil.", "Lu par l’accueil et le traiteur."
ASKED_AGAIN = "a changé depuis que cette page est ouverte. Relisez-le, puis cochez-le."

pytestmark = pytest.mark.both_databases


def just_before_the_lock(monkeypatch: pytest.MonkeyPatch, **facts: Any) -> None:
    """An organiser's edit is committed after the form was found sound, and before the event is held."""
    real = seats.hold

    def hold(event: Event) -> None:
        monkeypatch.setattr(seats, "hold", real)
        number = event.id
        with db.engine.begin() as other:
            other.execute(db.update(Question).where(Question.event_id == number).values(**facts))
            other.execute(db.update(Event).where(Event.id == number).values(revision=Event.revision + 1))
        real(event)

    monkeypatch.setattr(seats, "hold", hold)


def ask(event: Event, **facts: Any) -> None:
    make_question(event, slug="acces", label="Accès", kind=QuestionKind.TEXT, **facts)


def test_somebody_who_registers_is_asked_in_the_new_words(client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    event = coming()
    ask(event, sensitive=True, consent=OLD)
    box = client.page(address(event)).find(id="consent-acces")
    data = PERSON | {"question-acces": "boucle magnétique", "consent-acces": box["value"]}
    just_before_the_lock(monkeypatch, consent=NEW)

    refused = client.post(address(event), data=data)

    page = parse(refused)
    again = page.find(id="consent-acces")
    assert (refused.status_code, again.has_attr("checked"), again["value"] == box["value"]) == (422, False, False)
    said = words(page.main)
    assert (ASKED_AGAIN in said, NEW in said, OLD in said) == (True, True, False)
    assert page.find(id="question-acces")["value"] == "boucle magnétique"
    assert db.session.scalar(db.select(db.func.count(Registration.id))) == 0
    assert client.post(address(event), data=data | {"consent-acces": again["value"]}).status_code == 303
    answer = db.session.scalars(db.select(Registration)).unique().one().answers[0]
    assert answer.consented_at is not None


def test_a_question_that_became_sensitive_is_agreed_to_first(
    client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = coming()
    ask(event)
    just_before_the_lock(monkeypatch, sensitive=True)
    refused = client.post(address(event), data=PERSON | {"question-acces": "boucle magnétique"})
    assert refused.status_code == 422
    assert ASKED_AGAIN in words(parse(refused).main)
    assert db.session.scalar(db.select(db.func.count(Registration.id))) == 0


def test_an_answer_is_changed_only_under_the_words_that_were_read() -> None:
    event = make_event()
    question = make_question(event, slug="acces", kind=QuestionKind.TEXT, sensitive=True, consent=OLD)
    registration, read = make_registration(event), {"acces": mark_of(question)}
    question.consent = NEW
    db.session.flush()

    def change(consents: dict[str, str]) -> None:
        answers = {"acces": "boucle magnétique"}
        seats.change_details(registration, person_of(registration), answers, consents=consents, now=NOW, by="person")

    for outdated in (read, {}):
        with pytest.raises(ConsentChanged), db.session.begin_nested():
            change(outdated)
    db.session.expire_all()
    assert registration.answers == []
    change({"acces": mark_of(question)})
    assert [answer.consented_at for answer in registration.answers] == [NOW]
