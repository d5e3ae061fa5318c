"""Letters per second: the real worker, rendering and sending over SMTP to a server that throws them away."""

import contextlib
import logging
import sys
import time
from collections.abc import Iterator
from typing import Any

from aiosmtpd.controller import Controller

from bench.load import Measure
from bench.sites import Site, family_cpu_seconds
from eventapp import processes
from eventapp.config import ROOT
from tests.servers import free_port

WARMING_SECONDS = 20


class Sink:
    """Accepts every mail and counts."""

    def __init__(self) -> None:
        self.received = 0

    async def handle_DATA(self, *_envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.received += 1
        return "250 OK"


@contextlib.contextmanager
def mail_server() -> Iterator[tuple[int, Sink]]:
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every line it hears
    sink, port = Sink(), free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port, sink
    finally:
        controller.stop()


def run(site: Site, sink: Sink, seconds: float, runs: int) -> list[Measure]:
    """One worker on what the registrations queued; fewer runs when the queue is empty before the end."""
    line = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    child = processes.start(line, environ=site.environ, cwd=str(ROOT))
    try:
        _wait(sink)
        measures = [_measure(sink, child.pid, seconds) for _ in range(runs)]
    finally:
        processes.stop([child])
    return [measure for measure in measures if measure.per_second]


def _wait(sink: Sink) -> None:
    deadline, before = time.monotonic() + WARMING_SECONDS, sink.received
    while sink.received < before + 5:
        if time.monotonic() > deadline:
            raise RuntimeError("the worker sent nothing")
        time.sleep(0.05)


def _measure(sink: Sink, pid: int, seconds: float) -> Measure:
    before, cpu, began = sink.received, family_cpu_seconds(pid), time.perf_counter()
    time.sleep(seconds)
    lasted, sent = time.perf_counter() - began, sink.received - before
    spent = family_cpu_seconds(pid) - cpu
    return Measure(per_second=sent / lasted, cpu_ms=1000 * spent / max(1, sent), slowest_ms=0)
