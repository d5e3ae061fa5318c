"""Letters are taken several at a time; nothing of that shows, except that they leave faster."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from eventapp.extensions import db
from eventapp.outbox import delivery, letters, preparing, queue
from eventapp.outbox.delivery import TOGETHER, deliver_due
from eventapp.outbox.letters import AHEAD, LETTERS, Attachment
from eventapp.outbox.models import Message, Priority, State
from tests.factories import NOW

MOMENT = timedelta(microseconds=1)  # queued after the round began

pytestmark = pytest.mark.delivery


def states():
    db.session.expire_all()
    return list(db.session.scalars(db.select(Message.state).order_by(Message.id)))


def after(server, monkeypatch, count, act):
    """Do something in the middle: while the mail of that number is handed over."""
    take = server.handle_DATA

    async def acting(smtp, session, envelope):
        answer = await take(smtp, session, envelope)
        if len(server.received) == count:
            await smtp.loop.run_in_executor(None, act)
        return answer

    monkeypatch.setattr(server, "handle_DATA", acting)


def in_app(app, act):
    def run():
        with app.app_context():
            act()
            db.session.commit()
            db.session.remove()

    return run


@pytest.mark.both_databases
def test_a_confirmation_overtakes_a_mailing_that_is_leaving(app, server, send, monkeypatch):
    for n in range(3 * TOGETHER):
        send(f"invite-{n}@exemple.example", priority=Priority.BULK)
    after(server, monkeypatch, 5, in_app(app, lambda: send("jeanne@exemple.example", now=NOW + MOMENT)))
    deliver_due(now=NOW, limit=1_000)

    assert server.recipients.index("jeanne@exemple.example") <= TOGETHER


def test_a_slow_server_gives_the_rest_back_for_more_urgent_letters(app, server, send, monkeypatch):
    for n in range(TOGETHER):
        send(f"invite-{n}@exemple.example", priority=Priority.BULK)
    monkeypatch.setattr(delivery, "SPELL", timedelta(0))
    after(server, monkeypatch, 2, in_app(app, lambda: send("jeanne@exemple.example", now=NOW + MOMENT)))
    deliver_due(now=NOW, limit=1_000)

    assert server.recipients.index("jeanne@exemple.example") == 2
    assert len(server.recipients) == TOGETHER + 1


@pytest.mark.both_databases
@pytest.mark.parametrize("state", [State.HELD, State.DROPPED])
def test_a_mailing_that_is_paused_or_cancelled_stops_at_once(app, server, send, monkeypatch, state):
    for n in range(10):
        send(f"invite-{n}@exemple.example", priority=Priority.BULK)
    stop = db.update(Message).where(Message.state == State.QUEUED).values(state=state)
    after(server, monkeypatch, 3, in_app(app, lambda: db.session.execute(stop)))
    deliver_due(now=NOW, limit=1_000)

    assert len(server.received) == 3
    assert states() == [State.SENT] * 3 + [state] * 7


def test_what_was_held_leaves_when_it_is_queued_again(app, server, send, monkeypatch):
    test_a_mailing_that_is_paused_or_cancelled_stops_at_once(app, server, send, monkeypatch, State.HELD)
    db.session.execute(db.update(Message).where(Message.state == State.HELD).values(state=State.QUEUED))
    db.session.commit()
    deliver_due(now=NOW, limit=1_000)

    assert len(set(server.recipients)) == len(server.recipients) == 10


@pytest.mark.both_databases
def test_a_dead_worker_keeps_what_it_had_not_begun_for_half_a_minute(server, send):
    for n in range(3):
        send(f"personne-{n}@exemple.example")
    leases = queue.claim(NOW, limit=3)
    queue.step(NOW, following=leases[0])
    assert deliver_due(now=NOW, limit=10) == 0

    assert deliver_due(now=NOW + queue.RESERVED_FOR + timedelta(seconds=1), limit=10) == 2
    assert [mail["X-Delivery-Attempt"] for mail in server.received] == [None, None]
    assert states() == [State.SENDING, State.SENT, State.SENT]


@pytest.mark.both_databases
def test_a_worker_that_froze_begins_nothing_that_another_took(send):
    send("jeanne@exemple.example")
    (frozen,) = queue.claim(NOW)
    later = NOW + queue.RESERVED_FOR + timedelta(seconds=1)
    (other,) = queue.claim(later)

    assert queue.step(later, following=frozen).begun is None
    assert queue.step(later, following=other).begun is not None
    assert queue.step(later, following=frozen).begun is None


@pytest.mark.both_databases
def test_a_loader_that_breaks_the_transaction_stops_no_other(server, send, monkeypatch):
    def break_it(message, name, title):
        if name == "break":
            db.session.execute(text("SELECT nothing FROM nowhere"))
        if name == "write":
            db.session.get(Message, message.id).to = "pirate@exemple.example"
        return usual(message, name=name, title=title)

    usual = LETTERS["trial/note"]
    monkeypatch.setitem(LETTERS, "trial/note", break_it)
    for n, name in enumerate(["Jeanne", "break", "Paul", "write", "Zoé"]):
        send(f"personne-{n}@exemple.example", name=name)
    deliver_due(now=NOW, limit=10)

    assert server.recipients == [f"personne-{n}@exemple.example" for n in (0, 2, 3, 4)]
    assert db.session.scalar(db.select(db.func.count()).where(Message.to == "pirate@exemple.example")) == 0


@pytest.mark.both_databases
def test_reading_ahead_that_fails_only_costs_time(server, send, monkeypatch, caplog):
    monkeypatch.setitem(AHEAD, "title", lambda _ids: db.session.execute(text("SELECT nothing FROM nowhere")))
    for n in range(3):
        send(f"personne-{n}@exemple.example")
    deliver_due(now=NOW, limit=10)

    assert len(server.received) == 3
    assert [record.message for record in caplog.records] == ["nothing could be read ahead by title"]


def test_heavy_letters_are_held_a_few_at_a_time(server, send, monkeypatch):
    usual = LETTERS["trial/note"]
    heavy = [Attachment("plan.pdf", "application/pdf", b"%PDF-" + bytes(40_000))]
    monkeypatch.setitem(LETTERS, "trial/note", lambda message, **facts: usual(message, attachments=heavy, **facts))
    monkeypatch.setattr(preparing, "MOST_BYTES", 100_000)
    sizes = []
    prepare = delivery.prepare
    monkeypatch.setattr(delivery, "prepare", lambda *args: sizes.append(len(made := prepare(*args))) or made)
    for n in range(5):
        send(f"personne-{n}@exemple.example")
    deliver_due(now=NOW, limit=10)

    assert sizes == [2, 2, 1]
    assert states() == [State.SENT] * 5


def test_what_letters_share_is_read_once_for_those_made_together():
    reads = []
    with letters.together():
        found = [letters.once("programme", lambda: reads.append(1) or len(reads)) for _ in range(3)]
    alone = [letters.once("programme", lambda: reads.append(1) or len(reads)) for _ in range(2)]

    assert (found, alone) == ([1, 1, 1], [2, 3])


@pytest.mark.parametrize("gone", [OperationalError, InterfaceError, NoConnection])
def test_a_database_that_goes_while_a_letter_is_prepared_is_waited_for(server, send, monkeypatch, gone):
    def load(_message, **_ids):
        raise gone("SELECT 1", {}, Exception("gone")) if gone is not NoConnection else gone

    send("jeanne@exemple.example")
    monkeypatch.setitem(LETTERS, "trial/note", load)
    deliver_due(now=NOW, limit=10)

    assert states() == [State.QUEUED]
