"""Invented people, always the same ones. Addresses end in `.example` (RFC 2606)."""

import random
from collections.abc import Iterator

from eventapp.events.models import Category
from eventapp.network.models import Structure
from eventapp.registrations.people import Person
from eventapp.text import slugify

FIRST_NAMES = (
    "Amandine Éloïse Karim Jeanne Mathieu Nadia Chloé Benoît Fatima Thomas Léa Hugo Sylvie Rachid Émilie Julien "
    "Maëlle Philippe Aïcha François Zoé Quentin Hélène Mohamed Solène Grégory Inès Raphaël Céline Ousmane Gaëlle "
    "Bruno Yasmine Stéphane Noémie Antoine Khadija Loïc Marion Tristan Anne-Sophie Jean-Baptiste Marie-Ange"
).split()
LAST_NAMES = (
    "Lefèvre-Duquesnoy N’Guyen Bouzid Martin Delattre Caron Vasseur Lecœuvre Belkacem Dubois Carpentier Leroy "
    "Vandenbroucke Petit Lefebvre Moreau Hennebelle Wattel Dumoulin Œuvrard Boulanger Cordier Deswarte Fournier "
    "Gosselin Haddad Ivanov Jourdain Kowalski Lamotte Mercier Nowak Ozanne Planchon Quéré Roussel Sénéchal Traoré "
    "Ulmann Verhaeghe Wiart Ycart Ziane D’Hondt Lesage Marchand Delannoy Dupont-Château"
).split()
FUNCTIONS = ("Conseillère France services", "Conseiller France services", "Responsable de la structure", "")
PARTNERS = (
    ("CAF du Nord", "Responsable de l’accès aux droits"),
    ("CPAM de l’Artois", "Déléguée du directeur"),
    ("CARSAT Hauts-de-France", "Chargé de partenariats"),
    ("MSA de Picardie", "Conseillère territoriale"),
    ("France Travail Hauts-de-France", "Directeur d’agence"),
    ("La Poste, direction régionale", "Déléguée territoriale"),
    ("DDFiP de l’Oise", "Inspectrice"),
    ("Conseil départemental d’accès au droit de la Somme", "Coordinatrice"),
    ("Banque des Territoires", "Chargé de développement"),
    ("Conseil départemental de l’Aisne", "Chef de projet inclusion numérique"),
    ("Préfecture du Pas-de-Calais", "Animateur départemental France services"),
    ("Préfecture de l’Oise", "Animatrice départementale France services"),
)


def agents(structures: list[Structure], category: Category, lottery: random.Random) -> Iterator[Person]:
    """One, two or three people of each structure."""
    for structure in structures:
        domain = f"{slugify(structure.commune) or 'structure'}.france-services.example"
        for _ in range(lottery.choices((1, 2, 3), (25, 45, 30))[0]):
            yield _person(lottery, domain, category, structure=structure, function=lottery.choice(FUNCTIONS))


def team(structure: Structure, category: Category, size: int, lottery: random.Random) -> list[Person]:
    """Colleagues of one structure, of different names."""
    domain = f"{slugify(structure.commune) or 'structure'}.france-services.example"
    found: dict[str, Person] = {}
    while len(found) < size:
        person = _person(lottery, domain, category, structure=structure, function=lottery.choice(FUNCTIONS))
        found[person.email] = person
    return list(found.values())


def partners(category: Category, lottery: random.Random) -> Iterator[Person]:
    for organisation, function in PARTNERS:
        for _ in range(lottery.randint(1, 3)):
            domain = f"{slugify(organisation)[:40].strip('-')}.example"
            yield _person(lottery, domain, category, organisation=organisation, function=function)


def _person(
    lottery: random.Random,
    domain: str,
    category: Category,
    *,
    structure: Structure | None = None,
    organisation: str = "",
    function: str = "",
) -> Person:
    first, last = lottery.choice(FIRST_NAMES), lottery.choice(LAST_NAMES)
    local = f"{slugify(first)}.{slugify(last)}"
    return Person(
        first_name=first,
        last_name=last,
        email=f"{local}@{domain}",
        phone=f"+33353010{lottery.randint(0, 999):03}" if lottery.random() < 0.3 else "",
        function=function,
        category=category,
        structure=structure,
        organisation=organisation,
    )
