"""Workers killed at any moment: no letter lost; a repeated one carries the same identifier and says so."""

import asyncio
import os
import random
import subprocess
import sys
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
from tests import databases
from tests.factories import make_user

START_SECONDS = 60
ROUNDS = 20  # of at most 100 letters, and ten minutes more each time
WORKER = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]


@pytest.fixture
def site(tmp_path, server, monkeypatch):
    """An application on a database of its own, whose mail server takes its time to answer."""
    url = f"sqlite:///{tmp_path / 'worker.db'}"
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
@pytest.mark.parametrize(("kills", "letters"), [(3, 100), pytest.param(30, 1_000, marks=pytest.mark.long)])
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
