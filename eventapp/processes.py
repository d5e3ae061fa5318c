"""Child processes that never outlive their parent: own group, ended politely, then surely."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import IO, NoReturn

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


class Forked:
    """A child that begins as our copy: what we have imported it need not import again. Waited for like a Popen."""

    def __init__(self, act: Callable[[], object], *, environ: Mapping[str, str], cwd: str) -> None:
        self.returncode: int | None = None
        self.pid = os.fork()
        if not self.pid:
            _live(act, environ, cwd)

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float = GRACE_SECONDS) -> int:
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() >= deadline:
                raise subprocess.TimeoutExpired("a copy of ours", timeout)
            time.sleep(0.02)
        return code

    def terminate(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


Child = subprocess.Popen[bytes] | Forked


def stop(children: Sequence[Child]) -> None:
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


def _tell(child: Child, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def _live(act: Callable[[], object], environ: Mapping[str, str], cwd: str) -> NoReturn:
    """The life of a forked child, from a session of its own to its end; nothing of its parent's goes on in it."""
    code = 1
    try:
        for number in ENDINGS:
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        end_with_parent()
        os.chdir(cwd)
        os.environ.update(environ)
        act()
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _interrupt(_signal: int, _frame: object) -> None:
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    raise Interrupted
