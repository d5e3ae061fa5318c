"""A person as a line of a spreadsheet gives them: guests and registrations read the same columns by the same rules."""

from typing import Any

from eventapp.addresses import normal_email
from eventapp.events.models import Category, Event
from eventapp.extensions import db
from eventapp.network.models import Structure
from eventapp.network.search import match_structure
from eventapp.registrations.people import Person
from eventapp.spreadsheets.columns import Columns, columns_in_words, match_columns
from eventapp.spreadsheets.reading import Table, Unreadable
from eventapp.text import fold, normal_phone, one_line

COLUMNS = {
    "Prénom": ("prenom", "first name", "given name"),
    "Nom": ("nom de famille", "nom d'usage", "last name", "surname"),
    "Adresse électronique": ("adresse email", "adresse mail", "email", "e-mail", "mail", "courriel", "mél"),
    "Structure": ("nom de la structure", "structure france services", "organisme", "organisation", "lib_fs",
                  "structure ou organisme"),
    "id_fs": ("id fs", "numéro france services", "identifiant fs"),
    "Fonction": ("poste", "titre", "function"),
    "Catégorie": ("categorie", "category", "type"),
}  # fmt: skip
PHONE = {"Téléphone": ("telephone", "tél", "mobile", "portable", "phone")}
LONGEST = {"first_name": 80, "last_name": 80, "function": 200, "organisation": 200}


def find_columns(table: Table, wanted: dict[str, tuple[str, ...]], needed: tuple[str, ...]) -> Columns:
    """Where each wanted column is; Unreadable when a needed one is absent."""
    columns = match_columns(table.header, wanted)
    missing = [name for name in needed if name in columns.missing]
    if missing:
        absent = columns_in_words(missing, "Colonne absente", "Colonnes absentes")
        raise Unreadable(f"{absent}. La première ligne porte les titres.")
    return columns


class PeopleReader:
    """Reads line after line, and remembers what the network and the event's categories answered."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self.categories = {fold(word): c for c in event.categories for word in (c.name, c.slug)}
        self.structures: dict[str, Structure | None] = {}

    def person(self, values: dict[str, str]) -> tuple[Person, str]:
        """The person and what was understood of their structure; ValueError says what is wrong with the line."""
        if not values["Nom"]:
            raise ValueError("Le nom est absent.")
        if not values["Adresse électronique"]:
            raise ValueError("L’adresse électronique est absente.")
        structure, remark = self.structure(values)
        facts: dict[str, Any] = {
            "first_name": values["Prénom"],
            "last_name": values["Nom"],
            "function": values["Fonction"],
            "organisation": "" if structure else values["Structure"],
        }
        for name, longest in LONGEST.items():
            if len(facts[name]) > longest:
                raise ValueError(f"«\u00a0{facts[name][:30]}…\u00a0» dépasse {longest} caractères.")
        phone = values.get("Téléphone", "")
        person = Person(
            **facts,
            email=normal_email(values["Adresse électronique"]),
            phone=normal_phone(phone) if phone else "",
            structure=structure,
            category=self._category(values["Catégorie"]),
        )
        return person, remark

    def structure(self, values: dict[str, str]) -> tuple[Structure | None, str]:
        """The structure that a line names, and what was understood; ValueError for a number that is nobody's."""
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
