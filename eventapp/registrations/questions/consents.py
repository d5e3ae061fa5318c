"""The box that a sensitive question needs beside its answer: the words that were agreed to are those of the box."""

from collections.abc import Collection, Mapping
from hashlib import blake2s
from typing import Any

from wtforms import BooleanField
from wtforms.form import BaseForm

from eventapp.formats import plural, typo
from eventapp.registrations.questions.models import Question
from eventapp.registrations.refusals import AnswerRefused

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

    def ask(self, question: Question) -> None:
        """Again, in the words that the question has now."""
        words, self.description = words_of(question)
        self.label.text, self.mark = words, mark_of(question)
        self.data, self.is_outdated = False, True

    def _value(self) -> str:
        return self.mark


class ConsentChanged(AnswerRefused):
    """The words that the person agreed to are no longer those of the question, which waits for another agreement."""

    def __init__(self, question: Question) -> None:
        super().__init__(_outdated(question), field=consent_name(question))
        self.question = question


def consent_name(question: Question) -> str:
    return f"consent-{question.slug}"


def consent_box(question: Question) -> Any:
    label, term = words_of(question)
    return ConsentBox(label, description=term, mark=mark_of(question))


def words_of(question: Question) -> tuple[str, str]:
    """Its own words or the usual ones; how long the answer is kept is said in both cases."""
    if question.consent:
        return typo(question.consent), f"Cette réponse est {_erased(question)}."
    return f"{WORDS}, puis {_erased(question)}", ""


def mark_of(question: Question) -> str:
    return blake2s("\n".join(words_of(question)).encode(), digest_size=8).hexdigest()


def ask_again(form: Any, question: Question) -> None:
    """On the page that comes back, which may have had no box yet."""
    name = consent_name(question)
    if name not in form:
        BaseForm.__setitem__(form, name, consent_box(question))  # Form itself takes no field more
        form[name].process(None)
    form[name].ask(question)


def check_consent(question: Question, consents: Collection[str]) -> None:
    """Raises ConsentChanged, for whoever holds the event: the question may have changed since the form was read.
    `consents`: the marks of what was agreed to, by slug; without marks, whoever calls vouches for the words."""
    if isinstance(consents, Mapping) and question.sensitive and consents.get(question.slug) != mark_of(question):
        raise ConsentChanged(question)


def consent_of_another(question: Question) -> str:
    """As an organiser reads it, who ticks the box for somebody."""
    if question.consent:
        return f"La personne est d’accord avec cette phrase\u00a0: «\u00a0{typo(question.consent)}\u00a0»"
    return f"{WORDS_OF_ANOTHER}, puis {_erased(question)}"


def consent_missing(question: Question, box: ConsentBox) -> str:
    if box.is_outdated:
        return _outdated(question)
    label = f"«\u00a0{typo(question.label)}\u00a0»"
    return f"Cochez l’accord pour que la réponse à {label} soit enregistrée, ou retirez cette réponse."


def _outdated(question: Question) -> str:
    label = f"«\u00a0{typo(question.label)}\u00a0»"
    return f"L’accord demandé pour {label} a changé depuis que cette page est ouverte. Relisez-le, puis cochez-le."


def _erased(question: Question) -> str:
    days = plural(question.days_kept, "jour", "jours")
    return f"effacée {days} après la rencontre" if question.days_kept else "effacée dès la fin de la rencontre"
