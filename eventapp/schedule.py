"""What the worker does besides mail: one list. Every job may be run twice, or by two workers at once, without harm."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from eventapp.invitations import automatic, departures
from eventapp.outbox import mailbox
from eventapp.registrations.places import allowances
from eventapp.registrations.questions import retention
from eventapp.registrations.waiting import offers


@dataclass(frozen=True)
class Job:
    """`run(now=…)` is a verb: the worker commits after it, or rolls back and tells when it raises.

    With `due(now=…)`, which finds the numbers of the rows (events, say) that have something to do, the verb is
    `run(number, now=…)`, each in a transaction of its own: one that raises stops no other.
    """

    name: str
    every: timedelta
    run: Callable[..., Any]
    due: Callable[..., Sequence[int]] | None = None


JOBS = (
    Job("expire offers", timedelta(seconds=5), offers.expire_offers, due=offers.events_with_offers_ended),
    Job(
        "forget sensitive answers",
        timedelta(hours=1),
        retention.forget_sensitive,
        due=retention.events_with_answers_over,
    ),
    Job("automatic letters", timedelta(seconds=30), automatic.send, due=automatic.due),
    Job("campaigns", timedelta(seconds=1), departures.advance, due=departures.due),
    Job("read returned mail", timedelta(minutes=1), mailbox.read),
    Job("release structures", timedelta(seconds=30), allowances.release, due=allowances.events_to_release),
)
