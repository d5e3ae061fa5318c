"""Sessions and answers as a line of a spreadsheet gives them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from eventapp.agenda.models import Session
from eventapp.formats import typo
from eventapp.registrations.questions.models import Question, QuestionKind
from eventapp.text import fold

SEPARATORS = re.compile(r"\s*[;|,]\s*")
YES = ("oui", "o", "yes", "y", "vrai", "true", "1", "x")
NO = ("non", "n", "no", "faux", "false", "0")
Named = TypeVar("Named")


def read_sessions(text: str, sessions: Iterable[Session]) -> list[Session]:
    """Titles or slugs, separated by commas, semicolons or bars; ValueError names what is unknown."""
    known = {fold(word): session for session in sessions for word in (session.slug, session.title)}
    return list(dict.fromkeys(_pick_many(text, known, "La session")))


def read_answer(question: Question, text: str) -> Any:
    """As `answers` keeps it; what is not understood stays text, which the rules of the question then refuse."""
    if not text:
        return None
    if question.kind is QuestionKind.YES_NO:
        return {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}.get(fold(text), text)
    if question.kind is QuestionKind.NUMBER:
        return _number(text)
    choices = {fold(choice): choice for choice in question.choices}
    if question.kind is QuestionKind.CHOICE:
        return choices.get(fold(text), text)
    if question.kind is QuestionKind.CHOICES:
        return _pick_many(text, choices, f"La réponse à «\u00a0{typo(question.label)}\u00a0»")
    return text


def _pick_many(text: str, known: Mapping[str, Named], what: str) -> list[Named]:
    """A name may hold a separator: the longest run of parts that is a name is taken."""
    parts = [part for part in SEPARATORS.split(text) if part]
    found, at = [], 0
    while at < len(parts):
        ends = range(len(parts), at, -1)
        end = next((end for end in ends if fold(" ".join(parts[at:end])) in _without_signs(known)), None)
        if end is None:
            raise ValueError(f"{what} «\u00a0{parts[at][:60]}\u00a0» est inconnue.")
        found.append(_without_signs(known)[fold(" ".join(parts[at:end]))])
        at = end
    return found


def _without_signs(known: Mapping[str, Named]) -> dict[str, Named]:
    return {fold(" ".join(SEPARATORS.split(name))): value for name, value in known.items()}


def _number(text: str) -> Any:
    plain = re.sub(r"\s", "", text).replace(",", ".")
    try:
        number = float(plain) if len(plain) <= 20 else None
    except ValueError:
        return text
    if number is None or number != number or abs(number) == float("inf"):
        return text
    return int(number) if number.is_integer() else number
