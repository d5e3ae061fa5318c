"""Fixtures for every test: an application on an emptied database, a page client, the outbox."""

import os
import smtplib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings
from time_machine import TimeMachineFixture

from eventapp.cache import Shelf
from eventapp.extensions import db, limiter
from eventapp.outbox.models import Message
from tests import databases, postgresql
from tests.factories import NOW
from tests.pages import PageClient
from tests.servers import Starter

# A busy machine is no fault of the code: what must be fast is timed by its own test.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    """CI=true skips nothing: what is skipped elsewhere fails there."""
    report = yield
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI forbids: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def sqlite_app() -> Iterator[Flask]:
    with tempfile.TemporaryDirectory(prefix="eventapp-", dir=postgresql.fast_folder()) as folder:
        app = databases.make_app(f"sqlite:///{Path(folder) / 'test.db'}")
        databases.build(app)
        yield app
        _dispose(app)


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """An empty PostgreSQL database of the throw-away cluster, or a skip that says how to get one."""
    if postgresql.binaries() is None:
        pytest.skip(postgresql.HOW_TO_GET)
    with postgresql.cluster() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_app(postgresql_url: str) -> Iterator[Flask]:
    app = databases.make_app(postgresql_url)
    databases.build(app)
    yield app
    _dispose(app)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """sqlite, or each of the two in a test marked both_databases."""
    return getattr(request, "param", "sqlite")


@pytest.fixture(autouse=True)
def app(request: pytest.FixtureRequest, database: str) -> Iterator[Flask]:
    """The application, in whose context the test runs: `db.session` just works."""
    app: Flask = request.getfixturevalue(f"{database}_app")
    with app.app_context():
        yield app
        db.session.rollback()
    databases.empty(app.config["SQLALCHEMY_DATABASE_URI"])


@pytest.fixture
def client(app: Flask) -> PageClient:
    """Asks for pages without CSRF tokens; checks h1, title, lang and ids of each."""
    app.test_client_class = PageClient
    return app.test_client()


@pytest.fixture
def csrf_client(app: Flask, monkeypatch: pytest.MonkeyPatch) -> PageClient:
    """The same with CSRF protection on: a POST without a token must fail."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    app.test_client_class = PageClient
    return app.test_client()


@pytest.fixture
def limits(app: Flask) -> Iterator[None]:
    """Rate limits count in this test only."""
    limiter.enabled = True
    yield
    limiter.reset()
    limiter.enabled = False


@pytest.fixture
def kept_pages(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Public answers are kept in this test, on an empty shelf; their version is asked for every time."""
    monkeypatch.setitem(app.extensions, "page_cache", Shelf())
    monkeypatch.setitem(app.config, "CACHE_PAGES", True)
    monkeypatch.setattr("eventapp.cache.SECONDS", 0)


@pytest.fixture
def in_november(time_machine: TimeMachineFixture) -> None:
    """This process lives on the day of the factories: their events are still to come, whenever the tests run."""
    time_machine.move_to(NOW)


@pytest.fixture
def outbox(app: Flask) -> Callable[[], list[Message]]:
    """`outbox()`: the letters queued so far, oldest first."""
    return lambda: list(db.session.scalars(db.select(Message).order_by(Message.id)))


@pytest.fixture(scope="module")
def start_site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    """`site = start_site(seed)`: the real server on its own database, stopped after the module (tests/servers.py)."""
    folder = tmp_path_factory.mktemp("sites")
    starter = Starter(folder=folder, postgresql_url=lambda: request.getfixturevalue("postgresql_url"))
    try:
        yield starter
    finally:
        starter.stop()


@pytest.fixture(autouse=True)
def no_smtp(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No letter leaves a test, unless it is about delivery and runs a server of its own."""
    if request.node.get_closest_marker("delivery"):
        return

    def forbidden(*_args: Any, **_kwargs: Any) -> None:
        pytest.fail("this test tried to speak SMTP; mark it delivery if that is its subject")

    monkeypatch.setattr(smtplib.SMTP, "__init__", forbidden)
    monkeypatch.setattr(smtplib.SMTP_SSL, "__init__", forbidden)


def _dispose(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
