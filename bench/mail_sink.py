"""A mail server that takes everything and throws it away, in a process of its own: it must not be what is measured."""

import contextlib
import multiprocessing
import socket
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

SPAWN = multiprocessing.get_context("spawn")  # threads are running here
ANSWERS = {b"EHLO": b"250-localhost\r\n250 8BITMIME\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


class Sink(NamedTuple):
    port: int
    count: Any

    @property
    def received(self) -> int:
        return int(self.count.value)


@contextlib.contextmanager
def mail_server() -> Iterator[Sink]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        sink = Sink(listening.getsockname()[1], SPAWN.Value("i", 0))
        process = SPAWN.Process(target=_serve, args=(listening, sink.count), daemon=True)
        process.start()
        try:
            yield sink
        finally:
            process.terminate()
            process.join()


def _serve(listening: socket.socket, count: Any) -> None:
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=_converse, args=(connection, count), daemon=True).start()


def _converse(connection: socket.socket, count: Any) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection, connection.makefile("rb", 1 << 16) as lines:
        connection.sendall(b"220 localhost\r\n")
        while line := lines.readline():
            verb = line[:4].upper()
            connection.sendall(ANSWERS.get(verb, b"250 OK\r\n"))
            if verb == b"DATA":
                while lines.readline() not in (b".\r\n", b""):
                    pass
                with count.get_lock():
                    count.value += 1
                connection.sendall(b"250 OK\r\n")
            elif verb == b"QUIT":
                return
