"""Whatever an organiser does to the questions, and whenever the person saves their form again: no answer is lost."""

from collections.abc import Callable
from typing import Any

from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations import links, seats
from eventapp.registrations.models import Registration
from eventapp.registrations.questions import editing
from eventapp.registrations.questions.models import Answer, Question, QuestionKind
from tests.factories import NOW, make_person, make_question, make_user
from tests.pages import PageClient
from tests.registrations.test_public_pages import coming

WORDS = ["rouge", "vert", "bleu"]
ANSWERS = {
    "oui": (QuestionKind.YES_NO, True),
    "choix": (QuestionKind.CHOICE, "rouge"),
    "choses": (QuestionKind.CHOICES, ["rouge", "bleu"]),
    "texte": (QuestionKind.TEXT, "du texte"),
    "long": (QuestionKind.LONG_TEXT, "un\nlong texte"),
    "nombre": (QuestionKind.NUMBER, 3.5),
}
slugs = st.sampled_from(list(ANSWERS))
conditions = st.none() | st.fixed_dictionaries(
    {"question": slugs, "is": st.sampled_from([True, False, *WORDS, "du texte"])}
)
facts = st.fixed_dictionaries(
    {
        "label": st.sampled_from(["Ancien", "Nouveau"]),
        "required": st.booleans(),
        "shown_if": conditions,
        "choices": st.lists(st.sampled_from(WORDS), unique=True, min_size=1),
        "sensitive": st.booleans(),
    }
)
acts = st.lists(
    st.tuples(st.just("edit"), slugs, facts)
    | st.tuples(st.just("move"), slugs, st.booleans())
    | st.tuples(st.just("retire"), slugs, st.none()),
    max_size=8,
)


def plant() -> Registration:
    event = coming()
    for position, (slug, (kind, _value)) in enumerate(ANSWERS.items()):
        choices = WORDS if kind.has_choices else []
        make_question(event, slug=slug, kind=kind, choices=choices, position=position, sensitive=slug == "choix")
    answers = {slug: value for slug, (_kind, value) in ANSWERS.items()}
    return seats.register(event, make_person(), answers=answers, consented_at=NOW, now=NOW)


def do(event: Event, name: str, slug: str, detail: Any) -> None:
    """As an organiser's pages do it; what is refused changes nothing."""
    question = db.session.scalars(db.select(Question).where(Question.event_id == event.id, Question.slug == slug)).one()
    if name == "edit":
        detail = {**detail, "kind": question.kind, "choices": detail["choices"] if question.kind.has_choices else []}
    verbs: dict[str, Callable[[], None]] = {
        "edit": lambda: editing.edit_question(question, detail, now=NOW, by=make_user()),
        "move": lambda: editing.move_question(question, up=detail, now=NOW),
        "retire": lambda: editing.retire_question(question, now=NOW, by=make_user()),
    }
    try:
        verbs[name]()
    except Refused:
        db.session.rollback()
    else:
        db.session.commit()


def sent_by_a_browser(page: BeautifulSoup) -> dict[str, list[str]]:
    """The controls of the form as they were served."""
    data: dict[str, list[str]] = {}
    for tag in page.select("main form input, main form textarea, main form select"):
        if tag.find_parent("template") or (tag.get("type") in ("radio", "checkbox") and not tag.has_attr("checked")):
            continue
        chosen = tag.select_one("option[selected]") if tag.name == "select" else tag
        value = tag.text.lstrip("\r\n") if tag.name == "textarea" else chosen.get("value", "") if chosen else ""
        data.setdefault(str(tag["name"]), []).append(str(value))
    return data


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=acts)
def test_no_answer_is_lost(client: PageClient, acts: list[tuple[str, str, Any]]) -> None:
    registration = plant()
    db.session.commit()
    path = f"/mon-inscription/{links.token(registration)}/modification"

    for act in acts:
        do(registration.event, *act)
    status = client.post(path, data=sent_by_a_browser(client.page(path))).status_code

    of_person = db.select(Answer).where(Answer.registration_id == registration.id)
    kept = {answer.question.slug: answer.value for answer in db.session.scalars(of_person)}
    assert kept == {slug: value for slug, (_kind, value) in ANSWERS.items()}
    assert status in (303, 422)
