"""Child processes that never outlive their parent: own group, ended politely, then surely."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import IO

GRACE_SECONDS = 30
AGAIN_SECONDS = 1
PR_SET_PDEATHSIG = 1
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(with_signal: signal.Signals = signal.SIGTERM) -> None:
    """On Linux, be told when the parent dies, however it dies."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, with_signal)


class Interrupted(Exception):
    """Ctrl-C, or a polite request to end."""


def end_by_exception() -> None:
    """The first signal that asks us to end raises Interrupted; the next ones change nothing."""
    for number in ENDINGS:
        signal.signal(number, _interrupt)


def start(
    command: Sequence[str], *, environ: Mapping[str, str], cwd: str, output: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Start a child in a group of its own: a Ctrl-C in the terminal reaches us only, and we end it once."""
    return subprocess.Popen(
        command,
        env=dict(environ),
        cwd=cwd,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        preexec_fn=end_with_parent,
    )


def stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """SIGTERM to each, then to its group again and again (a worker that is still loading forgets it), at most
    GRACE_SECONDS for all, then SIGKILL to whatever is left of their groups."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        while time.monotonic() < deadline:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=min(AGAIN_SECONDS, max(0.0, deadline - time.monotonic())))
                break
            _tell(child, signal.SIGTERM)
        _tell(child, signal.SIGKILL)
        child.wait()


def _tell(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def _interrupt(_signal: int, _frame: object) -> None:
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    raise Interrupted
