"""What every command of ours does with a refusal: one sentence on standard error, and 1. Also when the database is
behind this version, or does not answer."""

import sys
from typing import Any, NoReturn

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.outbox.models import Message
from eventapp.readiness import applied_heads, wanted_heads

BEHIND = "La base n’est pas à jour\u00a0: flask --app wsgi db upgrade"
AWAY = "La base de données ne répond pas\u00a0: vérifiez qu’elle est démarrée, et DATABASE_URL."


class Command(click.Command):
    """Runs in the application's context."""

    def __init__(self, name: str | None, *, callback: Any = None, **facts: Any) -> None:
        super().__init__(name, callback=callback and with_appcontext(callback), **facts)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refusal:
            _end(str(refusal))
        except (DBAPIError, NoConnection):
            db.session.rollback()
            sentence = _lateness()
            if sentence is None:
                raise
            _end(sentence)


class Group(AppGroup):
    command_class = Command


def trouble() -> str | None:
    """BEHIND, AWAY, or None when the tables are there."""
    try:
        db.session.execute(db.select(Message.id).limit(1))
    except SQLAlchemyError:
        db.session.rollback()
        return _lateness()
    finally:
        db.session.remove()
    return None


def _lateness() -> str | None:
    try:
        return None if applied_heads() == wanted_heads() else BEHIND
    except SQLAlchemyError:
        return AWAY
    finally:
        db.session.remove()


def _end(sentence: str) -> NoReturn:
    db.session.rollback()
    click.echo(sentence, err=True)
    sys.exit(1)
