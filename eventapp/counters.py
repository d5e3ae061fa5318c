"""Where rate limits count: shared by every process, surviving restarts, never in the way of the main database.

On SQLite a sibling file `limits.db` (the main file would wait behind the request's own transaction), on PostgreSQL one
autocommit connection per process and an unlogged table. Whatever goes wrong here is raised at once, then for a second
without trying again: eventapp.limits lets the request pass and logs it.
"""

import hashlib
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
from limits.storage import Storage
from sqlalchemy import make_url

BUSY_SECONDS = 0.25
REST_SECONDS = 1.0
PURGE_SECONDS = 60.0

TABLE = "rate_limit (key VARCHAR(32) PRIMARY KEY, hits INTEGER NOT NULL, expires_at DOUBLE PRECISION NOT NULL)"
COUNT = """
    INSERT INTO rate_limit AS kept (key, hits, expires_at) VALUES (:key, :amount, :fresh)
    ON CONFLICT (key) DO UPDATE SET
        hits = CASE WHEN kept.expires_at <= :now THEN 0 ELSE kept.hits END + :amount,
        expires_at = CASE WHEN kept.expires_at <= :now THEN :fresh ELSE kept.expires_at END
    RETURNING hits
"""
READ = "SELECT hits, expires_at FROM rate_limit WHERE key = :key AND expires_at > :now"
FORGET = "DELETE FROM rate_limit WHERE key = :key"
FORGET_ALL = "DELETE FROM rate_limit"
PURGE = "DELETE FROM rate_limit WHERE expires_at <= :now"


class Counters(Storage):
    """`eventapp://` for Flask-Limiter's fixed windows; keys are hashed, so no address is written down."""

    STORAGE_SCHEME = ["eventapp"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, database: str = "", **_: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._url = database
        self._connection: Any = None
        self._lock = threading.Lock()
        self._rests_until = 0.0
        self._purges_at = 0.0

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return (sqlite3.Error, psycopg.Error, TimeoutError)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = time.time()
        row = self._run(COUNT, key=_hashed(key), amount=amount, now=now, fresh=now + expiry)
        if now >= self._purges_at:
            self._purges_at = now + PURGE_SECONDS
            self._run(PURGE, now=now)
        return int(row[0])

    def get(self, key: str) -> int:
        row = self._run(READ, key=_hashed(key), now=time.time())
        return int(row[0]) if row else 0

    def get_expiry(self, key: str) -> float:
        now = time.time()
        row = self._run(READ, key=_hashed(key), now=now)
        return float(row[1]) if row else now

    def check(self) -> bool:
        return self.get("check") == 0

    def reset(self) -> int | None:
        self._run(FORGET_ALL)
        return None

    def clear(self, key: str) -> None:
        self._run(FORGET, key=_hashed(key))

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _run(self, statement: str, **values: Any) -> Any:
        """The first row, if any. One caller at a time, none waiting longer than the database itself may."""
        if time.monotonic() < self._rests_until or not self._lock.acquire(timeout=BUSY_SECONDS):
            raise TimeoutError("the counters are resting")
        try:
            if self._connection is None:
                self._connection = _open(self._url)
            return self._connection.execute(_spelled(statement, self._connection), values).fetchone()
        except psycopg.ProgrammingError as nothing:
            if nothing.sqlstate is None:  # a statement without rows
                return None
            raise
        except Exception:
            self._rests_until = time.monotonic() + REST_SECONDS
            self.close()
            raise
        finally:
            self._lock.release()


def _hashed(key: str) -> str:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _spelled(statement: str, connection: Any) -> str:
    """Named parameters as each driver writes them."""
    if isinstance(connection, sqlite3.Connection):
        return statement
    for name in ("key", "amount", "fresh", "now"):
        statement = statement.replace(f":{name}", f"%({name})s")
    return statement


def _open(url: str) -> Any:
    return _open_sqlite(url) if url.startswith("sqlite") else _open_postgresql(url)


def _open_sqlite(url: str) -> sqlite3.Connection:
    main = make_url(url).database
    path = Path(main).with_name("limits.db") if main and main != ":memory:" else ":memory:"
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(f"CREATE TABLE IF NOT EXISTS {TABLE}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _open_postgresql(url: str) -> Any:
    options = "-c statement_timeout=1000 -c lock_timeout=250"
    connection = psycopg.connect(
        url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True, connect_timeout=2, options=options
    )
    try:
        if connection.execute("SELECT to_regclass('rate_limit')").fetchone() == (None,):
            connection.execute(f"CREATE UNLOGGED TABLE IF NOT EXISTS {TABLE}")
    except (psycopg.errors.UniqueViolation, psycopg.errors.DuplicateTable):
        return connection  # another process was faster
    except psycopg.Error:
        connection.close()
        raise
    return connection
