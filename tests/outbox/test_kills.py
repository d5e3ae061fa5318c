"""Real worker processes, killed or frozen at any moment, or several at once: no letter lost; a repeated one carries the
same identifier and says so."""

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest

from eventapp.accounts import notices
from eventapp.clock import utcnow
from eventapp.config import ROOT
from eventapp.extensions import db
from eventapp.outbox import queue
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.models import Message, State
from tests import databases, postgresql
from tests.factories import make_user

START_SECONDS = 60
ROUNDS = 20  # of at most 100 letters, and ten minutes more each time
WORKER = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
LONG = pytest.mark.long


@pytest.fixture
def url(request, database, tmp_path):
    """Of a database of its own."""
    if database == "sqlite":
        return f"sqlite:///{tmp_path / 'worker.db'}"
    return postgresql.new_database(request.getfixturevalue("postgresql_url"), "killed")


@pytest.fixture
def site(url, server, monkeypatch):
    """An application whose mail server takes its time to answer."""
    app = databases.make_app(url, MAIL_PORT=server.port)
    databases.build(app)
    monkeypatch.setitem(os.environ, "DATABASE_URL", url)
    monkeypatch.setitem(os.environ, "MAIL_PORT", str(server.port))
    take = server.handle_DATA

    async def slowly(smtp, session, envelope):
        answer = await take(smtp, session, envelope)
        await asyncio.sleep(0.02)
        return answer

    monkeypatch.setattr(server, "handle_DATA", slowly)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def queue_letters(count):
    user = make_user()
    for _ in range(count):
        notices.password_changed(user, now=utcnow())
    db.session.commit()


def kill_a_worker(server):
    """Start one, kill it while it works, at any moment."""
    before = len(server.received)
    with subprocess.Popen(
        WORKER, cwd=ROOT, env=os.environ | databases.ENVIRONMENT, stderr=subprocess.DEVNULL
    ) as worker:
        deadline = time.monotonic() + START_SECONDS
        while len(server.received) == before and worker.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.3))
        worker.kill()
    assert len(server.received) > before, "this worker has sent nothing"


def deliver_the_rest():
    """Until nothing is due, in a bounded number of rounds."""
    after = utcnow() + queue.LEASE
    for round_number in range(ROUNDS):
        if not deliver_due(now=after + round_number * timedelta(minutes=10), limit=100):
            return
    raise AssertionError(f"letters are still due after {ROUNDS} rounds")


@pytest.mark.delivery
@pytest.mark.parametrize(
    ("database", "kills", "letters"),
    [
        ("sqlite", 3, 100),
        ("postgresql", 1, 60),
        pytest.param("sqlite", 30, 1_000, marks=LONG),
        pytest.param("postgresql", 30, 1_000, marks=LONG),
    ],
    indirect=["database"],
)
def test_killed_workers_lose_nothing_and_repeat_recognisably(site, server, kills, letters):
    queue_letters(letters)
    for _ in range(kills):
        kill_a_worker(server)
    assert len(server.received) < letters
    deliver_the_rest()

    posted = set(db.session.scalars(db.select(Message.message_id)))
    arrived = Counter(mail["Message-ID"] for mail in server.received)
    assert set(db.session.scalars(db.select(Message.state))) == {State.SENT}
    assert set(arrived) == posted
    assert sum(arrived.values()) <= letters + kills
    repeats = [mail for mail in server.received if arrived[mail["Message-ID"]] > 1]
    first = {mail["Message-ID"] for mail in repeats if mail["X-Delivery-Attempt"] is None}
    assert sum(mail["X-Delivery-Attempt"] is None for mail in repeats) == len(first)


@pytest.mark.delivery
@pytest.mark.parametrize(
    ("database", "workers", "letters"),
    [
        ("sqlite", 2, 60),
        ("postgresql", 2, 60),
        pytest.param("sqlite", 2, 1_000, marks=LONG),
        pytest.param("postgresql", 4, 1_000, marks=LONG),
    ],
    indirect=["database"],
)
def test_several_workers_send_each_letter_once(site, server, workers, letters, monkeypatch):
    """None is answered before all of them have called: whoever starts sooner would leave nothing to the others."""
    queue_letters(letters)
    line = [*WORKER, "--once"]
    take, deadline = server.handle_DATA, time.monotonic() + START_SECONDS

    async def together(smtp, session, envelope):
        while server.connections < workers and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        return await take(smtp, session, envelope)

    monkeypatch.setattr(server, "handle_DATA", together)
    with contextlib.ExitStack() as stack:
        environ = os.environ | databases.ENVIRONMENT
        running = [
            stack.enter_context(subprocess.Popen(line, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL))
            for _ in range(workers)
        ]
        assert [worker.wait(600) for worker in running] == [0] * workers

    arrived = Counter(mail["Message-ID"] for mail in server.received)
    assert set(arrived) == set(db.session.scalars(db.select(Message.message_id)))
    assert set(arrived.values()) == {1}
    assert server.connections >= workers, "only one of them worked"


@pytest.mark.delivery
@pytest.mark.both_databases
def test_a_worker_frozen_while_it_sends_is_replaced_and_sends_no_third_copy(site, server, monkeypatch):
    queue_letters(5)
    taken, may_answer = threading.Event(), threading.Event()
    take = server.handle_DATA

    async def wait(smtp, session, envelope):
        answer = await take(smtp, session, envelope)
        if not taken.is_set():
            taken.set()
            await smtp.loop.run_in_executor(None, may_answer.wait, START_SECONDS)
        return answer

    monkeypatch.setattr(server, "handle_DATA", wait)
    with subprocess.Popen(
        WORKER, cwd=ROOT, env=os.environ | databases.ENVIRONMENT, stderr=subprocess.DEVNULL
    ) as frozen:
        try:
            assert taken.wait(START_SECONDS)
            frozen.send_signal(signal.SIGSTOP)
            deliver_the_rest()
            may_answer.set()
            frozen.send_signal(signal.SIGCONT)
            frozen.send_signal(signal.SIGTERM)
            assert frozen.wait(START_SECONDS) == 0
        finally:
            may_answer.set()
            frozen.kill()

    copies = Counter(mail["Message-ID"] for mail in server.received)
    assert sorted(copies.values()) == [1, 1, 1, 1, 2]
    assert [mail["X-Delivery-Attempt"] for mail in server.received if mail["X-Delivery-Attempt"]] == ["2"]
    assert set(db.session.scalars(db.select(Message.state))) == {State.SENT}
