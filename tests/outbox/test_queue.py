"""Several workers, dying workers, slow servers: each letter once, or recognisably twice."""

import asyncio
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import true

from eventapp.extensions import db
from eventapp.outbox import board, delivery, interruptions, queue
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.interruptions import recover
from eventapp.outbox.models import Message, State
from eventapp.outbox.queue import CannotResend, Outcome, claim, resend, step
from tests.factories import NOW, make_event

LATER = NOW + queue.LEASE + timedelta(seconds=1)
SENT = Outcome(state=State.SENT)


def reload(message):
    db.session.expire_all()
    return db.session.get_one(Message, message.id)


def take(now):
    """The next message due, begun."""
    (lease,) = claim(now)
    return step(now, following=lease).begun


def settle(lease, outcome, now):
    return step(now, done=(lease, outcome)).state


def four_workers(app):
    def work():
        with app.app_context():
            while deliver_due(now=NOW, limit=10):
                pass
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


@pytest.mark.delivery
@pytest.mark.both_databases
def test_four_workers_send_each_letter_once(app, server, send):
    for n in range(60):
        send(f"personne-{n}@exemple.example")

    four_workers(app)

    assert Counter(server.recipients) == Counter(f"personne-{n}@exemple.example" for n in range(60))
    assert set(db.session.scalars(db.select(Message.state))) == {State.SENT}


@pytest.mark.delivery
def test_without_leases_the_same_letters_leave_several_times(app, server, send, monkeypatch):
    """The negative control of the test above: workers that believe each claim is theirs."""
    for n in range(20):
        send(f"personne-{n}@exemple.example")
    monkeypatch.setattr(queue, "_is_free", lambda _now: true())
    monkeypatch.setattr(queue, "_begin", lambda lease, now: replace(lease, until=now + queue.LEASE))
    four_workers(app)

    assert len(server.recipients) > len(set(server.recipients))


@pytest.mark.both_databases
def test_a_leased_message_is_nobody_elses(send):
    send("jeanne@exemple.example")

    lease = take(NOW)
    assert claim(NOW) == []
    assert (recover(NOW + queue.LEASE / 2), recover(lease.until)) == (0, 0)


@pytest.mark.delivery
@pytest.mark.both_databases
def test_a_dead_workers_message_leaves_again_under_the_same_identifier(server, send):
    message = send("jeanne@exemple.example")
    take(NOW)

    assert deliver_due(now=LATER, limit=10) == 1
    assert reload(message).state is State.SENT
    assert [(mail["Message-ID"], mail["X-Delivery-Attempt"]) for mail in server.received] == [(message.message_id, "2")]


def test_an_interrupted_message_says_so(send):
    message = send("jeanne@exemple.example")
    take(NOW)

    assert recover(LATER) == 1
    assert (reload(message).state, message.last_error) == (State.UNCERTAIN, interruptions.in_words(1))


def test_a_message_that_kills_its_workers_lets_the_others_pass(send):
    message, now = send("jeanne@exemple.example"), NOW
    for _ in range(4):
        now = reload(message).due_at
        take(now)
        now += queue.LEASE + timedelta(seconds=1)
        recover(now)

    assert reload(message).due_at > now + timedelta(minutes=1)


def stop_its_worker(message):
    """Taken when it is due, by a worker that dies; when that is noticed."""
    noticed = reload(message).due_at + queue.LEASE + timedelta(seconds=1)
    take(message.due_at)
    recover(noticed)
    return noticed


@pytest.mark.both_databases
def test_a_message_that_kills_every_worker_is_given_up(send):
    message = send("jeanne@exemple.example")
    for _ in range(interruptions.MOST - 1):
        stop_its_worker(message)
    assert reload(message).state is State.UNCERTAIN

    noticed = stop_its_worker(message)

    assert (reload(message).state, message.what_happened) == (State.FAILED, interruptions.GIVEN_UP)
    assert claim(noticed + queue.PATIENCE) == []


