"""Finding structures: by words of their name, commune or département, and from what somebody typed in a form."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from eventapp.network.models import Departement, Region, Structure, full_label
from eventapp.text import fold

LONGEST_SEARCH = 200


def find_structures(
    text: str = "", *, departement: str | None = None, region: str | None = None
) -> "Select[Structure]":
    """Structures whose name, commune, département or postcode hold every word of `text`, by name."""
    query = select(Structure).order_by(Structure.sort_key, Structure.id)
    for word in fold(text[:LONGEST_SEARCH]).split():
        query = query.where(Structure.search_text.contains(word, autoescape=True))
    if departement:
        query = query.where(Structure.departement_code == departement)
    if region:
        query = query.where(
            Structure.departement_code.in_(select(Departement.code).where(Departement.region_code == region))
        )
    return query


def match_structure(session: Session, text: str) -> Structure | None:
    """The one structure that `text` names: its number `id_fs`, its full label, or a name that only one carries."""
    wanted = fold(text[: 2 * LONGEST_SEARCH])
    if not wanted:
        return None
    for column, value in (
        (Structure.id_fs, text.strip()),
        (Structure.match_key, wanted),
        (Structure.sort_key, wanted),
    ):
        if column is Structure.id_fs and not (value.isascii() and value.isalnum()):
            continue
        found = session.scalars(select(Structure).where(column == value).limit(2)).all()
        if len(found) == 1:
            return found[0]
    return None


def full_labels(session: Session, region: str | None) -> list[str]:
    """The labels of a région's structures, for a datalist; none without région (2,845 would weigh too much)."""
    if region is None:
        return []
    parts = Structure.name, Structure.commune, Structure.departement_code
    return [full_label(*row) for row in session.execute(find_structures(region=region).with_only_columns(*parts))]


def departements(session: Session, region: str | None = None) -> list[Departement]:
    """Those of a région, or all, by code."""
    query = select(Departement).order_by(Departement.code)
    return list(session.scalars(query.where(Departement.region_code == region) if region else query))


def regions(session: Session) -> list[Region]:
    """In the order of the alphabet, accents ignored."""
    return sorted(session.scalars(select(Region)), key=lambda region: fold(region.name))


def keys(structure: Structure, departement: Any) -> dict[str, str]:
    """The folded columns that search, sort and match use."""
    parts = (structure.name, structure.commune, departement.name, departement.code, structure.postcode)
    return {
        "sort_key": fold(structure.name)[:600],
        "match_key": fold(structure.full_label)[:1200],
        "search_text": " ".join(fold(part) for part in parts),
    }
