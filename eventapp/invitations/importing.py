"""Guests from a spreadsheet: what would be created, what is already there, what is wrong and on which line."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from eventapp.accounts.models import User
from eventapp.addresses import normal_email
from eventapp.events.models import Category, Event
from eventapp.extensions import db
from eventapp.invitations import guest_list
from eventapp.network.models import Structure
from eventapp.network.search import match_structure
from eventapp.registrations.people import Person, fold_name
from eventapp.spreadsheets.columns import columns_in_words, match_columns
from eventapp.spreadsheets.reading import Table, Unreadable
from eventapp.text import fold, fold_email, one_line

COLUMNS = {
    "Prénom": ("prenom", "first name", "given name"),
    "Nom": ("nom de famille", "nom d'usage", "last name", "surname"),
    "Adresse électronique": ("adresse email", "adresse mail", "email", "e-mail", "mail", "courriel", "mél"),
    "Structure": ("nom de la structure", "structure france services", "organisme", "organisation", "lib_fs"),
    "id_fs": ("id fs", "numéro france services", "identifiant fs"),
    "Fonction": ("poste", "titre", "function"),
    "Catégorie": ("categorie", "category", "type"),
}
NEEDED = ("Nom", "Adresse électronique")
REGISTERED = "Déjà inscrit à la rencontre."
LONGEST = {"first_name": 80, "last_name": 80, "function": 200, "organisation": 200}


class State(StrEnum):
    CREATED = "created"
    PRESENT = "present"
    WRONG = "wrong"


@dataclass(frozen=True)
class Row:
    """One line of the file as it would be applied; `remark` says why it is wrong, or what was understood."""

    line: int
    state: State
    values: dict[str, str]
    person: Person | None = None
    remark: str = ""


@dataclass
class Preview:
    rows: list[Row] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)

    def of(self, state: State) -> list[Row]:
        return [row for row in self.rows if row.state is state]

    @property
    def created(self) -> list[Row]:
        return self.of(State.CREATED)

    @property
    def present(self) -> list[Row]:
        return self.of(State.PRESENT)

    @property
    def wrong(self) -> list[Row]:
        return self.of(State.WRONG)


def preview(event: Event, table: Table) -> Preview:
    """Decide on every line without writing anything. Raises Unreadable when a needed column is absent."""
    columns = match_columns(table.header, COLUMNS)
    missing = [name for name in NEEDED if name in columns.missing]
    if missing:
        absent = columns_in_words(missing, "Colonne absente", "Colonnes absentes")
        raise Unreadable(f"{absent}. La première ligne porte les titres.")
    decided = Preview(warnings=list(table.warnings), unknown_columns=columns.unknown)
    reader = _Reader(event)
    for line, cells in table.rows:
        decided.rows.append(reader.decide(line, columns.pick(cells)))
    return decided


def apply(event: Event, decided: Preview, *, origin: str, now: datetime, by: User | None) -> int:
    """Add the guests who are still not on the list; how many that is."""
    added = 0
    for row in decided.created:
        if row.person is None:
            continue
        try:
            guest_list.add(event, row.person, origin=origin, now=now, by=by)
        except guest_list.AlreadyGuest:
            continue
        added += 1
    return added


class _Reader:
    """Remembers what the list and the file already hold while lines go by."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self.listed = guest_list.keys(event)
        self.registered = guest_list.registered_keys(event)
        self.seen: dict[tuple[str, str], int] = {}
        self.categories = {fold(word): c for c in event.categories for word in (c.name, c.slug)}
        self.structures: dict[str, Structure | None] = {}

    def decide(self, line: int, values: dict[str, str]) -> Row:
        try:
            person, remark = self._person(values)
        except ValueError as wrong:
            return Row(line, State.WRONG, values, remark=str(wrong))
        key = (fold_email(person.email), fold_name(person.first_name, person.last_name))
        if key in self.listed:
            return Row(line, State.PRESENT, values, person, "Déjà dans la liste.")
        first = self.seen.setdefault(key, line)
        if first != line:
            return Row(line, State.PRESENT, values, person, f"Déjà à la ligne {first} de ce fichier.")
        if key in self.registered:
            remark = f"{REGISTERED} {remark}".strip()
        return Row(line, State.CREATED, values, person, remark)

    def _person(self, values: dict[str, str]) -> tuple[Person, str]:
        if not values["Nom"]:
            raise ValueError("Le nom est absent.")
        if not values["Adresse électronique"]:
            raise ValueError("L’adresse électronique est absente.")
        structure, remark = self._structure(values)
        facts: dict[str, Any] = {
            "first_name": values["Prénom"],
            "last_name": values["Nom"],
            "function": values["Fonction"],
            "organisation": "" if structure else values["Structure"],
        }
        for name, longest in LONGEST.items():
            if len(facts[name]) > longest:
                raise ValueError(f"«\u00a0{facts[name][:30]}…\u00a0» dépasse {longest} caractères.")
        person = Person(
            **facts,
            email=normal_email(values["Adresse électronique"]),
            structure=structure,
            category=self._category(values["Catégorie"]),
        )
        return person, remark

    def _structure(self, values: dict[str, str]) -> tuple[Structure | None, str]:
        number, name = values["id_fs"], values["Structure"]
        if number:
            structure = self._match(number)
            if structure is None or structure.id_fs != number:
                raise ValueError(f"Aucune structure ne porte le numéro id_fs {one_line(number)[:20]}.")
            return structure, ""
        if not name:
            return None, ""
        structure = self._match(name)
        return structure, "" if structure else "Organisme hors du réseau, gardé tel quel."

    def _match(self, text: str) -> Structure | None:
        if text not in self.structures:
            self.structures[text] = match_structure(db.session(), text)
        return self.structures[text]

    def _category(self, text: str) -> Category | None:
        if not text:
            return self.event.categories[0] if len(self.event.categories) == 1 else None
        category = self.categories.get(fold(text))
        if category is None:
            known = ", ".join(c.name for c in self.event.categories) or "aucune"
            raise ValueError(
                f"La catégorie «\u00a0{text[:60]}\u00a0» est inconnue. Catégories de la rencontre\u00a0: {known}."
            )
        return category
