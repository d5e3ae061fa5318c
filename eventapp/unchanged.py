"""« Nothing changed » for public calendars, before Flask is asked.

Calendar programs ask again and again for a feed that did not change. The version of a kept answer was looked up within
this second (see eventapp/cache.py); while that holds, the same 304, with the headers that the application itself gave
it, costs less than bare Flask. Whatever is not exactly that goes its ordinary way.
"""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from eventapp import cache
from eventapp.clock import utcnow

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STATUS = "304 NOT MODIFIED"


class Unchanged:
    """A WSGI application in front of another, whose `shelf` it reads."""

    def __init__(self, application: "WSGIApplication", shelf: Callable[[], cache.Shelf]) -> None:
        self._application, self._shelf = application, shelf

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not _asks_again(environ):
            return self._application(environ, start_response)
        entry = self._entry(environ)
        if entry is not None and entry.unchanged and _is_fresh(entry):
            start_response(STATUS, list(entry.unchanged))
            return []

        def remember(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            if status == STATUS and (answered := self._entry(environ)) is not None:
                answered.unchanged = tuple(headers)
            return start_response(status, headers, *more)

        return self._application(environ, remember)

    def _entry(self, environ: "WSGIEnvironment") -> cache.Entry | None:
        """The kept answer that the client says it has."""
        entry = self._shelf().get(f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}")
        has_it = entry is not None and environ["HTTP_IF_NONE_MATCH"] == f'"{entry.etag}"'
        return entry if has_it else None


def _asks_again(environ: "WSGIEnvironment") -> bool:
    return (
        "HTTP_IF_NONE_MATCH" in environ
        and environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and environ["PATH_INFO"].endswith(".ics")
        and "HTTP_COOKIE" not in environ
    )


def _is_fresh(entry: cache.Entry) -> bool:
    return time.monotonic() - entry.checked < cache.SECONDS and entry.version.holds(utcnow())
