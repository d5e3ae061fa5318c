"""Radicale as its users run it: a process, a port, a folder."""

import contextlib
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from eventapp import processes
from tests.servers import free_port

START_SECONDS = 60


@contextlib.contextmanager
def radicale(folder: Path) -> Iterator[str]:
    """Its address while it runs. It reads no settings of this machine."""
    port = free_port()
    line = [sys.executable, "-m", "radicale", "--config", "", "--auth-type", "none", "--web-type", "none"]
    line += ["--server-hosts", f"127.0.0.1:{port}", "--logging-level", "error"]
    line += ["--storage-filesystem-folder", str(folder / "collections")]
    line += ["--auth-delay", "0"]  # clients ask first without their name, and nobody guesses passwords here
    with (folder / "log").open("wb") as log:
        child = processes.start(line, environ=dict(os.environ), cwd=str(folder), output=log)
        try:
            _wait(port, child)
            yield f"http://127.0.0.1:{port}/"
        finally:
            processes.stop([child])
    said = (folder / "log").read_text()
    assert "Traceback" not in said, said


def _wait(port: int, child: object) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("Radicale did not start")