def test_what_was_given_up_can_be_sent_again_with_as_many_tries(send):
    message = send("jeanne@exemple.example", event=make_event())
    for _ in range(interruptions.MOST):
        noticed = stop_its_worker(message)
    assert board.resend_failed(message.event_id, board.Choice(), now=noticed) == 1
    db.session.commit()

    stop_its_worker(message)

    assert (reload(message).state, message.last_error) == (State.UNCERTAIN, interruptions.in_words(1))


def test_an_answer_of_the_server_begins_the_count_anew(send):
    message = send("jeanne@exemple.example")
    for _ in range(interruptions.MOST - 1):
        now = stop_its_worker(message)
    now = max(now, reload(message).due_at)
    settle(take(now), Outcome(state=State.UNCERTAIN, error="Le serveur demande d’attendre."), now)

    stop_its_worker(message)

    assert (reload(message).state, message.last_error) == (State.UNCERTAIN, interruptions.in_words(1))


@pytest.mark.both_databases
def test_a_worker_that_froze_changes_nothing_when_it_wakes(send):
    message = send("jeanne@exemple.example")
    frozen = take(NOW)
    recover(LATER)
    other = take(LATER)
    assert settle(other, SENT, LATER)

    assert not settle(frozen, Outcome(state=State.FAILED, error="trop tard"), LATER)
    assert (reload(message).state, message.last_error) == (State.SENT, None)


@pytest.mark.delivery
def test_a_worker_frozen_before_it_spoke_stays_silent(server, send, monkeypatch):
    send("jeanne@exemple.example")
    monkeypatch.setattr(queue, "LEASE", timedelta(0))
    deliver_due(now=NOW, limit=1)

    assert server.received == []


@pytest.mark.delivery
def test_a_line_that_breaks_during_the_letter_leaves_a_doubt(server, send, monkeypatch):
    message = send("jeanne@exemple.example")

    async def hang_up(smtp, session, envelope):
        smtp.transport.abort()
        return "250 OK"

    monkeypatch.setattr(server, "handle_DATA", hang_up)
    deliver_due(now=NOW, limit=1)
    assert reload(message).state is State.UNCERTAIN


@pytest.mark.delivery
def test_a_server_that_talks_a_byte_at_a_time_is_cut(app, server, send, monkeypatch):
    send("lent@exemple.example")
    send("jeanne@exemple.example", now=NOW + timedelta(seconds=1))

    async def drip(smtp, session, envelope, address, options):
        if address == "lent@exemple.example":
            for _ in range(200):
                smtp._writer.write(b"2")
                await asyncio.sleep(0.1)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    monkeypatch.setattr(server, "handle_RCPT", drip)
    monkeypatch.setattr(delivery, "SECONDS", 1)
    began = time.monotonic()
    deliver_due(now=NOW + timedelta(seconds=2), limit=2)

    assert time.monotonic() - began < 10
    assert server.recipients == ["jeanne@exemple.example"]


def test_waits_grow_and_end_after_three_days(send):
    message, now, tries = send("jeanne@exemple.example"), NOW, 0
    while reload(message).state is State.QUEUED:
        now, tries = message.due_at, tries + 1
        settle(take(now), Outcome(state=State.QUEUED, error="451 later"), now)

    assert 70 < tries < 90
    assert message.state is State.FAILED
    assert timedelta(hours=72) <= now - NOW < timedelta(hours=74)


def test_a_failed_message_can_be_sent_again(send):
    message = send("jeanne@exemple.example")
    settle(take(NOW), Outcome(state=State.FAILED, error="non"), NOW)
    resend(reload(message), now=LATER)
    db.session.commit()

    assert (reload(message).state, message.attempts, message.last_error) == (State.QUEUED, 0, None)
    assert take(LATER).id == message.id


def test_what_is_sent_or_about_to_be_is_not_sent_again(send):
    message = send("jeanne@exemple.example")
    with pytest.raises(CannotResend):
        resend(message, now=NOW)
    settle(take(NOW), SENT, NOW)

    with pytest.raises(CannotResend):
        resend(reload(message), now=LATER)
