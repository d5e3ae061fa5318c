"""A restart of PostgreSQL costs nobody a page, and one request at most whoever was in the middle of something."""

from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from eventapp import database
from eventapp.extensions import db
from tests.factories import make_event
from tests.pages import PageClient


@pytest.fixture
def used(postgresql_app: Flask) -> Iterator[Flask]:
    """The application, whose only connection was used and then cut by the server."""
    with postgresql_app.app_context():
        db.engine.dispose()
        db.session.execute(db.text("SELECT 1"))
        db.session.remove()
        url = db.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    yield postgresql_app
    with postgresql_app.app_context():
        db.engine.dispose()


def test_a_rested_connection_is_replaced_before_it_is_needed(used: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "REST_SECONDS", 0.0)

    with used.app_context():
        assert db.session.scalar(db.text("SELECT 1")) == 1
        db.session.remove()


def test_one_just_used_fails_once_and_is_replaced(used: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "REST_SECONDS", 60.0)

    with used.app_context():
        with pytest.raises(OperationalError):
            db.session.execute(db.text("SELECT 1"))
        db.session.remove()
        assert db.session.scalar(db.text("SELECT 1")) == 1
        db.session.remove()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_readers_ask_is_prepared_once_for_all_of_them(app: Flask, client: PageClient) -> None:
    address = f"/evenements/{make_event().slug}/inscription/lien"
    db.session.commit()
    db.session.remove()

    for _ in range(20):
        assert client.get(address).status_code == 200
        db.session.remove()

    names = db.session.scalars(db.text("SELECT statement FROM pg_prepared_statements")).all()
    assert any("FROM event" in name for name in names)
