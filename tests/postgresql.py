"""A throw-away PostgreSQL cluster: unix socket only, durable settings untouched, gone with the tests."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

HOW_TO_GET = "PostgreSQL n'est pas installé : apt install postgresql"


def binaries() -> Path | None:
    """Where initdb and postgres are; Debian keeps them out of PATH."""
    found = shutil.which("initdb")
    candidates = [Path(found).resolve().parent] if found else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in candidates if (folder / "postgres").exists()), None)


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster, give the URL of its empty database, stop it and remove its files."""
    folder = Path(tempfile.mkdtemp(prefix="eventapp-pg-", dir=fast_folder()))
    as_whom = _unprivileged()
    if as_whom:
        shutil.chown(folder, **as_whom)
    who = {**as_whom, "extra_groups": []} if as_whom else {}
    programs, data, log = binaries(), folder / "data", folder / "log"
    assert programs is not None, HOW_TO_GET
    try:
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=True, stdout=subprocess.DEVNULL, cwd=folder, **who,
        )  # fmt: skip
        settings = {"listen_addresses": "", "unix_socket_directories": folder, "max_connections": 200}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with log.open("w") as sink:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, *options],
                stdout=sink, stderr=sink, cwd=folder, preexec_fn=_end_with_tests, **who,
            )  # fmt: skip
        try:
            _wait(programs, folder, server, log)
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(url: str, name: str) -> str:
    """Another database of the same cluster, empty; one of that name is replaced."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return url.replace("/postgres?", f"/{name}?")


def fast_folder() -> str | None:
    """Memory-backed where there is room: durable settings then cost nothing."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return str(memory) if roomy else None


def _unprivileged() -> dict[str, str]:
    """PostgreSQL refuses to run as root; Debian's package makes its user."""
    return {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}


def _end_with_tests() -> None:
    """On Linux a killed test run takes its server along (PR_SET_PDEATHSIG)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _wait(programs: Path, folder: Path, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < deadline:
        if subprocess.run([programs / "pg_isready", "-q", "-h", folder], check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")
