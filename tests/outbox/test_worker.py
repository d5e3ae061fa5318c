import os
import re
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from eventapp.accounts import notices
from eventapp.accounts.models import Organisation
from eventapp.clock import utcnow
from eventapp.config import ROOT
from eventapp.extensions import db
from eventapp.outbox import beating
from eventapp.outbox.models import Message, State
from eventapp.schedule import Job
from eventapp.worker import Every, Worker
from tests import databases
from tests.factories import NOW, make_organisation, make_user
from tests.servers import free_port


@pytest.fixture
def handlers():
    """A command run inside the test leaves the signals as it found them."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def states():
    db.session.expire_all()
    return list(db.session.scalars(db.select(Message.state).order_by(Message.id)))


@pytest.mark.delivery
def test_once_drains_what_is_due_and_ends(app, server, send, handlers):
    for n in range(3):
        send(f"personne-{n}@exemple.example")
    send("plus-tard@exemple.example", due_at=utcnow() + timedelta(hours=1))

    result = app.test_cli_runner().invoke(args=["worker", "--once"])

    assert (result.exit_code, result.output) == (0, "3 courriels envoyés, 0 reporté, 0 en échec.\n")
    assert states() == [State.SENT] * 3 + [State.QUEUED]


@pytest.mark.delivery
def test_once_says_what_became_of_each_letter(app, server, send, handlers):
    server.answers = {"refusee@exemple.example": "550 no", "plus-tard@exemple.example": "451 later"}
    for name in ("refusee", "plus-tard", "jeanne"):
        send(f"{name}@exemple.example")

    result = app.test_cli_runner().invoke(args=["worker", "--once"])

    assert (result.exit_code, result.stdout) == (0, "1 courriel envoyé, 1 reporté, 1 en échec.\n")


@pytest.mark.delivery
def test_once_counts_what_a_silent_server_leaves(app, send, handlers, monkeypatch, caplog):
    monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1")
    monkeypatch.setitem(app.config, "MAIL_PORT", free_port())
    for n in range(3):
        send(f"personne-{n}@exemple.example")

    result = app.test_cli_runner().invoke(args=["worker", "--once"])

    assert (result.exit_code, result.stdout) == (0, "0 courriel envoyé, 3 reportés, 0 en échec.\n")
    assert re.fullmatch(r"courriel \d+ à envoyer\xa0: Le serveur d’envoi ne répond pas.*", caplog.messages[-1])


@pytest.mark.delivery
def test_a_job_that_fails_stops_no_other_and_no_letter(server, send):
    send("jeanne@exemple.example")
    ran = []

    def fail(now):
        make_organisation(name="left behind")
        raise RuntimeError

    jobs = [Job("fail", timedelta(hours=1), fail), Job("note", timedelta(hours=1), lambda now: ran.append(now))]
    Worker(jobs).drain()

    assert len(ran) == 1
    assert states() == [State.SENT]
    assert db.session.scalars(db.select(Organisation)).all() == []


def test_what_is_scheduled_runs_between_two_mails():
    ran = []
    worker = Worker([Job("note", timedelta(0), lambda now: ran.append(now))])

    assert [worker.go_on() for _ in range(3)] == [True] * 3

    assert len(ran) == 3


def test_each_row_of_a_job_is_committed_alone(caplog):
    def rename(key, now):
        organisation = db.session.get(Organisation, key)
        organisation.name = f"{now:%Y}"
        if key == broken:
            raise RuntimeError

    broken, kept = (make_organisation(name="as before").id for _ in range(2))
    db.session.commit()

    Worker([Job("rename", timedelta(0), rename, due=lambda **_now: [broken, kept])]).run_jobs()

    names = [db.session.get(Organisation, key).name for key in (broken, kept)]
    assert names == ["as before", f"{utcnow():%Y}"]
    assert [record.message for record in caplog.records] == ["worker: rename"]


def test_a_job_runs_once_per_interval(monkeypatch):
    clock = Every(timedelta(seconds=5))

    monkeypatch.setattr("eventapp.worker.time.monotonic", lambda: 100.0)
    assert (clock.is_due(), clock.is_due()) == (True, False)
    monkeypatch.setattr("eventapp.worker.time.monotonic", lambda: 105.0)
    assert clock.is_due()


@pytest.mark.delivery
def test_a_stopped_worker_finishes_its_letter_and_begins_no_other(server, send, monkeypatch):
    for n in range(3):
        send(f"personne-{n}@exemple.example")
    worker = Worker(jobs=[])
    take = server.handle_DATA

    async def stop_meanwhile(smtp, session, envelope):
        worker.stop()
        return await take(smtp, session, envelope)

    monkeypatch.setattr(server, "handle_DATA", stop_meanwhile)
    worker.run()

    assert states() == [State.SENT, State.QUEUED, State.QUEUED]


def test_a_database_that_is_away_is_waited_for(monkeypatch):
    worker = Worker(jobs=[])
    turns = []

    def turn():
        turns.append(1)
        if len(turns) < 3:
            raise OperationalError("SELECT 1", {}, Exception("gone"))
        worker.stop()
        return False

    monkeypatch.setattr(worker, "turn", turn)
    monkeypatch.setattr("eventapp.worker.IDLE_SECONDS", 0.01)
    worker.run()

    assert len(turns) == 3


@pytest.mark.both_databases
def test_a_beating_heart_is_alive_and_a_silent_one_is_not():
    assert not beating.is_alive(NOW)
    beating.beat(NOW - timedelta(hours=1))
    assert not beating.is_alive(NOW)
    beating.beat(NOW)
    assert beating.is_alive(NOW + timedelta(seconds=60))


def test_a_working_worker_signs(app):
    Worker(jobs=[]).drain()

    assert beating.is_alive(utcnow())


@pytest.mark.delivery
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_after_its_letter(server, tmp_path, monkeypatch, number):
    app = databases.make_app(f"sqlite:///{tmp_path / 'worker.db'}")
    databases.build(app)
    queue_letters(app, 2)
    begun, may_end = threading.Event(), threading.Event()
    take = server.handle_DATA

    async def wait(smtp, session, envelope):
        begun.set()
        await smtp.loop.run_in_executor(None, may_end.wait, 60)
        return await take(smtp, session, envelope)

    monkeypatch.setattr(server, "handle_DATA", wait)
    environ = databases.ENVIRONMENT | {"MAIL_PORT": str(server.port), "DATABASE_URL": f"sqlite:///{tmp_path}/worker.db"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | environ, stderr=subprocess.DEVNULL) as worker:
        try:
            assert begun.wait(60)
            worker.send_signal(number)
            may_end.set()
            assert worker.wait(60) == 0
        finally:
            worker.kill()  # one that has ended does not mind

    with app.app_context():
        assert states() == [State.SENT, State.QUEUED]
        db.session.remove()
        db.engine.dispose()


def queue_letters(app, count):
    with app.app_context():
        for n in range(count):
            notices.password_changed(make_user(email=f"personne-{n}@sgar.example"), now=utcnow())
        db.session.commit()
