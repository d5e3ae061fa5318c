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
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(with_signal: signal.Signals = signal.SIGTERM) -> None:
    """On Linux, be told when the parent dies, however it dies."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, with_signal)


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
    """SIGTERM to each, at most GRACE_SECONDS for all, then SIGKILL to whatever is left of their groups."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=max(0.0, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
