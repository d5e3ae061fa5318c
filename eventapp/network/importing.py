"""Bringing the structures of a file into the database: idempotent on `id_fs`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventapp.network.models import Departement, Structure
from eventapp.network.opendata import Line, Rejected
from eventapp.network.search import keys

# Territories outside the 18 régions which the list may name.
ELSEWHERE = {
    "975": "Saint-Pierre-et-Miquelon",
    "977": "Saint-Barthélemy",
    "978": "Saint-Martin",
    "986": "Wallis-et-Futuna",
    "987": "Polynésie française",
    "988": "Nouvelle-Calédonie",
}


@dataclass
class Outcome:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    remarks: list[tuple[int, str]] = field(default_factory=list)
    absent: int = 0  # structures that we know and the file does not: kept, events refer to them


def apply(session: Session, lines: Iterable[Line | Rejected], *, now: datetime) -> Outcome:
    """Create or update one structure a line. A column that the file does not have leaves what we knew."""
    outcome = Outcome()
    known = {structure.id_fs: structure for structure in session.scalars(select(Structure))}
    departements = {departement.code: departement for departement in session.scalars(select(Departement))}
    before = set(known)
    for line in lines:
        if isinstance(line, Rejected):
            outcome.rejected.append(line)
            continue
        outcome.remarks.extend((line.number, remark) for remark in line.remarks)
        departement = departements.get(line.departement_code) or _add_departement(session, line.departement_code)
        departements[departement.code] = departement
        before.discard(line.id_fs)
        _apply_line(session, line, known.get(line.id_fs), departement, outcome, now)
    outcome.absent = len(before)
    session.flush()
    return outcome


def _apply_line(
    session: Session,
    line: Line,
    structure: Structure | None,
    departement: Departement,
    outcome: Outcome,
    now: datetime,
) -> None:
    is_new = structure is None
    if structure is None:
        structure = Structure(id_fs=line.id_fs, name="", updated_at=now, commune="", postcode="")
    wanted = {**line.facts, "departement_code": departement.code}
    changed = is_new or any(getattr(structure, name) != value for name, value in wanted.items())
    if not changed:
        outcome.unchanged += 1
        return
    for name, value in wanted.items():
        setattr(structure, name, value)
    for name, value in keys(structure, departement).items():
        setattr(structure, name, value)
    structure.updated_at = now
    if is_new:
        session.add(structure)
        outcome.created += 1
    else:
        outcome.updated += 1


def _add_departement(session: Session, code: str) -> Departement:
    departement = Departement(code=code, name=ELSEWHERE.get(code, f"Territoire {code}"), region_code=None)
    session.add(departement)
    session.flush()
    return departement
