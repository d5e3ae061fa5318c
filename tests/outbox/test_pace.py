"""No more mails in a minute than the relay wants, in all and to one domain, for all workers together."""

import threading
from collections import Counter
from datetime import timedelta

import pytest

from eventapp.config import BadSetting, Settings
from eventapp.extensions import db
from eventapp.outbox import queue
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.models import Message, Priority, State
from tests import databases
from tests.factories import NOW

MINUTE = timedelta(minutes=1, seconds=1)


@pytest.fixture
def pace(app, monkeypatch):
    def limit(in_all=0, to_a_domain=0):
        monkeypatch.setitem(app.config, "MAIL_PER_MINUTE", in_all)
        monkeypatch.setitem(app.config, "MAIL_PER_DOMAIN_PER_MINUTE", to_a_domain)

    return limit


def domains(server):
    return Counter(recipient.rpartition("@")[2] for recipient in server.recipients)


@pytest.mark.delivery
@pytest.mark.both_databases
def test_no_more_leave_in_a_minute_than_the_limit(server, send, pace):
    pace(in_all=5)
    for n in range(12):
        send(f"personne-{n}@exemple.example")

    counts = [deliver_due(now=NOW + n * MINUTE, limit=100) for n in range(4)]

    assert counts == [5, 5, 2, 0]
    assert len(set(server.recipients)) == 12


@pytest.mark.delivery
@pytest.mark.both_databases
def test_a_domain_that_had_its_share_lets_the_others_pass(server, send, pace):
    pace(to_a_domain=2)
    for n in range(5):
        send(f"personne-{n}@lent.example")
    send("jeanne@Exemple.example")

    deliver_due(now=NOW, limit=100)
    assert domains(server) == {"lent.example": 2, "Exemple.example": 1}
    deliver_due(now=NOW + MINUTE, limit=100)
    assert domains(server)["lent.example"] == 4


@pytest.mark.delivery
def test_a_confirmation_finds_room_in_the_minute_that_a_mailing_fills(server, send, pace):
    pace(in_all=10)
    for n in range(20):
        send(f"invite-{n}@exemple.example", priority=Priority.BULK)
    assert deliver_due(now=NOW, limit=100) == 9
    later = NOW + timedelta(seconds=5)
    send("jeanne@exemple.example", now=later)

    assert deliver_due(now=later, limit=100) == 1
    assert server.recipients[-1] == "jeanne@exemple.example"


@pytest.mark.both_databases
def test_workers_share_one_limit(app, send, pace):
    pace(in_all=25)
    for n in range(60):
        send(f"personne-{n}@exemple.example")
    taken = []

    def work():
        with app.app_context():
            while leases := queue.claim(NOW, limit=4):
                taken.extend(leases)
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len({lease.id for lease in taken}) == len(taken) == 25


def test_what_was_given_back_was_not_sent(send, pace):
    pace(in_all=2)
    for n in range(3):
        send(f"personne-{n}@exemple.example")
    leases = queue.claim(NOW, limit=3)
    assert (len(leases), queue.claim(NOW)) == (2, [])

    queue.release(leases)

    assert len(queue.claim(NOW, limit=3)) == 2


@pytest.mark.delivery
def test_a_letter_tried_again_counts_again(server, send, pace):
    pace(in_all=1)
    server.answers["jeanne@exemple.example"] = "451 later"
    send("jeanne@exemple.example")
    deliver_due(now=NOW, limit=10)
    send("paul@exemple.example", due_at=NOW)

    assert [deliver_due(now=NOW + timedelta(seconds=30 * n), limit=10) for n in (1, 3)] == [0, 1]


def test_the_domain_is_the_one_of_the_address(send):
    for address in ("jeanne@EXEMPLE.example", "jeanne", "a@b@c.example", f"x@{'d' * 400}"):
        send(address)

    domains = list(db.session.scalars(db.select(Message.domain).order_by(Message.id)))
    assert domains == ["exemple.example", "jeanne", "c.example", "d" * 255]
    assert {State.QUEUED} == set(db.session.scalars(db.select(Message.state)))


@pytest.mark.parametrize("name", ["MAIL_PER_MINUTE", "MAIL_PER_DOMAIN_PER_MINUTE"])
def test_a_limit_is_a_number(name):
    environ = databases.ENVIRONMENT | {"DATABASE_URL": "sqlite:///x.db"}
    assert Settings.from_environment(environ | {name: "600"}).as_flask()[name] == 600
    for value in ("-1", "beaucoup", "1.5"):
        with pytest.raises(BadSetting, match=name):
            Settings.from_environment(environ | {name: value})
