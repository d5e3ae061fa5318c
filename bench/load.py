"""A bounded closed loop: some connections, each asking again as soon as it was answered. One thread, loopback only."""

import contextlib
import http.client
import re
import selectors
import socket
import time
from dataclasses import dataclass, field

from bench.sites import Site

CONNECTIONS = 16
MOST_REQUESTS = 50_000
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Unexpected(Exception):
    """An answer with another status than the one that is measured: the figure would mean nothing."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is asked. `headers`: more request headers, each ended by CRLF."""

    name: str
    path: str
    headers: str = ""
    status: int = 200

    @property
    def request(self) -> bytes:
        text = f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n{self.headers}\r\n"
        return text.encode()


@dataclass(frozen=True, kw_only=True)
class Measure:
    per_second: float
    cpu_ms: float  # of the server, per request
    slowest_ms: float


@dataclass
class Connection:
    sock: socket.socket
    asked_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)


def run(site: Site, target: Target, seconds: float, connections: int = CONNECTIONS) -> Measure:
    """Ask for `seconds`, at most MOST_REQUESTS times; raises Unexpected at the first odd answer."""
    with selectors.DefaultSelector() as selector:
        opened = [Connection(_connect(site)) for _ in range(connections)]
        try:
            for connection in opened:
                selector.register(connection.sock, selectors.EVENT_READ, connection)
            return _loop(site, target, selector, opened, seconds)
        finally:
            for connection in opened:
                connection.sock.close()


def run_once(site: Site, target: Target) -> Measure:
    """A single question."""
    return run(site, target, 0.0, 1)


def header(site: Site, target: Target, name: str) -> str:
    """A header of the answer."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)) as connection:
        connection.request("GET", target.path, headers={"Accept-Encoding": "gzip"})
        return connection.getresponse().getheader(name) or ""


def _connect(site: Site) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _loop(
    site: Site, target: Target, selector: selectors.BaseSelector, opened: list[Connection], seconds: float
) -> Measure:
    request, done, slowest, cpu, began = target.request, 0, 0.0, site.cpu_seconds(), time.perf_counter()
    for connection in opened:
        _ask(connection, request)
    while not done or (done < MOST_REQUESTS and time.perf_counter() < began + seconds):
        for key, _ in selector.select(timeout=30):
            connection = key.data
            if _has_answered(connection, target):
                done += 1
                slowest = max(slowest, time.perf_counter() - connection.asked_at)
                _ask(connection, request)
    lasted = time.perf_counter() - began
    spent = site.cpu_seconds() - cpu
    return Measure(per_second=done / lasted, cpu_ms=1000 * spent / max(1, done), slowest_ms=1000 * slowest)


def _ask(connection: Connection, request: bytes) -> None:
    connection.asked_at = time.perf_counter()
    connection.sock.sendall(request)


def _has_answered(connection: Connection, target: Target) -> bool:
    chunk = connection.sock.recv(262_144)
    if not chunk:
        raise Unexpected(f"{target.path} : connexion coupée")
    received = connection.received
    received += chunk
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    status = int(received[9:12])
    if status != target.status:
        raise Unexpected(f"{target.path} : {status} au lieu de {target.status}")
    length = LENGTH.search(received, 0, end + 2)
    if length is None and status != 304:
        raise Unexpected(f"{target.path} : réponse sans Content-Length")
    if len(received) < end + 4 + (int(length[1]) if length and status != 304 else 0):
        return False
    received.clear()
    return True
