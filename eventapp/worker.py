"""The worker: delivers what is due, runs what is scheduled, signs that it is alive. Any number may run at once."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from types import FrameType
from typing import Any

from flask import current_app
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from eventapp.clock import utcnow
from eventapp.extensions import db
from eventapp.outbox import beating, queue
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.models import State
from eventapp.schedule import JOBS, Job

IDLE_SECONDS = 1.0
BATCH = 100
LONGEST_PAUSE = 10.0


class Every:
    """Says yes at most once per interval, by a clock that nobody sets."""

    def __init__(self, interval: timedelta) -> None:
        self.seconds = interval.total_seconds()
        self.next = 0.0

    def is_due(self) -> bool:
        if time.monotonic() < self.next:
            return False
        self.next = time.monotonic() + self.seconds
        return True


class Worker:
    def __init__(self, jobs: Sequence[Job] = JOBS) -> None:
        self.stopping = threading.Event()
        self.heart = Every(beating.EVERY)
        self.jobs = [(job, Every(job.every)) for job in jobs]

    def stop(self, *_signal: int | FrameType | None) -> None:
        """The mail being sent is finished; no other is begun."""
        self.stopping.set()

    def run(self) -> None:
        """Until `stop`. A database that is away is waited for, a little longer each time."""
        pause = IDLE_SECONDS
        while not self.stopping.is_set():
            try:
                is_busy = self.turn()
                pause = IDLE_SECONDS
            except (OperationalError, InterfaceError, NoConnection) as error:
                current_app.logger.error("worker: database unavailable: %s", type(error).__name__)
                is_busy, pause = False, min(pause * 2, LONGEST_PAUSE)
            except Exception:
                current_app.logger.exception("worker: this round failed")
                is_busy, pause = False, min(pause * 2, LONGEST_PAUSE)
            finally:
                db.session.remove()
            if not is_busy:
                self.stopping.wait(pause)

    def turn(self) -> bool:
        """One round; True when there may be more to do at once."""
        self.run_jobs()
        return self.deliver(utcnow()) == BATCH

    def drain(self) -> Counter[State]:
        """What is due now, once; how many messages became what, those that have to wait included."""
        self.run_jobs()
        now, tally = utcnow(), Counter[State]()
        while self.deliver(now, tally) == BATCH:
            if self.stopping.is_set():
                break
        tally[State.QUEUED] += queue.due(now)
        return tally

    def deliver(self, now: datetime, tally: Counter[State] | None = None) -> int:
        is_stopping = self.stopping.is_set
        return deliver_due(now=now, limit=BATCH, go_on=self.go_on, is_stopping=is_stopping, tally=tally)

    def go_on(self) -> bool:
        """Every few mails: what is scheduled waits for one slow mail server at most, not for all the mail."""
        if self.heart.is_due():
            beating.beat(utcnow())
        self.run_jobs()
        return not self.stopping.is_set()

    def run_jobs(self) -> None:
        for job, clock in self.jobs:
            if not self.stopping.is_set() and clock.is_due():
                _run(job)


def end_politely(stop: Callable[..., None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _run(job: Job) -> None:
    """A job that fails, or one row of it, stops no other, and no mail."""
    if job.due is None:
        _act(job.name, job.run)
        return
    for number in _act(job.name, job.due) or ():
        _act(job.name, partial(job.run, number))


def _act(name: str, verb: Callable[..., Any]) -> Any:
    try:
        done = verb(now=utcnow())
        db.session.commit()
    except Exception:
        db.session.rollback()
        current_app.logger.exception("worker: %s", name)
        return None
    return done
