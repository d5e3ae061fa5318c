"""SQLite pragmas and transactions, PostgreSQL time-outs, the aware UTC column type, one declarative base.

Reading never locks: a transaction begun by a GET, HEAD or OPTIONS request is read-only on both databases, so the
database itself proves that these change nothing. A writing transaction takes SQLite's write lock at its beginning: what
can be found out before (a form's faults) is done in `looking`.
"""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import psycopg
from flask import g, has_request_context, request
from sqlalchemy import Connection, DateTime, Engine, Enum, MetaData, Pool, TypeDecorator, event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.pool import ConnectionPoolEntry

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BUSY_MILLISECONDS = 8_000
RETRY_SECONDS = 0.002
REST_SECONDS = 1.0
SERIALISATION_FAILURES = frozenset({"40001", "40P01"})

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


_turns: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database. A naive value is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """`outlives_hold`: what was read before an event was held is still true when its revision is the same, or decides
    nothing about places (the network, the organisation)."""

    registry = registry(metadata=MetaData(naming_convention=NAMES), type_annotation_map={datetime: UtcDateTime})
    outlives_hold: ClassVar[bool] = False


def enum_column(kind: type[StrEnum], name: str, length: int = 20) -> Enum:
    """A text column whose values are checked by a constraint called `name`."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=length,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


def engine_options(url: str, threads: int) -> dict[str, Any]:
    """As many connections as threads: a thread never waits for a connection, nor is one wasted. The last used comes
    first: it has its pages and its prepared statements at hand."""
    pool = {"pool_size": threads, "max_overflow": 0, "pool_timeout": 10, "pool_use_lifo": True}
    options: dict[str, Any] = {**pool, "hide_parameters": True}
    if url.startswith("sqlite"):
        options["connect_args"] = {
            "isolation_level": None,
            "check_same_thread": False,
            "timeout": BUSY_MILLISECONDS / 1000,
        }
    else:
        options["connect_args"] = {
            "connect_timeout": 5,
            "options": "-c lock_timeout=3000 -c statement_timeout=30000 -c timezone=UTC",
        }
    return options


def is_reading() -> bool:
    return has_request_context() and (request.method in SAFE_METHODS or g.get("is_looking", False))


@contextlib.contextmanager
def looking(session: Session) -> Iterator[None]:
    """The part of a writing request that only reads, in a transaction of its own: nobody waits for it.

    It sees one state of the database. The rows read stay at hand: `events.locks.hold`, which comes before any decision,
    tells by the event's revision whether they are still true.
    """
    session.rollback()
    g.is_looking = True
    try:
        yield
        session.expire_on_commit = False
        session.commit()
        session.info["looked"] = True
    finally:
        session.expire_on_commit = True
        g.is_looking = False


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, _record: ConnectionPoolEntry) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()
    else:
        _refuse_unsafe_postgresql(connection)


def _refuse_unsafe_postgresql(connection: Any) -> None:
    with connection.cursor() as cursor:
        for name in ("fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {name}")
            if cursor.fetchone()[0] == "off":
                raise RuntimeError(f"PostgreSQL : {name} est désactivé ; une inscription acquittée pourrait se perdre.")
    connection.rollback()


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        if is_reading():
            connection.exec_driver_sql("PRAGMA query_only=ON")
            connection.exec_driver_sql("BEGIN")
        else:
            connection.exec_driver_sql("PRAGMA query_only=OFF")
            _begin_writing(connection)
    else:  # said by the driver's own BEGIN
        driver = connection.connection.driver_connection
        driver.read_only = is_reading() or None
        driver.isolation_level = (
            psycopg.IsolationLevel.REPEATABLE_READ if driver.read_only and g.get("is_looking") else None
        )


@event.listens_for(Engine, "rollback")
def _end_reading(connection: Connection) -> None:
    """Nothing was written, so a commit ends it as well: psycopg forgets its prepared statements at a rollback, and
    PostgreSQL would plan every statement anew at each request."""
    driver = None if connection.invalidated else connection.connection.driver_connection
    if (
        isinstance(driver, psycopg.Connection)
        and driver.read_only
        and driver.info.transaction_status is psycopg.pq.TransactionStatus.INTRANS
    ):
        driver.commit()


def _begin_writing(connection: Connection) -> None:
    """SQLite lets in one writer; left to itself, it makes the others try again after pauses that grow to 100 ms, so
    that under a rush some are never served. Here the threads of a process queue, and the first one tries often."""
    deadline = time.monotonic() + BUSY_MILLISECONDS / 1000
    turn = _turns.setdefault(connection.engine, threading.Lock())
    if "turn" not in connection.info and turn.acquire(timeout=BUSY_MILLISECONDS / 1000):
        connection.info["turn"] = turn
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < deadline:
            try:
                cursor.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(RETRY_SECONDS)
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # again, for SQLAlchemy's own exception
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        cursor.close()


@event.listens_for(Pool, "checkin")
def _end_turn(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = time.monotonic()
    turn = record.info.pop("turn", None)
    if turn is not None:
        turn.release()


@event.listens_for(Pool, "checkout")
def _check_rested(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """PostgreSQL may have been restarted since a connection was last used; one used a moment ago is not asked again."""
    if (
        not isinstance(connection, psycopg.Connection)
        or time.monotonic() - record.info.get("used_at", 0) < REST_SECONDS
    ):
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as gone:
        raise DisconnectionError from gone


def is_serialisation_failure(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in SERIALISATION_FAILURES
