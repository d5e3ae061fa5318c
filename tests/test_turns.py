"""Requests of one process are answered in turns; one that takes long goes on beside the others."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from eventapp.turns import InTurns

FOREVER, AT_ONCE = 60.0, 0.0


class Site:
    """A WSGI application that does what the request says, and knows how many requests were in it together."""

    def __init__(self) -> None:
        self.inside = self.most = 0

    def __call__(self, environ: dict[str, Any], _start_response: object) -> Iterable[bytes]:
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            act: Callable[[], object] = environ["act"]
            act()
        finally:
            self.inside -= 1
        return [b"answered"]


def ask(application: InTurns, act: Callable[[], object] = lambda: None) -> bytes:
    return b"".join(application({"act": act}, lambda *_: lambda _: None))


def test_each_request_waits_for_the_one_before() -> None:
    site = Site()
    application, meanwhile = InTurns(site, FOREVER), threading.Event()

    with ThreadPoolExecutor(8) as people:
        answers = [people.submit(ask, application, lambda: meanwhile.wait(0.005)) for _ in range(24)]

    assert [answer.result() for answer in answers] == [b"answered"] * 24
    assert site.most == 1


def test_without_patience_they_are_answered_together() -> None:
    """The negative control of the one above."""
    site, together = Site(), threading.Barrier(8)
    application = InTurns(site, AT_ONCE)

    with ThreadPoolExecutor(8) as people:
        for answer in [people.submit(ask, application, lambda: together.wait(30)) for _ in range(8)]:
            answer.result()

    assert site.most == 8


def test_a_request_that_takes_long_keeps_nobody() -> None:
    site = Site()
    application, began, end = InTurns(site, 0.02), threading.Event(), threading.Event()

    def take_long() -> None:
        began.set()
        assert end.wait(30)

    with ThreadPoolExecutor(1) as people:
        long_one = people.submit(ask, application, take_long)
        assert began.wait(30)
        try:
            assert [ask(application) for _ in range(3)] == [b"answered"] * 3
        finally:
            end.set()
        assert long_one.result() == b"answered"


def test_whoever_took_long_does_not_give_back_the_turn_of_another() -> None:
    site = Site()
    application, began, second_began = InTurns(site, 0.02), threading.Event(), threading.Event()
    end, end_second = threading.Event(), threading.Event()

    with ThreadPoolExecutor(3) as people:
        first = people.submit(ask, application, lambda: (began.set(), end.wait(30)))
        assert began.wait(30)
        second = people.submit(ask, application, lambda: (second_began.set(), end_second.wait(30)))
        assert second_began.wait(30)
        application._patience = FOREVER  # the second one keeps its turn
        end.set()
        first.result()
        third = people.submit(ask, application)
        assert not third.done()
        assert site.inside == 1
        end_second.set()
        assert (second.result(), third.result()) == (b"answered", b"answered")

    assert site.most == 2


def test_a_request_that_fails_gives_its_turn_back() -> None:
    application = InTurns(Site(), FOREVER)

    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask(application, fail)

    assert ask(application) == b"answered"
