"""What the worker does besides mail: one list. Every job may be run twice, or by two workers at once, without harm."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from eventapp.registrations import offers


@dataclass(frozen=True)
class Job:
    """`run(now=…)` is a verb: the worker commits after it, or rolls back and tells when it raises."""

    name: str
    every: timedelta
    run: Callable[..., Any]


JOBS = (Job("expire offers", timedelta(seconds=30), offers.expire_offers),)
