"""The box that a sensitive question needs beside its answer: the words that were agreed to are those of the box."""

from hashlib import blake2s
from typing import Any

from wtforms import BooleanField

from eventapp.formats import plural, typo
from eventapp.registrations.questions.models import Question

WORDS = "J’accepte que cette réponse soit utilisée pour préparer mon accueil"
WORDS_OF_ANOTHER = "La personne accepte que cette réponse soit utilisée pour préparer son accueil"
ANY_WORDS = "y"  # of a program, which has no page before its eyes


class ConsentBox(BooleanField):
    """Sent with the mark of its words: a box ticked under other words, on a page opened before they changed, is not
    this one."""

    def __init__(self, *args: Any, mark: str, **kwargs: Any) -> None:
        self.mark, self.is_outdated = mark, False
        super().__init__(*args, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        self.is_outdated = bool(self.data) and valuelist[0] not in (self.mark, ANY_WORDS)
        self.data = self.data and not self.is_outdated

    def _value(self) -> str:
        return self.mark


def consent_box(question: Question) -> Any:
    """Its own words or the usual ones; how long the answer is kept is said in both cases."""
    label, term = f"{WORDS}, puis {_erased(question)}", ""
    if question.consent:
        label, term = typo(question.consent), f"Cette réponse est {_erased(question)}."
    mark = blake2s(f"{label}\n{term}".encode(), digest_size=8).hexdigest()
    return ConsentBox(label, description=term, mark=mark)


def consent_of_another(question: Question) -> str:
    """As an organiser reads it, who ticks the box for somebody."""
    if question.consent:
        return f"La personne est d’accord avec cette phrase\u00a0: «\u00a0{typo(question.consent)}\u00a0»"
    return f"{WORDS_OF_ANOTHER}, puis {_erased(question)}"


def consent_missing(question: Question, box: ConsentBox) -> str:
    label = f"«\u00a0{typo(question.label)}\u00a0»"
    if box.is_outdated:
        return f"L’accord demandé pour {label} a changé depuis que cette page est ouverte. Relisez-le, puis cochez-le."
    return f"Cochez l’accord pour que la réponse à {label} soit enregistrée, ou retirez cette réponse."


def _erased(question: Question) -> str:
    days = plural(question.days_kept, "jour", "jours")
    return f"effacée {days} après la rencontre" if question.days_kept else "effacée dès la fin de la rencontre"
