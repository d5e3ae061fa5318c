"""One request at a time in each process, as long as none takes long.

Python runs one thread at a time anyway. Left to themselves, the threads of a process take the interpreter from each
other in the middle of their work: whoever holds an event's lock waits after each question to the database until another
thread has used up its share, and everyone who registers waits with them. In turns, the same work takes half the time.
"""

import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATIENCE_SECONDS = 0.1


class InTurns:
    """A WSGI application that waits for its turn. A request that takes longer than `patience` (seconds: an import, a
    slow sender) goes on beside the next ones."""

    def __init__(self, application: "WSGIApplication", patience: float = PATIENCE_SECONDS) -> None:
        self._application, self._patience = application, patience
        self._free = threading.Condition()
        self._running: object | None = None
        self._since = 0.0

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        turn = object()
        self._take(turn)
        try:
            return self._application(environ, start_response)
        finally:
            self._give_back(turn)

    def _take(self, turn: object) -> None:
        with self._free:
            while self._running and (left := self._since + self._patience - time.monotonic()) > 0:
                self._free.wait(left)
            self._running, self._since = turn, time.monotonic()

    def _give_back(self, turn: object) -> None:
        with self._free:
            if self._running is turn:
                self._running = None
                self._free.notify()
