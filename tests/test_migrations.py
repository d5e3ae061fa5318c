"""An empty database and all migrations give what the models say, on both databases; and the reference data."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Column, Connection, Inspector, MetaData, inspect, text

from eventapp.extensions import db
from eventapp.network.models import Departement, Region
from tests import databases

Schema = dict[str, str]
MOMENT = datetime(2027, 1, 14, 9, tzinfo=UTC)


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[Callable[[str], Flask]]:
    """`empty_database("name")`: an application on a database without any table."""
    made: list[Flask] = []

    def make(name: str) -> Flask:
        made.append(databases.make_app(url_of(name)))
        return made[-1]

    def url_of(name: str) -> str:
        if database == "sqlite":
            return f"sqlite:///{tmp_path / name}.db"
        url: str = request.getfixturevalue("postgresql_url")
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")
        return url.replace("/postgres?", f"/{name}?")

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def migrated(empty_database: Callable[[str], Flask]) -> Flask:
    app = empty_database("migrated")
    with app.app_context():
        upgrade()
    return app


@pytest.mark.both_databases
def test_migrations_build_the_models(migrated: Flask, empty_database: Callable[[str], Flask]):
    created = empty_database("created")
    databases.build(created)

    assert schema(migrated) == schema(created)


@pytest.mark.both_databases
def test_migrations_plant_the_territory(migrated: Flask, empty_database: Callable[[str], Flask]):
    created = empty_database("created")
    databases.build(created)

    assert territory(migrated) == territory(created)
    assert [len(rows) for rows in territory(migrated)] == [18, 101]


@pytest.mark.both_databases
def test_migrations_can_be_applied_again(migrated: Flask):
    before = schema(migrated)

    with migrated.app_context():
        upgrade()

    assert schema(migrated) == before


@pytest.mark.both_databases
def test_migrations_can_be_undone(migrated: Flask):
    with migrated.app_context():
        downgrade(revision="base")

    assert schema(migrated) == {}


@pytest.mark.both_databases
def test_what_was_there_is_completed(empty_database: Callable[[str], Flask]):
    app = empty_database("aged")
    with app.app_context():
        upgrade(revision="0001")
        with db.engine.begin() as connection:
            plant_first_rows(connection)
        upgrade(revision="0004")
        with db.engine.begin() as connection:
            plant(connection, LATER_ROWS)
        upgrade()
        with db.engine.connect() as connection:
            answer = connection.execute(text("SELECT asked_as, consented_at IS NOT NULL FROM answer")).one()
            choice = connection.execute(text("SELECT session_choice FROM event")).scalar_one()
            reader = connection.execute(text("SELECT reads_sensitive FROM membership")).scalar_one()
            guest = connection.execute(text("SELECT kind, places, undeliverable_why FROM guest")).one()
            wording = connection.execute(text("SELECT wording FROM event")).scalar_one()
            message = connection.execute(text("SELECT state, campaign_id, bounce FROM message")).one()
            template = connection.execute(text("SELECT automatic, wording, removed_at FROM event_template")).one()
            keys = connection.execute(text("SELECT key FROM agenda_import")).scalars().all()
            calendar = connection.execute(text("SELECT calendar_wish, feed_revoked_at FROM registration")).one()
            mailbox = connection.execute(text("SELECT mailbox FROM calendar_mail")).scalar_one()
        db.engine.dispose()

    assert (*answer, choice, reader) == ("Régime", True, "first_come", True)
    assert (*guest, wording, *message) == ("person", None, "", "invitation", "queued", None, "")
    assert mailbox == "zoe@mairie"
    assert tuple(calendar) == ("event", None)
    assert tuple(template) in [("[]", "invitation", None), ([], "invitation", None)]
    assert [len(key) for key in {*keys}] == [32, 32]


def plant_first_rows(connection: Connection) -> None:
    """A sensitive answer of somebody who consented, an organiser, a guest, a letter to them; other needed columns get
    some value."""
    event = {"id": 1, "organisation_id": 1, "starts_at": MOMENT, "ends_at": MOMENT + timedelta(hours=1)}
    registration = {"id": 1, "event_id": 1, "status": "waiting", "source": "public", "consented_at": MOMENT}
    registration |= {"email_folded": "zoe@mairie"}
    rows: dict[str, dict[str, Any]] = {
        "organisation": {"id": 1, "accessibility_status": "non conforme"},
        "user_account": {"id": 1},
        "membership": {"id": 1, "user_id": 1, "organisation_id": 1, "role": "administrator"},
        "event": event | {"audience": "public"},
        "question": {"id": 1, "event_id": 1, "label": "Régime", "kind": "text", "sensitive": True},
        "registration": registration,
        "answer": {"id": 1, "registration_id": 1, "question_id": 1, "value": "Sans sel"},
        "calendar_mail": {"id": 1, "registration_id": 1},
        "guest": {"id": 1, "event_id": 1},
        "letter": {"id": 1, "event_id": 1, "name": "invitation"},
        "message": {"id": 1, "event_id": 1, "state": "queued", "priority": "2-bulk"},
    }
    plant(connection, [*rows.items()])


# The same, of the tables of the fourth migration.
LATER_ROWS: list[tuple[str, dict[str, Any]]] = [
    ("event_template", {"id": 1, "organisation_id": 1, "file": {}, "letters": []}),
    ("agenda_import", {"id": 1, "event_id": 1}),
    ("agenda_import", {"id": 2, "event_id": 1}),
]


def plant(connection: Connection, rows: list[tuple[str, dict[str, Any]]]) -> None:
    metadata = MetaData()
    metadata.reflect(connection)
    for name, facts in rows:
        table = metadata.tables[name]
        needed = {c.name: some_value(c) for c in table.columns if not c.nullable and c.name not in facts}
        connection.execute(table.insert().values(needed | facts))


def some_value(column: Column[Any]) -> Any:
    kind = column.type.python_type
    return {str: column.name[:10], int: 1, bool: False, datetime: MOMENT}.get(kind, [])


def schema(app: Flask) -> Schema:
    """Everything reflection knows, one line a fact, so that a difference names what differs."""
    with app.app_context():
        with db.engine.connect() as connection:
            inspector = inspect(connection)
            names = [name for name in inspector.get_table_names() if name != "alembic_version"]
            found = {fact: value for name in names for fact, value in facts(inspector, name)}
        db.engine.dispose()
    return found


def facts(inspector: Inspector, table: str) -> Iterator[tuple[str, str]]:
    yield f"{table} primary key", plain(inspector.get_pk_constraint(table))
    kinds = {
        "column": inspector.get_columns,
        "foreign key": inspector.get_foreign_keys,
        "unique": inspector.get_unique_constraints,
        "check": inspector.get_check_constraints,
        "index": inspector.get_indexes,
    }
    for kind, reflect in kinds.items():
        for thing in reflect(table):
            yield f"{table} {kind} {thing['name']}", plain(thing)


def plain(thing: Any) -> str:
    if isinstance(thing, dict):
        return ", ".join(f"{name}={plain(value)}" for name, value in sorted(thing.items()))
    return re.sub(r"\s+", " ", str(thing)).strip()


def territory(app: Flask) -> tuple[list[Any], list[Any]]:
    with app.app_context():
        regions = db.session.execute(db.select(Region.code, Region.name, Region.slug).order_by(Region.code)).all()
        columns = (Departement.code, Departement.name, Departement.region_code)
        departements = db.session.execute(db.select(*columns).order_by(Departement.code)).all()
        db.session.remove()
    return list(regions), list(departements)
