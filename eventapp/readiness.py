"""Whether this installation can serve: its database, its migrations, its worker."""

from datetime import datetime
from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from eventapp.config import ROOT
from eventapp.extensions import db
from eventapp.outbox import beating

DATABASE = "base de données injoignable"
MIGRATIONS = "migrations à appliquer (db upgrade)"
WORKER = "aucun signe du processus d’envoi (worker)"


def faults(now: datetime) -> list[str]:
    """What keeps it from serving, in words; empty when all is well. Says nothing secret."""
    try:
        if applied_heads() != wanted_heads():
            return [MIGRATIONS]
        return [] if beating.is_alive(now) else [WORKER]
    except SQLAlchemyError as failure:
        db.session.rollback()
        current_app.logger.error("not ready: %s", type(failure).__name__)
        return [DATABASE]


def applied_heads() -> frozenset[str]:
    return frozenset(MigrationContext.configure(db.session.connection()).get_current_heads())


@cache
def wanted_heads() -> frozenset[str]:
    return frozenset(ScriptDirectory(str(ROOT / "migrations")).get_heads())
