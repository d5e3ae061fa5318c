"""Who may be on the list already under another address, or shares an address: said before anybody is added."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations.models import Guest
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.people import Person

REGISTERED = "Déjà inscrit à la rencontre."


@dataclass(frozen=True)
class Known:
    """Somebody met before, and where: « dans la liste », « à la ligne 3 de ce fichier »."""

    email: str
    email_folded: str
    name_folded: str
    shown: str
    where: str

    @classmethod
    def of(cls, person: Person, where: str) -> "Known":
        shown = _shown(person.first_name, person.last_name)
        return cls(person.email, person.email_folded, person.name_folded, shown, where)


@dataclass(frozen=True)
class Finding:
    """`is_same`: the same person at the same address. Else a doubt; `likely`: it is probably one person."""

    sentence: str
    is_same: bool = False
    likely: bool = False


class Doubles:
    """Everybody on the list and registered; what a file holds is added line after line."""

    def __init__(self, event: Event) -> None:
        self.met: dict[tuple[str, str], Known] = {}
        self.by_email: defaultdict[str, list[Known]] = defaultdict(list)
        self.by_name: defaultdict[str, list[Known]] = defaultdict(list)
        self.registered: set[tuple[str, str]] = set()
        self.expected: dict[tuple[str, str], str] = {}
        for known in _listed(event):
            self._note(known)
        for known in _registered(event):
            self.registered.add((known.email_folded, known.name_folded))
            self._note(known, same=False)

    def meet(self, person: Person, where: str) -> None:
        """From now on this person is known to be there."""
        self._note(Known.of(person, where))

    def mention(self, person: Person, where: str) -> None:
        """Somebody who may come to the list later, so no double of themselves."""
        self.expected.setdefault((person.email_folded, person.name_folded), where)
        self._note(Known.of(person, where), same=False)

    def find(self, person: Person) -> Finding | None:
        key = (person.email_folded, person.name_folded)
        if key in self.met:
            return Finding(f"Déjà {self.met[key].where}.", is_same=True)
        for other in self.by_name[_name_key(person.name_folded)]:
            if other.email_folded != person.email_folded:
                return Finding(f"Même nom {other.where}, à l’adresse {other.email}.", likely=True)
        for other in self.by_email[person.email_folded]:
            if other.name_folded != person.name_folded:
                return Finding(f"Même adresse que {other.shown}, {other.where}.")
        return None

    def remark(self, person: Person) -> str:
        """What else is known of this very person, which is no reason to leave them out."""
        key = (person.email_folded, person.name_folded)
        also = f"Aussi {self.expected[key]}." if key in self.expected else ""
        return " ".join(filter(None, (REGISTERED if key in self.registered else "", also)))

    def _note(self, known: Known, *, same: bool = True) -> None:
        if same:
            self.met.setdefault((known.email_folded, known.name_folded), known)
        self.by_email[known.email_folded].append(known)
        self.by_name[_name_key(known.name_folded)].append(known)


def _listed(event: Event) -> list[Known]:
    facts = Guest.email, Guest.email_folded, Guest.name_folded, Guest.first_name, Guest.last_name, Guest.origin
    rows = db.session.execute(select(*facts).where(Guest.event_id == event.id, Guest.removed_at.is_(None)))
    return [
        Known(email, email_folded, name_folded, _shown(first, last), _on_the_list(origin))
        for email, email_folded, name_folded, first, last, origin in rows
    ]


def _registered(event: Event) -> list[Known]:
    row = Registration
    facts = row.email, row.email_folded, row.name_folded, row.first_name, row.last_name
    rows = db.session.execute(select(*facts).where(row.event_id == event.id, row.status != Status.CANCELLED))
    return [
        Known(email, email_folded, name_folded, _shown(first, last), "parmi les inscrits")
        for email, email_folded, name_folded, first, last in rows
    ]


def _on_the_list(origin: str) -> str:
    """A file is named: « the same person in two files » is read there."""
    return f"dans la liste ({origin})" if origin.startswith("fichier") else "dans la liste"


def _shown(first_name: str, last_name: str) -> str:
    return f"{first_name} {last_name.upper()}" if first_name else last_name


def _name_key(name_folded: str) -> str:
    """Whatever the order of the words: first names and surnames are often in each other's column."""
    return " ".join(sorted(name_folded.split()))
