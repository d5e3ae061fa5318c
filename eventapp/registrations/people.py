"""A person as they present themselves, and the keys by which two presentations are the same person."""

from dataclasses import dataclass

from eventapp.events.models import Category
from eventapp.network.models import Structure
from eventapp.registrations.models import Registration
from eventapp.text import fold, fold_email

LONGEST_FOLDED = 500


@dataclass(frozen=True, kw_only=True)
class Person:
    """Texts already cleaned (`text.one_line`) and within the columns' lengths; `phone` in E.164 or empty."""

    first_name: str
    last_name: str
    email: str
    phone: str = ""
    function: str = ""
    category: Category | None = None
    structure: Structure | None = None
    organisation: str = ""

    @property
    def email_folded(self) -> str:
        return fold_email(self.email)

    @property
    def name_folded(self) -> str:
        return fold_name(self.first_name, self.last_name)


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Who comes instead of somebody of the same structure. Texts already cleaned and within the columns' lengths."""

    first_name: str
    last_name: str
    email: str
    function: str = ""


def fold_name(first_name: str, last_name: str) -> str:
    """« nom prenom »: the key of uniqueness and of the alphabetical order, no longer than its columns: a structure's
    name may be folded to three times its length."""
    return fold(f"{last_name} {first_name}")[:LONGEST_FOLDED].rstrip()


def describe(registration: Registration, person: Person) -> None:
    """Write the person's facts, and the keys derived from them, into the row."""
    registration.first_name = person.first_name
    registration.last_name = person.last_name
    registration.email = person.email
    registration.phone = person.phone
    registration.function = person.function
    registration.category = person.category
    registration.structure = person.structure
    registration.organisation = "" if person.structure else person.organisation
    registration.email_folded = person.email_folded
    registration.name_folded = person.name_folded
    registration.search_text = search_text(person)


def search_text(person: Person) -> str:
    """Everything an organiser may type to find this person, folded."""
    words = [person.last_name, person.first_name, person.email, person.function, person.organisation]
    if person.structure is not None:
        structure = person.structure
        words += [structure.name, structure.commune, structure.departement.name, structure.departement_code]
    return fold(" ".join(word for word in words if word))


def person_of(registration: Registration) -> Person:
    """The person as the row knows them, to change one fact and keep the others."""
    return Person(
        first_name=registration.first_name,
        last_name=registration.last_name,
        email=registration.email,
        phone=registration.phone,
        function=registration.function,
        category=registration.category,
        structure=registration.structure,
        organisation=registration.organisation,
    )
