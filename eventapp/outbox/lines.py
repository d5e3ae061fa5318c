"""What a conversation with a mail server needs beside the protocol: to know a doubt, and to end."""

import contextlib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Any, Protocol

GLANCE = 0.25  # seconds between two looks at a line that may be too slow


class _Doubtful:
    """Knows whether the line broke between the first byte of a message and the server's answer to it."""

    in_doubt = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.in_doubt = True
        answer: tuple[int, bytes] = super().data(msg)  # type: ignore[misc]
        self.in_doubt = answer[0] < 0  # words that are no answer
        return answer


class Host(_Doubtful, smtplib.SMTP):
    pass


class TlsHost(_Doubtful, smtplib.SMTP_SSL):
    pass


class Handshake:
    """In the place of a context: what is being wrapped is its owner's `sock` before the handshake, which may be cut."""

    def __init__(self, context: ssl.SSLContext, owner: Any) -> None:
        self._context, self._owner = context, owner

    def wrap_socket(self, sock: socket.socket, server_hostname: str | None = None) -> ssl.SSLSocket:
        wrapped = self._context.wrap_socket(sock, server_hostname=server_hostname, do_handshake_on_connect=False)
        self._owner.sock = wrapped
        try:
            wrapped.do_handshake()
        except BaseException:
            wrapped.close()
            raise
        return wrapped


def cut(sock: socket.socket | None) -> None:
    """Whoever waits for it, in another thread, waits no more."""
    if sock is not None:
        with contextlib.suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)  # of TLS, whose own would wait for the handshake


class Cuttable(Protocol):
    def cut(self) -> None: ...


class Watch:
    """Cuts a line after so many seconds: a socket's time-out alone is never reached by one byte a second."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._watched: tuple[Cuttable, float] | None = None
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    @contextlib.contextmanager
    def over(self, line: Cuttable, seconds: float | None = None) -> Iterator[None]:
        self._watched = line, time.monotonic() + (seconds or self._seconds) - GLANCE
        if self._thread is None:
            self._thread = threading.Thread(target=self._look, daemon=True)
            self._thread.start()
        try:
            yield
        finally:
            self._watched = None

    def end(self) -> None:
        self._ended.set()

    def _look(self) -> None:
        while not self._ended.wait(GLANCE):
            watched = self._watched
            if watched is not None and time.monotonic() >= watched[1]:
                watched[0].cut()
