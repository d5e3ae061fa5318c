"""How migrations run: on a connection of their own, whole or not at all.

SQLite: foreign keys off while tables are rebuilt (a batch on a parent would delete its children), the data checked
before the commit. PostgreSQL: under an advisory lock, so that several machines may start at once.
"""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, create_engine, pool, text

from eventapp.database import UtcDateTime
from eventapp.extensions import db

LOCK = 0x72656E63  # "renc"


def run() -> None:
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        _run_on_sqlite(url)
    else:
        _run_on_postgresql(url)


def _run_on_sqlite(url) -> None:
    engine = create_engine(url, poolclass=pool.NullPool, connect_args=_sqlite_arguments())
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        _migrate(connection, check=_check_foreign_keys)
    engine.dispose()


def _run_on_postgresql(url) -> None:
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        connection.commit()
        try:
            _migrate(connection)
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
            connection.commit()
    engine.dispose()


def _migrate(connection: Connection, check=lambda _connection: None) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        transactional_ddl=True,
        transaction_per_migration=False,
        include_object=_is_ours,
        compare_type=True,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()
        check(connection)


def _check_foreign_keys(connection: Connection) -> None:
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if orphans:
        raise RuntimeError(f"rows without their parent after migrating: {orphans[:5]}")


def _is_ours(_object, _name, kind, reflected, compare_to) -> bool:
    """Leave alone tables that no model describes (the rate limits' counters)."""
    return not (kind == "table" and reflected and compare_to is None)


def _render(kind, obj, _context) -> str | bool:
    """Migrations name the database's own types: they outlive ours."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(obj, UtcDateTime) else False


def _sqlite_arguments() -> dict[str, object]:
    return {**current_app.config["SQLALCHEMY_ENGINE_OPTIONS"]["connect_args"]}


run()
