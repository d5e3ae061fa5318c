"""Python programs that begin as copies of one process which has imported the application: importing it again for each
server would take longer than most tests. What they run is what `python -m` runs, with the same arguments.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from eventapp import processes, worker
from eventapp.config import ROOT

TOGETHER = multiprocessing.get_context("forkserver")
TOGETHER.set_forkserver_preload(["eventapp", "eventapp.worker", "flask.cli", "granian.cli", "tests.copies"])
IDLE_SECONDS = 0.1  # of the worker, between two rounds: every journey that reads a letter waits for it


class Copy:
    """A running copy, asked and ended like a Popen."""

    def __init__(self, command: Sequence[str], *, environ: Mapping[str, str], log: Path) -> None:
        python, option, *program = command
        assert (python, option) == (sys.executable, "-m"), command
        self._process = TOGETHER.Process(target=live, args=(program, dict(environ), log))
        self._process.start()
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("a copy", timeout or 0)
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()


def live(program: list[str], environ: Mapping[str, str], log: Path) -> None:
    """In the copy: a session, an environment and an output of its own, then the program."""
    os.setsid()
    processes.end_with_parent()
    with log.open("ab", buffering=0) as sink:
        for output in (1, 2):
            os.dup2(sink.fileno(), output)
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environ)
    worker.IDLE_SECONDS = IDLE_SECONDS
    multiprocessing.set_start_method(None, force=True)  # the usual one, as in a process that is no copy
    sys.argv = program
    runpy.run_module(program[0], run_name="__main__", alter_sys=True)
