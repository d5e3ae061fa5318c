"""The questions of an event file."""

from typing import Any

from eventapp.exchange.cursor import Cursor
from eventapp.exchange.event_file import QuestionPart
from eventapp.exchange.faults import Fault, path_of
from eventapp.registrations.questions.models import QuestionKind

LONGEST_KEPT = 3_650  # days
CHOOSING = (QuestionKind.CHOICE, QuestionKind.CHOICES)


def questions(at: Cursor) -> tuple[QuestionPart, ...]:
    parts: list[QuestionPart] = []
    cursors = at.parts("questions", 200)
    every = {str(cursor.value.get("slug")) for cursor in cursors}
    for cursor in cursors:
        parts.append(_question(cursor, {part.slug for part in parts}, every))
    return tuple(parts)


def _question(at: Cursor, earlier: set[str], every: set[str]) -> QuestionPart:
    part = QuestionPart(
        slug=at.slug("slug"),
        label=at.text("label", 300, required=True),
        help=at.text("help", 500),
        kind=at.choice("kind", QuestionKind, QuestionKind.TEXT),
        required=at.flag("required", False),
        choices=_choices(at),
        sensitive=at.flag("sensitive", False),
        consent=at.text("consent", 500),
        kept_days=at.number("kept_days", 0, LONGEST_KEPT),
        shown_if=_shown_if(at, earlier, every),
    )
    if part.kind in CHOOSING and not part.choices:
        at.fault("choices", "needs choices")
    if part.kind not in CHOOSING and part.choices:
        at.fault("choices", "only for choice and choices")
    at.end()
    return part


def _choices(at: Cursor) -> tuple[str, ...]:
    texts = at.items("choices", 100)
    # The reader of a text works on keys: the list is seen as an object whose keys are its indexes.
    inner = Cursor({f"[{index}]": text for index, text in enumerate(texts)}, "", [])
    choices = tuple(inner.text(key, 300, required=True) for key in inner.value)
    for fault in inner.faults:
        at.faults.append(Fault(path_of(at.path, "choices") + fault.path, fault.reason, fault.values))
    if len(set(choices)) < len(choices) and not inner.faults:
        at.fault("choices", "used twice")
    return choices


def _shown_if(at: Cursor, earlier: set[str], every: set[str]) -> dict[str, Any] | None:
    if not at.has("shown_if", required=False):
        return None
    inner = at.part("shown_if")
    question = inner.slug("question")
    if question and question not in earlier:
        inner.fault("question", "not an earlier question" if question in every else "unknown question")
    value = inner.value.get("is") if inner.has("is", required=True) else ""
    if isinstance(value, str):
        value = inner.text("is", 300)
    elif not isinstance(value, bool | int | float) or abs(value) > 1e12:
        inner.fault("is", "not a text, number, true or false")
    inner.end()
    return {"question": question, "is": value}
