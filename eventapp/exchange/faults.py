"""What is wrong in a file, and where: `sessions[3].ends_at: before starts_at`, and the same in French for pages."""

from dataclasses import dataclass, field
from typing import Any

from eventapp.errors import Refused
from eventapp.text import one_line

SHOWN = 100

SENTENCES = {
    "missing": "manque",
    "empty": "est vide",
    "unknown key": "n’est pas une clé connue",
    "not an object": "doit être un objet",
    "not a list": "doit être une liste",
    "not a text": "doit être un texte",
    "not a whole number": "doit être un nombre entier",
    "not a number": "doit être un nombre",
    "not true or false": "doit être true ou false",
    "not a slug": "doit être fait de minuscules sans accent, de chiffres et de traits d’union",
    "not a local time": "doit être une date et une heure, comme 2027-01-14T09:00",
    "year out of range": "doit être entre 2000 et 2100",
    "this local time does not exist": "n’existe pas (passage à l’heure d’été)",
    "ambiguous local time, give its offset": "existe deux fois (passage à l’heure d’hiver)\u00a0: ajoutez son décalage",
    "offset not of this time zone": "porte un décalage qui n’est pas celui du fuseau",
    "unknown time zone": "n’est pas un fuseau horaire connu",
    "before starts_at": "vient avant le début",
    "equal to starts_at": "est égale au début",
    "after the event's starts_at": "vient après le début de l’événement",
    "before opens_at": "vient avant l’ouverture",
    "equal to opens_at": "est égale à l’ouverture",
    "not an e-mail address": "n’est pas une adresse électronique",
    "not a telephone number": "n’est pas un numéro de téléphone",
    "not a web address": "n’est pas une adresse http ou https",
    "used twice": "est utilisé deux fois",
    "unknown region": "n’est pas un code de région",
    "unknown room": "n’est pas une salle de ce fichier",
    "unknown speaker": "n’est pas un intervenant de ce fichier",
    "people already chose in the present way": "ne change plus\u00a0: des personnes ont déjà choisi leurs sessions",
    "unknown structure": "n’est le numéro d’aucune structure connue",
    "unknown question": "n’est pas une question de ce fichier",
    "not an earlier question": "doit être une question qui précède",
    "no session to book starts then": "n’est le début d’aucune session à réserver",
    "needs choices": "doit proposer des choix",
    "only for choice and choices": "ne vaut que pour les questions à choix",
    "not a text, number, true or false": "doit être un texte, un nombre, true ou false",
    "already used by another event": "est déjà l’adresse d’un autre événement",
    "another organisation owns this event": "n’est pas l’organisation de cet événement",
    "not your organisation": "n’est pas une de vos organisations",
    "has answers, its kind cannot change": "a déjà des réponses\u00a0: sa forme ne peut pas changer",
    "has answers, its consent cannot change": "a des réponses données sous cet accord, qui ne peut plus changer",
    "in use, cannot be removed": "est utilisée\u00a0: elle ne peut pas être supprimée",
}


@dataclass(frozen=True)
class Fault:
    path: str
    reason: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.path}: {self.reason.format(**self.values)}"

    @property
    def sentence(self) -> str:
        return SENTENCES[self.reason].format(**self.values)


class BadFile(Refused):
    """Every fault found; nothing was imported."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        count = len(faults)
        found = "un défaut" if count == 1 else f"{count} défauts"
        super().__init__(f"Ce fichier n’a pas été importé\u00a0: {found}.")


class NotAnEventFile(Refused):
    message = "Ce fichier n’est pas un fichier d’événement (JSON en UTF-8)."


SENTENCES |= {
    "must be {format}": "doit être {format}",
    "longer than {limit} characters": "dépasse {limit} caractères",
    "more than {limit} items": "a plus de {limit} éléments",
    "not between {low} and {high}": "doit être entre {low} et {high}",
    "not one of {values}": "doit être l’un de {values}",
}


def path_of(parent: str, key: str | int) -> str:
    if isinstance(key, int):
        return f"{parent}[{key}]"
    key = one_line(key)[:SHOWN]
    return f"{parent}.{key}" if parent else key
