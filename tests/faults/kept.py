"""Making a world takes ten times longer than copying its rows: what was made once in a database is put back later."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from eventapp.extensions import db
from tests.databases import REFERENCE
from tests.faults.side import Side

# By database and number of sides: for each side, the name, the table and the id of its rows.
_made: dict[tuple[str, int], list[dict[str, tuple[type, int]]]] = {}


def worlds(count: int, make: Callable[[], Side]) -> list[Side]:
    """So many sides, committed, in a database which holds nothing else."""
    known = (str(db.engine.url), count)
    if known not in _made:
        assert is_empty()
        _made[known] = [_identities(make()) for _ in range(count)]
        db.session.expunge_all()
        _run(f'CREATE TABLE kept_{count}_{name} AS SELECT * FROM "{name}"' for name in _tables())  # noqa: S608
    else:
        _run(f'INSERT INTO "{name}" SELECT * FROM kept_{count}_{name}' for name in _tables())  # noqa: S608
    sides = [Side(**{name: db.session.get(*row) for name, row in side.items()}) for side in _made[known]]
    db.session.commit()
    return sides


def is_empty() -> bool:
    """Nothing but what every test finds."""
    found = " UNION ALL ".join(f'SELECT 1 FROM (SELECT 1 FROM "{name}" LIMIT 1) AS one' for name in _tables())  # noqa: S608
    return db.session.execute(text(found)).first() is None


def _identities(side: Side) -> dict[str, tuple[type, int]]:
    return {name: (type(row), row.id) for name, row in vars(side).items()}


def _tables() -> list[str]:
    return [table.name for table in db.metadata.sorted_tables if table.name not in REFERENCE]


def _run(statements: Any) -> None:
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()
